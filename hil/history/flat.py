"""A record as rows: what the tables hold of it, every key possibly absent, everything in the type that the column takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from hil.report import exit_status
from hil.report.jsontext import number
from hil.report.quantity import condition, label

Told = Mapping[str, Any]
PRODUCTION = "production"
"""What a run is for; golden units and gauge studies are no units of a line."""
Row = dict[str, Any]
_MOST = 2**31
"""Of an Integer column."""
Figures = tuple[int, float | None, float | None, float | None, float | None, str | None]
FIGURES = ("attempt", "value", "u", "lower", "upper", "verdict")
"""What they are."""


class Characteristic(NamedTuple):
    """What is measured: of which part, in which mode, and at which of several conditions."""

    name: str
    subject: str
    mode: str
    nth: int
    unit: str


_characteristic = lru_cache(maxsize=4096)(Characteristic)
"""One object for all that are equal: they recur in every record, and what goes to another process then holds each of them once."""


def seconds(started: object) -> int:
    """A record's "2026-11-22T14:03:11Z" as seconds since 1970; 0 for none."""
    try:
        told = datetime.fromisoformat(str(started))
    except ValueError:
        return 0
    return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())


def instant(started_s: int) -> str:
    """The inverse of `seconds`: "2026-11-22T14:03:11Z"; "unknown" for 0."""
    return datetime.fromtimestamp(started_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if started_s else "unknown"


def run(record: Told) -> Row:
    """The row of `runs`, without its keys."""
    plan, procedure, part = (record.get(key) or {} for key in ("plan", "procedure", "part"))
    return {
        "started_s": seconds(record.get("started")),
        "simulated": bool(record.get("simulated")),
        "rig": text(record.get("rig")),
        "plan": text(plan.get("name")),
        "plan_version": text(plan.get("version")),
        "procedure": text(procedure.get("id")),
        "station": text((record.get("station") or {}).get("id")),
        "operator": text(record.get("operator")),
        "part": text(part.get("number")),
        "batch": text(part.get("batch")),
        "attempt": count(record.get("attempt")),
        "verdict": text(record.get("verdict")),
        "accepted": exit_status(record) == 0,
        "interrupted": bool(record.get("interrupted")),
        "cause": cause(record),
        "headline": text(record.get("headline")),
        "certificate": text((record.get("certificate") or {}).get("number")),
        "purpose": text(record.get("purpose") or PRODUCTION),
        "appraiser": text((record.get("gauge") or {}).get("appraiser")),
    }


def cause(record: Told) -> str:
    """Why the verdict is what it is, short and the same for the same cause: a diagnosis, else a characteristic, else how far it got."""
    verdict = record.get("verdict")
    if verdict == "PASS":
        return ""
    wanted = {"ERROR": "error", "FAIL": "fail"}.get(str(verdict))
    told = [one for one in record.get("diagnoses") or () if one.get("severity") == wanted]
    bad = [one for one in record.get("measurements") or () if one.get("verdict") == verdict]
    if told:
        return text(told[0].get("cause"))
    if bad:
        return label(text(bad[0].get("name")), text(bad[0].get("unit")))
    if record.get("interrupted"):
        return "interrupted"
    return "not everything was measured" if verdict == "INCOMPLETE" else text(verdict).lower()


def conditions(record: Told) -> list[str]:
    """Of each measurement, in words, as they are kept of a characteristic."""
    told = (one.get("conditions") or {} for one in record.get("measurements") or ())
    return [" · ".join(condition(text(key), value) for key, value in one.items()) for one in told]


def measurements(record: Told) -> tuple[list[Characteristic], list[Figures]]:
    """What each is of, and its figures."""
    seen: dict[tuple[Any, ...], int] = {}
    of: list[Characteristic] = []
    figures: list[Figures] = []
    for one in record.get("measurements") or ():
        told, verdict = one.get, one.get("verdict")
        attempt = count(told("attempt"))
        name, subject, mode, unit = text(told("name")), text(told("subject")), text(told("mode")), text(told("unit"))
        same = (name, subject, mode, unit, attempt)
        nth = seen[same] = seen.get(same, 0) + 1
        of.append(_characteristic(name, subject, mode, nth, unit))
        value, u, lower, upper = finite(told("value")), finite(told("u")), finite(told("lower")), finite(told("upper"))
        figures.append((attempt, value, u, lower, upper, text(verdict) if verdict else None))
    return of, figures


def diagnoses(record: Told) -> list[Row]:
    """Rows of `diagnoses`, without the run's key."""
    keys = ("severity", "cause", "where", "says")
    return [{"position": at, **{key: text(one.get(key)) for key in keys}} for at, one in enumerate(record.get("diagnoses") or ())]


def count(value: Any) -> int:
    """A number of attempts, 1 where none is told; ValueError for one that no column takes."""
    found = int(value or 1)
    if not 0 < found < _MOST:
        raise ValueError(f"attempt {value!r}")
    return found


def finite(value: Any) -> float | None:
    """The number, or None for what is none."""
    found = value if type(value) is float else number(value)
    return found if math.isfinite(found) else None


def text(value: Any) -> str:
    """Text for a column; PostgreSQL takes no NUL, which a record of ours never has."""
    told = value if type(value) is str else "" if value is None else str(value)
    return told.replace("\0", "\ufffd") if "\0" in told else told
