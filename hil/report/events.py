"""The words a run is told in: one function per journal event, each returns the event as a plain dict.

A run is told in this order: `run`, `planned`, then for every test `started`, any number of `measurement`, `statement`,
`diagnosis`, `not_said`, `attachment` and `progress`, and `outcome`; between tests `monitor`; at last `end`. Whatever is missing is
missing in the verdict too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hil.report.measured import Event, measurement

__all__ = [
    "TRAVELLER", "Event", "PlannedTest", "attachment", "diagnosis", "end", "measurement", "monitor", "not_said", "outcome", "planned",
    "progress", "run", "started", "statement", "versions",
]  # fmt: skip


TRAVELLER: Mapping[str, Any] = {
    "attempt": 1,
    "operator": None,
    "order": None,
    "part": {"number": None, "revision": None, "batch": None},
    "sub_units": {},
    "station": {},
    "equipment": [],
    "environment": {},
    "waivers": [],
    "purpose": "production",
    "gauge": None,
    "repeatability": [],
}
"""What accompanies a unit through the factory, and what is written where nothing is known of it."""


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """A test that the plan asks for, written down before anything is driven."""

    test: str
    """pytest's node id; ties measurements and outcome to the plan."""
    check: str
    """Heading under which its measurements are shown: "identity", "frame_rate"; "" for a user's own test."""
    subject: str = ""
    """Part of the rig that is looked at, e.g. "cm3"; several are joined by "+"."""
    mode: str = ""
    """Sensor mode, e.g. "2304x1296 HDR"."""
    measurements: tuple[str, ...] = ()
    """Names of the measurements it will make, one entry each; empty if that is not known beforehand."""
    seconds: float = 0.0
    """About how long it takes on the rig's clock."""
    required: bool = True
    """False: worth doing, but its absence does not make the run INCOMPLETE."""
    optional: tuple[str, ...] = ()
    """Names of further measurements that may turn out not to be possible here, e.g. for want of light; never demanded."""


def run(
    *,
    rig: str,
    unit: str | None,
    unit_parts: Sequence[str],
    simulated: bool,
    seed: int | None,
    plan: Mapping[str, Any],
    started: str,
    versions: Mapping[str, str | None] | None = None,
    rig_file: Mapping[str, str] | None = None,
    overrides: Iterable[str] = (),
    procedure: Mapping[str, str] | None = None,
    limits: Mapping[str, Any] | None = None,
    traveller: Mapping[str, Any] | None = None,
) -> Event:
    """The first line: what is judged, by which plan, where and when.

    `unit` is the serial number, `unit_parts` the names in the rig's `unit`; `plan` holds name, version, sha256 (and `budget_s`,
    `accepts` with further accepted verdicts); `started` is UTC as "2026-11-22T14:03:11Z"; `rig_file` holds its name as path, and sha256;
    `procedure`: id, version and title from the plan; `limits`: version and sha256 of the catalog's; `traveller`: what `hil accept` knows
    of the job, any of the keys of `TRAVELLER`.
    """
    told = traveller or {}
    return {
        "event": "run",
        "schema": "hil.journal/1",
        "rig": rig,
        "unit": unit,
        "unit_parts": list(unit_parts),
        "simulated": simulated,
        "seed": seed,
        "overrides": list(overrides),
        "plan": dict(plan),
        "started": started,
        "rig_file": dict(rig_file or {}),
        "versions": dict(versions or {}),
        "procedure": dict(procedure or {}),
        "limits": dict(limits or {}),
        **{key: told.get(key, default) for key, default in TRAVELLER.items()},
    }


def versions(found: Mapping[str, str | None]) -> Event:
    """Versions of what is known only once the rig is open: kernel, libcamera and picamera2 of its hosts."""
    return {"event": "versions", "versions": dict(found)}


def planned(tests: Iterable[PlannedTest]) -> Event:
    """The whole plan, in the order in which it will run; written before the rig is driven."""
    return {"event": "planned", "tests": [asdict(test) for test in tests]}


def started(test: str) -> Event:
    """A test begins."""
    return {"event": "started", "test": test}


def progress(what: str, *, done: int = 0, of: int = 0, noun: str = "frame", elapsed_s: float = 0.0, expected_s: float = 0.0) -> Event:
    """Something long goes on: "exposure 112 s", frame `done` of `of`, `elapsed_s` of `expected_s` on the rig's clock. Not in the record."""
    return {"event": "progress", "what": what, "done": done, "of": of, "noun": noun, "elapsed_s": elapsed_s, "expected_s": expected_s}


def statement(text: str, *, check: str, subject: str = "", detail: str = "") -> Event:
    """What a check found, in words instead of rows: "Camera Module 3, not Wide, not NoIR", detail "imx708, link 450 MHz".

    Further statements of the same check on the same subject go on in the same row.
    Its verdict is the worst of the check's measurements on that subject. Of these, a yes or no (no unit, no uncertainty) is then shown in
    the table only if it did not pass; the others keep their rows.
    """
    return {"event": "statement", "check": check, "subject": subject, "text": text, "detail": detail}


def diagnosis(
    cause: str,
    *,
    severity: str = "finding",
    says: str = "",
    where: str = "",
    seen: Iterable[str] = (),
    so: str = "",
    so_not: Iterable[str] = (),
    do: Iterable[str] = (),
    evidence: Iterable[str] = (),
    test: str = "",
) -> Event:
    """A named cause. `severity` "error": the rig is at fault; "fail": the unit is; "finding": shown, decides nothing.

    `cause` is short and stable ("no frames"), `says` the sentence shown first; `where` the part of the rig; `seen` the observations,
    `so` what follows, `so_not` what is ruled out and by what, `do` the next steps; `evidence` names attachments or measurements.
    """
    return {
        "event": "diagnosis",
        "severity": severity,
        "cause": cause,
        "says": says or cause,
        "where": where,
        "seen": list(seen),
        "so": so,
        "so_not": list(so_not),
        "do": list(do),
        "evidence": list(evidence),
        "test": test,
    }


def not_said(text: str) -> Event:
    """What this run cannot say: "exposure by light (this rig has no [strobe])"; repeated ones are kept once."""
    return {"event": "not_said", "text": text}


def monitor(
    host: str, *, throttled: int | None, temperature_c: float | None, load: float | None, kernel: Iterable[str] = (), test: str = ""
) -> Event:
    """How a host was doing, looked at before `test` ("" after the last); None for what it does not tell.

    `throttled`: bits of vcgencmd get_throttled; `load`: mean of the last minute; `kernel`: logged since the look before.
    """
    return {
        "event": "monitor",
        "host": host,
        "throttled": throttled,
        "temperature_c": temperature_c,
        "load": load,
        "kernel": list(kernel),
        "test": test,
    }


def attachment(name: str, path: str, *, mime: str, sha256: str | None = None, test: str = "") -> Event:
    """A file kept with the run; `path` is relative to the run's folder, `sha256` that of its bytes."""
    return {"event": "attachment", "name": name, "path": path, "mime": mime, "sha256": sha256, "test": test}


def outcome(test: str, result: str, *, reason: str = "", wall_s: float | None = None, traceback: str = "") -> Event:
    """How a test ended: "passed", "failed" (an assertion), "error" (any other exception) or "skipped", with the reason."""
    return {"event": "outcome", "test": test, "outcome": result, "reason": reason, "wall_s": wall_s, "traceback": traceback}


def end(*, rig_s: float, wall_s: float, interrupted: bool = False, left_safe: Iterable[str] = ()) -> Event:
    """The last line; without it the run is INCOMPLETE. `rig_s` counts on the rig's clock from opening to closing."""
    return {"event": "end", "interrupted": interrupted, "left_safe": list(left_safe), "time": {"rig_s": rig_s, "wall_s": wall_s}}
