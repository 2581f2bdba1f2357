"""Which runs a question is about, as conditions on the table of runs. Simulated runs and real ones are never in one answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hil.errors import UserError
from hil.history import tables
from hil.history.flat import PRODUCTION
from hil.rig.words import listed, nearest

R = tables.runs.c
JUDGED = ("PASS", "COND_PASS", "FAIL")
"""Verdicts about the unit; the others say something about the station or the run."""
MEASURED = (*JUDGED, "INCOMPLETE")
"""Runs whose readings count: of an ERROR or an INVALID one the rig, or the station, was not in order."""
TEXTS = ("rig", "plan", "procedure", "station", "operator", "part", "batch", "verdict")
"""Columns by which runs can be told apart."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which runs; None: whatever it is."""

    since_s: int | None = None
    until_s: int | None = None
    """The first second that is not meant."""
    rig: str | None = None
    plan: str | None = None
    procedure: str | None = None
    station: str | None = None
    operator: str | None = None
    part: str | None = None
    batch: str | None = None
    unit: str | None = None
    """Serial number."""
    simulated: bool | None = None
    """None: real runs, or simulated ones where the history has no others."""
    purpose: str = PRODUCTION
    """Golden units and gauge studies are in no answer, but where one unit's runs are asked for."""

    def where(self, column: str, value: str) -> Choice:
        """Of these, the runs that have this value in one of the columns `TEXTS`."""
        return replace(self, **{column: value})  # type: ignore[arg-type]

    @property
    def words(self) -> str:
        """What was chosen, for a title: "rig hq-pair · station ST-1"."""
        return " · ".join(f"{name} {getattr(self, name)}" for name in (*TEXTS[:-1], "unit") if getattr(self, name) is not None)


def resolved(connection: Connection, choice: Choice) -> Choice:
    """With `simulated` decided, and every name one that exists; UserError with the nearest one otherwise."""
    if not connection.execute(sa.select(R.id).limit(1)).first():
        raise UserError(
            "the history is empty", "no run has been filed", "`hil accept` files its runs, `hil history import` those of others"
        )
    if choice.simulated is None:
        real = connection.execute(sa.select(R.id).where(~R.simulated).limit(1)).first()
        choice = replace(choice, simulated=real is None)
    for name in TEXTS[:-1]:
        refuse_unknown(connection, name, getattr(choice, name))
    refuse_unknown(connection, "unit", choice.unit)
    return choice


def conditions(choice: Choice) -> list[sa.ColumnElement[bool]]:
    """For `where`; of a resolved choice."""
    told: list[sa.ColumnElement[bool]] = [R.simulated if choice.simulated else ~R.simulated]
    told += [R[name] == getattr(choice, name) for name in TEXTS[:-1] if getattr(choice, name) is not None]
    told += [R.started_s >= choice.since_s] if choice.since_s is not None else []
    told += [R.started_s < choice.until_s] if choice.until_s is not None else []
    if choice.unit is None or choice.purpose != PRODUCTION:
        told.append(R.purpose == choice.purpose)
    if choice.unit is not None:
        told.append(R.unit_id == sa.select(tables.units.c.id).where(tables.units.c.serial == choice.unit).scalar_subquery())
    return told


def by_unit(choice: Choice, *more: sa.ColumnElement[bool]) -> sa.Subquery:
    """The chosen runs: `id`, `who`, the same for all runs of a unit, `nth` of them, and how `many` there are.

    A run without a serial number is a unit of its own; with one unit chosen, each of its runs is.
    """
    who = sa.func.coalesce(R.unit_id, -R.id) if choice.unit is None else R.id
    nth = sa.func.row_number().over(partition_by=who, order_by=(R.started_s, R.id)).label("nth")
    many = sa.func.count().over(partition_by=who).label("many")
    return sa.select(R.id, who.label("who"), nth, many).where(*conditions(choice), *more).subquery()


def instant(option: str, given: str | None, *, end: bool = False) -> int | None:
    """Seconds since 1970 of "2026-11-22" or "2026-11-22T14:03" (UTC unless it says otherwise); `end`: the first second after that day."""
    if given is None:
        return None
    try:
        if len(given) == len("2026-11-22"):
            day = date.fromisoformat(given) + timedelta(days=1 if end else 0)
            return int(datetime.combine(day, time(), UTC).timestamp())
        told = datetime.fromisoformat(given)
        return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise UserError(f"{option} {given!r}: not a day", "", "2026-11-22, or 2026-11-22T14:03 (UTC)") from None


def unknown(what: str, given: str, known: Iterable[str]) -> UserError:
    """The error for a name that does not exist, with those that do."""
    names = sorted(set(known) - {""})
    near = nearest(given, names)
    found = f"the history has {listed(names[:12])}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return UserError(f"no {what} {given!r} in the history", found if names else f"no run names a {what}", f"{near}" if near else "")


def refuse_unknown(connection: Connection, what: str, given: str | None) -> None:
    """UserError for a station, a rig, ... or a unit that the history does not have, with those that it has."""
    column = tables.units.c.serial if what == "unit" else R[what]
    if given is not None and not connection.execute(sa.select(column).where(column == given).limit(1)).first():
        raise unknown(what, given, connection.execute(sa.select(column).distinct().order_by(column).limit(500)).scalars())
