"""From what was told to one verdict and one exit status.

Precedence and rules are the project's ("Verdicts" in the design): a broken rig is not a failed unit, nothing measured is never PASS,
what was required and not run is INCOMPLETE unless something failed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hil.judge import EXIT_CODES, Verdict
from hil.report.jsontext import number

WORST_FIRST = tuple(verdict.value for verdict in Verdict)
INTERRUPTED, BAD_CALL = 130, 2
STATUS_WORST_FIRST = (INTERRUPTED, BAD_CALL, 3, 1, 4, 0)


def worst(verdicts: Iterable[str | None]) -> str | None:
    """The verdict that decides; None (recorded, not judged) never does, and None is returned if there is no other."""
    told = {verdict for verdict in verdicts if verdict is not None}
    unknown = told - set(WORST_FIRST)
    return "ERROR" if unknown else next((verdict for verdict in WORST_FIRST if verdict in told), None)


def of_measurement(told: Mapping[str, Any], unit_parts: Sequence[str]) -> str | None:
    """A measurement's verdict: what is no number is ERROR, and outside the unit the rig is at fault, not the unit."""
    verdict = told.get("verdict")
    if verdict is None:
        return None
    if not math.isfinite(number(told.get("value"))):
        return "ERROR"
    return _as_blamed(str(verdict), str(told.get("subject") or ""), unit_parts)


def of_diagnosis(told: Mapping[str, Any], unit_parts: Sequence[str]) -> str | None:
    """A diagnosis decides by its severity; a finding decides nothing."""
    if told.get("severity") in ("error", "invalid"):
        return str(told["severity"]).upper()
    if told.get("severity") == "fail":
        part = str(told.get("where") or "").split(" ")[0]  # "cm3 2304x1296": the part, then where in it
        return _as_blamed("FAIL", part, unit_parts)
    return None


def of_run(record: Mapping[str, Any]) -> str:
    """The unit's verdict from a record that has everything but its verdict."""
    parts = record["unit_parts"]
    told = [of_measurement(one, parts) for one in record["measurements"]]
    told += [of_diagnosis(one, parts) for one in record["diagnoses"]]
    told += [_absence(record)]
    return worst(told) or "PASS"


def exit_status(record: Mapping[str, Any]) -> int:
    """0 PASS, 1 FAIL, 3 ERROR or INVALID, 4 INCOMPLETE, 130 interrupted; COND_PASS is 0 where the plan accepts it."""
    if record.get("interrupted"):
        return INTERRUPTED
    verdict = str(record.get("verdict"))
    if verdict == "COND_PASS" and verdict in (record.get("plan") or {}).get("accepts", ()):
        return 0
    return EXIT_CODES[Verdict(verdict)] if verdict in WORST_FIRST else EXIT_CODES[Verdict.ERROR]


def counts_as(record: Mapping[str, Any]) -> str:
    """The verdict for those who know no conditional pass: PASS where the plan accepts it, else FAIL."""
    if record["verdict"] != "COND_PASS":
        return str(record["verdict"])
    return "FAIL" if exit_status({**record, "interrupted": False}) else "PASS"


def worst_status(statuses: Iterable[int]) -> int:
    """One exit status for several rigs; one that is not in the table counts as ERROR, and so does none at all."""
    told = {status if status in STATUS_WORST_FIRST else 3 for status in statuses}
    return next((status for status in STATUS_WORST_FIRST if status in told), 3)


def in_unit(subject: str, unit_parts: Sequence[str]) -> bool:
    """Whether a failure of `subject` ("cm3", "source+sink", "" for the unit as such) can only be the unit's."""
    return not subject or not unit_parts or all(part in unit_parts for part in subject.split("+"))


def _as_blamed(verdict: str, subject: str, unit_parts: Sequence[str]) -> str:
    return "ERROR" if verdict == "FAIL" and not in_unit(subject, unit_parts) else verdict


def _absence(record: Mapping[str, Any]) -> str | None:
    """INCOMPLETE for what is missing: the end, a required test, a planned measurement, or any measurement at all."""
    barred = any(one["severity"] == "invalid" for one in record["diagnoses"])
    if record["complete"] and not record["tests"] and not record["measurements"] and not barred:
        return "ERROR"
    missing = not record["complete"] or record["interrupted"] or record["not_run"] or not record["measurements"]
    return "INCOMPLETE" if missing else None
