"""The record of one run, schema `hil.run/1`, built from its journal and from nothing else.

A journal that breaks off, even in the middle of a line, gives a record too: INCOMPLETE, or ERROR or FAIL as far as it was told, never PASS.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.report import journal, monitors, naming, verdict
from hil.report.events import TRAVELLER, Event
from hil.report.headline import headline
from hil.report.jsontext import plain
from hil.station.seal import BLANK, NO_CERTIFICATE

SCHEMA = "hil.run/1"
Record = dict[str, Any]

_EMPTY: dict[str, Any] = {
    "unit": None,
    **TRAVELLER,
    "seed": None,
    "rig": "",
    "simulated": False,
    "plan": {},
    "unit_parts": [],
    "overrides": [],
    "rig_file": {},
    "started": None,
    "procedure": {},
    "limits": {},
    "versions": {},
}
_MEASUREMENT = (
    *("name", "subject", "mode", "conditions", "value", "unit", "u", "k", "n", "method", "series", "lower", "upper"),
    *("accept_lower", "accept_upper", "verdict", "attempt", "rule", "source", "reason", "p_nonconform", "tur", "dof", "budget", "test"),
)
_DIAGNOSIS = ("severity", "cause", "says", "where", "seen", "so", "so_not", "do", "evidence", "test")
_PLANNED = {"check": "", "subject": "", "mode": "", "measurements": [], "seconds": 0.0, "required": True, "optional": []}
_FRAME = re.compile(r"Traceback \(|File \"[^\"]*\", line \d+")
_ABSENT = {"outcome": "not run", "reason": "", "wall_s": None, "traceback": ""}


def build(events: Iterable[Event], *, torn: bool = False) -> Record:
    """The record that `events` tell; `torn` if the journal's last line was no whole event."""
    told: dict[str, list[Event]] = {}
    for event in events:
        told.setdefault(event["event"], []).append(event)
    opening, closing = _last(told, "run"), _last(told, "end")
    tests = _tests(told)
    record: Record = {"schema": SCHEMA, "verdict": "", "headline": ""}
    record |= {key: opening.get(key, default) for key, default in _EMPTY.items()}
    record["versions"] = {
        **record["versions"],
        **{name: text for one in told.get("versions", []) for name, text in one["versions"].items()},
    }
    record["complete"] = bool(opening and closing and "planned" in told and not torn)
    record["interrupted"] = bool(closing.get("interrupted", False))
    record["time"] = closing.get("time") or {"rig_s": None, "wall_s": None}
    record["measurements"] = [_measurement(one, record) for one in told.get("measurement", [])]
    record["counts"] = _counts(tests, record["measurements"])
    record["diagnoses"] = [_diagnosis(_picked(one, _DIAGNOSIS)) for one in told.get("diagnosis", [])]
    record["diagnoses"] += _unexplained(tests, record)
    record["statements"] = [_picked(one, ("check", "subject", "text", "detail")) for one in told.get("statement", [])]
    record["not_said"] = list(dict.fromkeys(one["text"] for one in told.get("not_said", [])))
    record["not_run"] = _not_run(tests, record["measurements"])
    record["skips"] = [{"test": one["test"], "reason": one["reason"]} for one in tests if one["outcome"] == "skipped"]
    record["tests"] = tests
    record["attachments"] = [_picked(one, ("name", "path", "mime", "test")) for one in told.get("attachment", [])]
    record["monitors"] = monitors.summary(told.get("monitor", []))
    record["left_safe"] = closing.get("left_safe", [])
    record["verdict"] = verdict.of_run(record)
    record["headline"] = headline(record)
    record |= {"certificate": dict(NO_CERTIFICATE), "seal": dict(BLANK)}
    made: Record = plain(record)  # events that were never written hold enums and infinities; a record from a journal is the same
    return made


def of_journal(path: Path) -> Record:
    """The record of the journal at `path`."""
    reading = journal.read(path)
    return build(reading.events, torn=reading.torn)


def load(path: Path) -> list[Record]:
    """Records at `path`: a record file, an array of records (`hil accept --json`), a run's folder, or a journal."""
    if path.is_dir():
        path = path / "record.json" if (path / "record.json").exists() else path / journal.NAME
    if not path.exists():
        asked = f"{path}: no record"
        raise UserError(asked, hint="give a run's folder (reports/UNIT/RUN), its record.json, or a file that --json wrote")
    return [of_journal(path)] if path.suffix == ".jsonl" else _parsed(path)


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of `hil.run/1`; parts marked "x-varies" may differ between equal runs."""
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "run-1.schema.json").read_text("utf-8"))
    return loaded


def _parsed(path: Path) -> list[Record]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        asked = f"{path}: not a record"
        raise UserError(asked, found=str(error)) from None
    records = content if isinstance(content, list) else [content]
    if not all(isinstance(one, dict) and one.get("schema") == SCHEMA for one in records):
        asked = f"{path}: not a record"
        raise UserError(asked, found=f"no schema {SCHEMA}")
    return records


def _last(told: Mapping[str, list[Event]], kind: str) -> Event:
    return told[kind][-1] if kind in told else {}


def _picked(event: Event, keys: Iterable[str]) -> Event:
    return {key: event.get(key) for key in keys}


def _measurement(event: Event, record: Record) -> Event:
    picked = _picked(event, _MEASUREMENT)
    picked["verdict"] = verdict.of_measurement(event, record["unit_parts"])
    return picked


def _tests(told: Mapping[str, list[Event]]) -> list[Event]:
    """Planned tests in the plan's order, then any that ran without being planned, each with its outcome."""
    planned = {one["test"]: one for event in told.get("planned", []) for one in event["tests"]}
    ended = {one["test"]: one for one in told.get("outcome", [])}
    return [_test(name, planned.get(name, {}), ended.get(name, {})) for name in dict.fromkeys([*planned, *ended])]


def _test(name: str, planned: Event, ended: Event) -> Event:
    plan = {key: planned.get(key, default) for key, default in _PLANNED.items()}
    how = {key: ended.get(key, default) for key, default in _ABSENT.items()}
    how |= {key: naming.without_folders(str(how[key] or "")) for key in ("reason", "traceback")}
    return {"test": name, "planned": bool(planned), **plan, **how}


def _first_attempts(measurements: Iterable[Event]) -> Counter[tuple[str, str]]:
    """How often each measurement of a test was made; further attempts at one are no further measurements."""
    return Counter((one["test"] or "", one["name"]) for one in measurements if one["attempt"] in (None, 1))


def _demanded(tests: Iterable[Event]) -> Counter[tuple[str, str]]:
    return Counter((test["test"], name) for test in tests if test["required"] for name in test["measurements"])


def _counts(tests: Iterable[Event], measurements: list[Event]) -> dict[str, int]:
    made, demanded = _first_attempts(measurements), _demanded(tests)
    verdicts = Counter(one["verdict"] for one in measurements)
    return {
        "planned": (made | demanded).total(),
        "measured": made.total(),
        "passed": verdicts["PASS"] + verdicts["COND_PASS"],
        "failed": verdicts["FAIL"],
        "recorded": verdicts[None],
    }


def _not_run(tests: Iterable[Event], measurements: list[Event]) -> list[Event]:
    """Required measurements that were not made, and required tests without known measurements that did not run."""
    missing = _demanded(tests) - _first_attempts(measurements)
    rows: list[Event] = []
    for test in tests:
        ran = test["outcome"] not in ("not run", "skipped")
        names = [name for name in dict.fromkeys(test["measurements"]) for _ in range(missing[test["test"], name])]
        if test["required"] and not test["measurements"] and not ran:
            names = [""]
        told = {"subject": test["subject"], "mode": test["mode"], "reason": "" if ran else test["reason"]}
        rows += [{"test": test["test"], "name": name, **told} for name in names]
    return rows


def _unexplained(tests: Iterable[Event], record: Record) -> list[Event]:
    """A diagnosis for each test that ended badly and left none: nothing fails without a word."""
    broken = _blamed(record, "error", ("ERROR", "INVALID"))
    failed = broken | _blamed(record, "fail", ("FAIL",))
    rows = [_from_outcome(one, "error") for one in tests if one["outcome"] == "error" and one["test"] not in broken]
    return rows + [_from_outcome(one, "fail") for one in tests if one["outcome"] == "failed" and one["test"] not in failed]


def _blamed(record: Record, severity: str, verdicts: Iterable[str]) -> set[str]:
    """Tests for which a diagnosis of that severity or a measurement with one of these verdicts says why."""
    told = {one["test"] for one in record["diagnoses"] if one["severity"] == severity}
    return told | {one["test"] for one in record["measurements"] if one["verdict"] in verdicts}


def _from_outcome(test: Event, severity: str) -> Event:
    says, _, try_this = (test["reason"] or "no reason given").strip().partition("; try: ")
    told = {
        "severity": severity,
        "cause": "unexpected error" if severity == "error" else "assertion",
        "says": says,
        "where": test["subject"],
        "seen": [naming.in_words(test["test"])],
        "so": "",
        "do": [try_this] if try_this else [],
        "test": test["test"],
    }
    return _diagnosis(_picked({"so_not": [], "evidence": [], **told}, _DIAGNOSIS))


def _diagnosis(one: Event) -> Event:
    """A diagnosis that says one sentence in one line: further lines are seen, marks that point at code are left out; a test is named."""
    says, *more = _lines(one["says"] or one["cause"] or "") or [one["cause"] or "no reason given"]
    seen = [line for text in one["seen"] or () for line in _lines(text)]
    if not seen and one["test"] and one["evidence"] == [one["test"]]:
        seen = [one["test"]]
    seen = [naming.in_words(line) if line == one["test"] else line for line in seen]
    return {**one, "says": says, "seen": [*seen, *more]}


def _lines(text: str) -> list[str]:
    """Lines with words, without a traceback's frames."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" \t^~-|E>")]
    return [line for line in lines if not _FRAME.match(line)]
