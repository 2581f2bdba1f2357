"""A record as OpenHTF's TestRecord JSON (openhtf 1.6), for whoever collects these: one phase for each test.

OpenHTF knows limits as sentences only ("0 <= x <= 2"): what stands there are the acceptance limits, which the value was really compared
with; under the rule "nonbinary" the limits themselves, with the acceptance limits as marginal ones. Its outcomes know no INCOMPLETE: that
becomes ABORTED. Our own record stays the source; its hash is in the metadata.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hil.report import naming, verdict
from hil.report.jsontext import document, number
from hil.report.quantity import label
from hil.report.units import unit

Told = Mapping[str, Any]

_OUTCOMES = {"PASS": "PASS", "COND_PASS": "PASS", "FAIL": "FAIL", "ERROR": "ERROR", "INVALID": "ERROR", "INCOMPLETE": "ABORTED"}
_PHASES = {"passed": "PASS", "failed": "FAIL", "skipped": "SKIP", "not run": "SKIP", "error": "ERROR"}
_UNCAPTURED = {"name": "", "docstring": None, "sourcecode": ""}


def openhtf(record: Told) -> str:
    """The file's text."""
    return document(test_record(record))


def test_record(record: Told) -> dict[str, Any]:
    """The record as `openhtf.output.callbacks.json_factory` would have written it."""
    start = _millis(record["started"])
    end = start + round(1000 * (record["time"]["wall_s"] or 0.0))
    return {
        "dut_id": record["unit"],
        "station_id": (record["station"] or {}).get("id") or "no station",
        "start_time_millis": start,
        "end_time_millis": end,
        "outcome": _OUTCOMES[verdict.counts_as(record)],
        "outcome_details": [{"code": one["cause"], "description": one["says"]} for one in record["diagnoses"]],
        "marginal": record["verdict"] == "COND_PASS",
        "code_info": _UNCAPTURED,
        "metadata": _metadata(record),
        "phases": [_phase(test, record, start, end) for test in record["tests"]],
        "subtests": [],
        "branches": [],
        "checkpoints": [],
        "diagnosers": [],
        "diagnoses": [],
        "log_records": [],
    }


def _metadata(record: Told) -> dict[str, Any]:
    plan = record["plan"]
    kept = ("simulated", "seed", "operator", "order", "attempt", "part", "sub_units", "procedure", "versions", "headline")
    return {
        "test_name": f"{record['rig']}, plan {plan.get('name')}/{plan.get('version')}",
        "verdict": record["verdict"],
        "record": {"schema": record["schema"], "sha256": (record.get("seal") or {}).get("sha256")},
        **{key: record.get(key) for key in kept},
    }


def _phase(test: Told, record: Told, start: int, end: int) -> dict[str, Any]:
    made = [one for one in record["measurements"] if one["test"] == test["test"]]
    absent = [one["name"] for one in record["not_run"] if one["test"] == test["test"] and one["name"]]
    return {
        "name": naming.in_words(test["test"])
        + (f" [{', '.join(filter(None, (test['subject'], test['mode'])))}]" if test["subject"] else ""),
        "descriptor_id": 0,
        "codeinfo": _UNCAPTURED,
        "measurements": _measurements(made, absent),
        "options": {},
        "diagnosers": [],
        "subtest_name": None,
        "start_time_millis": start,
        "end_time_millis": end,
        "attachments": {},
        "diagnosis_results": [],
        "failure_diagnosis_results": [],
        "result": {"phase_result": "SKIP" if _PHASES[test["outcome"]] == "SKIP" else "CONTINUE"},
        "outcome": _PHASES[test["outcome"]],
        "marginal": any(one["verdict"] == "COND_PASS" for one in made),
    }


def _measurements(made: list[Told], absent: list[str]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for one in made:
        name = " ".join(part for part in (label(one["name"]), one["subject"], one["mode"]) if part)
        seen[name] += 1
        name = f"{name} #{seen[name]}" if seen[name] > 1 else name
        rows[name] = measurement(name, one)
        if one["series"]:
            rows[f"{name}, curve"] = _curve(f"{name}, curve", one)
    for missing in absent:
        rows.setdefault(label(missing), {"name": label(missing), "outcome": "UNSET"})
    return rows


def measurement(name: str, one: Told) -> dict[str, Any]:
    """One measurement; a value that is no number, or that could not be judged, is UNSET."""
    told: dict[str, Any] = {"name": name, "outcome": _outcome(one["verdict"])}
    within = _validator(one)
    if within:
        told["validators"] = [within]
    if (found := unit(one["unit"])) is not None:
        told["units"] = {"name": found.name, "code": found.code, "suffix": found.suffix}
    doc = " · ".join(part for part in (one["method"], f"U (k=2) {2 * number(one['u']):.3g}", one["source"] or "") if part)
    told["docstring"] = doc
    if told["outcome"] != "UNSET":
        told["measured_value"] = one["value"]
    return told


def _curve(name: str, one: Told) -> dict[str, Any]:
    series, found = one["series"], unit(one["unit"])
    told: dict[str, Any] = {"name": name, "outcome": "PASS", "dimensions": [_dimension(series["x_label"])]}
    if found is not None:
        told["units"] = {"name": found.name, "code": found.code, "suffix": found.suffix}
    told["docstring"] = series["y_label"]
    told["measured_value"] = [[x, y] for x, y in zip(series["x"], series["y"], strict=True)]
    return told


def _dimension(text: str) -> dict[str, Any]:
    what, _, suffix = text.rpartition(", ")
    found = unit(suffix) if what else None
    named = {"name": found.name, "code": found.code, "suffix": found.suffix} if found else {"name": "", "code": None, "suffix": ""}
    return {"description": what or text, **named}


def _outcome(verdict: str | None) -> str:
    return {"FAIL": "FAIL", "ERROR": "UNSET", "INVALID": "UNSET"}.get(verdict or "", "PASS")


def _validator(one: Told) -> str:
    """In the words of `openhtf.util.validators.InRange`."""
    lower, upper = one["lower"], one["upper"]
    inner = (one["accept_lower"], one["accept_upper"])
    marginal = (None, None)
    if one["rule"] == "nonbinary":
        marginal = inner
    elif inner != (None, None):
        lower, upper = inner
    if lower is None and upper is None:
        return ""
    if lower == upper:
        return f"x == {lower}"
    told = "" if lower is None else f"{lower} <= "
    told += "" if marginal[0] is None else f"Marginal:{marginal[0]} <= "
    told += "x" + ("" if marginal[1] is None else f" <= Marginal:{marginal[1]}")
    return told + ("" if upper is None else f" <= {upper}")


def _millis(started: str | None) -> int:
    try:
        return round(1000 * datetime.fromisoformat((started or "").replace("Z", "+00:00")).timestamp())
    except ValueError:
        return 0
