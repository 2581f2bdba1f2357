"""A record as WATS Standard JSON Format (WSJF): a UUT report with a numeric limit step for each measurement.

Limits are the acceptance limits, which the value was really compared with, and every comparison is written down: WATS's own default
("LOG") compares nothing. A conditional pass is P with its reason in the step's text. WATS finds units by part number and serial, so their
rules hold here: up to 100 of A-Z a-z 0-9 - _ . and nothing else.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from hil.errors import UserError
from hil.report import naming, verdict
from hil.report.jsontext import document, number
from hil.report.quantity import label
from hil.report.units import unit

Told = Mapping[str, Any]

END_OF_LINE: Final = 10
"""Process code of a WATS installation that has not defined its own."""

_NAMESPACE: Final = uuid.UUID("6f6e6f2d-6869-5c2e-8b1d-7270692d6869")
"""Of our own: a report's id follows from the record's hash, so that a report sent twice is one report."""

_ALLOWED: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_RESULTS: Final = {"PASS": "P", "COND_PASS": "P", "FAIL": "F", "ERROR": "E", "INVALID": "E", "INCOMPLETE": "T"}
_STEPS: Final = {"passed": "P", "failed": "F", "skipped": "S", "not run": "S", "error": "E"}
_LONGEST_NAME: Final = 100


def wsjf(record: Told, process_code: int = END_OF_LINE) -> str:
    """The file's text. UserError if WATS would not take the serial or part number."""
    return document(report(record, process_code))


def report(record: Told, process_code: int = END_OF_LINE) -> dict[str, Any]:
    """The report, as `POST /api/Report/WSJF` takes it."""
    part, station = record["part"], record["station"]
    return {
        "id": str(uuid.uuid5(_NAMESPACE, (record.get("seal") or {}).get("sha256") or document(record))),
        "type": "T",
        "pn": _allowed("part number", part.get("number") or record["rig"]),
        "sn": _allowed("serial number", record["unit"] or ""),
        "rev": (part.get("revision") or "-")[:100],
        "processCode": process_code,
        "result": _RESULTS[verdict.counts_as(record)],
        "machineName": (station.get("id") or "no-station")[:100],
        "location": (station.get("place") or "-")[:100],
        "purpose": "Simulation" if record["simulated"] else "Production",
        "start": record["started"],
        "uut": _about(record),
        "subUnits": [
            {"pn": name, "sn": serial, "rev": "-", "partType": "camera"} for name, serial in sorted((record["sub_units"] or {}).items())
        ],
        "miscInfos": [{"description": name[:100], "text": str(value)[:100]} for name, value in _facts(record).items() if value],
        "assets": [_asset(one) for one in record["equipment"]],
        "root": _sequence("Acceptance", record["headline"], _RESULTS[verdict.counts_as(record)], _sections(record), record),
    }


def _allowed(what: str, text: str) -> str:
    if _ALLOWED.fullmatch(text):
        return text
    raise UserError(
        f"WATS: {what} {text!r} asked for", "other characters, or none, or more than 100", "A-Z a-z 0-9 - _ . only (--unit, --part)"
    )


def _about(record: Told) -> dict[str, Any]:
    told: dict[str, Any] = {"user": (record["operator"] or "-")[:100], "execTime": record["time"]["wall_s"]}
    told["comment"] = "\n".join([record["headline"], *(one["says"] for one in record["diagnoses"])])[:5000]
    if record["part"].get("batch"):
        told["batchSN"] = record["part"]["batch"][:100]
    if record["station"].get("fixture"):
        told["fixtureId"] = record["station"]["fixture"][:100]
    return told


def _facts(record: Told) -> dict[str, Any]:
    plan = record["plan"]
    return {
        "rig": record["rig"],
        "plan": f"{plan.get('name')}/{plan.get('version')}",
        "verdict": record["verdict"],
        "attempt": record["attempt"],
        "order": record["order"],
        "certificate": record["certificate"]["number"],
        "record sha256": record["seal"]["sha256"],
        **{f"version {name}": text for name, text in record["versions"].items()},
    }


def _asset(one: Told) -> dict[str, Any]:
    dates = {"calibrationDate": one.get("calibrated"), "calibrationDue": one.get("due")}
    return {"sn": one["id"][:100], "assetType": one["name"][:100], **{key: f"{day}T00:00:00Z" for key, day in dates.items() if day}}


def _sections(record: Told) -> list[dict[str, Any]]:
    """A sequence for each check, in it one for each of its tests."""
    told = []
    for check, tests in groupby(record["tests"], key=lambda one: one["check"] or naming.function(one["test"])):
        steps = [_test(test, record) for test in tests]
        told.append(_sequence(label(check), "", _worst(step["status"] for step in steps), steps, record))
    return told


def _test(test: Told, record: Told) -> dict[str, Any]:
    steps = [_step(one) for one in record["measurements"] if one["test"] == test["test"]]
    name = " ".join(part for part in (naming.function(test["test"]), test["subject"], test["mode"]) if part)
    return _sequence(name, test["reason"], _STEPS[test["outcome"]], steps, record)


def _sequence(name: str, text: str, status: str, steps: list[dict[str, Any]], record: Told) -> dict[str, Any]:
    plan = record["plan"]
    return {
        "stepType": "SequenceCall",
        "name": name[:_LONGEST_NAME],
        "group": "M",
        "status": status,
        **({"reportText": text} if text else {}),
        "seqCall": {"path": record["rig"], "name": str(plan.get("name")), "version": str(plan.get("version"))},
        "steps": steps,
    }


def _step(one: Told) -> dict[str, Any]:
    status = _RESULTS[one["verdict"]] if one["verdict"] else "D"
    value = number(one["value"])
    found = unit(one["unit"])
    numeric: dict[str, Any] = {"status": "P" if status == "D" else status, "value": one["value"] if value != value else value}
    numeric |= {"unit": found.suffix if found else "", **_limits(one)}
    name = " ".join(part for part in (label(one["name"]), one["subject"], one["mode"]) if part)
    text = " · ".join(part for part in (one["reason"], one["method"], one["source"]) if part)
    told = {"stepType": "ET_NLT", "name": name[:_LONGEST_NAME], "group": "M", "status": status, "numericMeas": [numeric]}
    return {**told, "reportText": text} if text else told


def _limits(one: Told) -> dict[str, Any]:
    """The comparison and its limits; "LOG" only where nothing was judged."""
    key = "" if one["rule"] == "nonbinary" or (one["accept_lower"] is None and one["accept_upper"] is None) else "accept_"
    lower, upper = one[f"{key}lower"], one[f"{key}upper"]
    if lower is not None and upper is not None:
        return {"compOp": "GELE", "lowLimit": lower, "highLimit": upper}
    if lower is not None:
        return {"compOp": "GE", "lowLimit": lower}
    # WATS keeps the limit of every one-sided comparison in `lowLimit`.
    return {"compOp": "LE", "lowLimit": upper} if upper is not None else {"compOp": "LOG"}


def _worst(statuses: Any) -> str:
    told = set(statuses)
    return next((status for status in "EFTP" if status in told), "S")
