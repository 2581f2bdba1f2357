"""Yields of the steps that units go through, and what their failures were caused by.

A step is what one rig does by one plan, or by one procedure where the plan names it. First pass: of the units that were judged, those
whose first judged run was accepted. Runs that judged nothing (ERROR, INVALID, INCOMPLETE, broken off) are counted apart: they are the
station's, not the unit's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hil.history.choice import JUDGED, Choice, R, conditions
from hil.history.stats.proportion import Share, rolled, share

STEP = (R.rig, sa.case((R.procedure != "", R.procedure), else_=R.plan).label("demand"))


@dataclass(frozen=True, slots=True)
class Step:
    """What a rig has made of the units that came to it."""

    rig: str
    demand: str
    """Procedure, or plan."""
    first_pass: Share
    final: Share
    """Of the same units, those whose last judged run was accepted."""
    runs: int
    """Judged ones."""
    aside: int
    """Runs that judged no unit."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause, and how often it was the first one."""

    cause: str
    count: int
    share: float
    """Of all that are counted."""
    cumulative: float


@dataclass(frozen=True, slots=True)
class Yield:
    """All steps, and the causes."""

    steps: list[Step]
    causes: list[Cause]
    """Of units whose first judged run failed: one each."""
    station_causes: list[Cause]
    """Of runs that judged no unit."""
    without_unit: int
    """Judged runs without a serial number: whose first they were is not known, so they are in no yield."""

    @property
    def rolled(self) -> float:
        """Rolled throughput yield: the chance to pass all steps at the first attempt."""
        return rolled(step.first_pass for step in self.steps if step.first_pass.n)


def yields(connection: Connection, choice: Choice) -> Yield:
    """Of the chosen runs; all counting is done by the database."""
    judged = [*conditions(choice), R.verdict.in_(JUDGED), ~R.interrupted]
    first, last = (_numbered(judged, newest=newest) for newest in (False, True))
    told, final = (_tally(connection, numbered) for numbered in (first, last))
    runs = _counted(connection, judged)
    apart = [*conditions(choice), ~R.verdict.in_(JUDGED) | R.interrupted]
    aside = _counted(connection, apart)
    none = (0, 0)
    steps = [
        Step(*key, share(*told.get(key, none)), share(*final.get(key, none)), runs.get(key, 0), aside.get(key, 0))
        for key in sorted(runs.keys() | aside.keys())
    ]
    failed = sa.select(first.c.cause, sa.func.count()).where(first.c.nth == 1, ~first.c.accepted).group_by(first.c.cause)
    not_judged = sa.select(R.cause, sa.func.count()).where(*apart).group_by(R.cause)
    lost = sa.select(sa.func.count()).where(*judged, R.unit_id.is_(None))
    causes, theirs = (_pareto(connection, query) for query in (failed, not_judged))
    return Yield(steps, causes, theirs, int(connection.execute(lost).scalar() or 0))


def _numbered(wanted: list[sa.ColumnElement[bool]], *, newest: bool) -> sa.Subquery:
    """Runs of each unit at each step, numbered from its first, or from its newest."""
    order = (R.started_s.desc(), R.id.desc()) if newest else (R.started_s, R.id)
    nth = sa.func.row_number().over(partition_by=(R.unit_id, *STEP), order_by=order).label("nth")
    return sa.select(*STEP, R.accepted, R.cause, nth).where(*wanted, R.unit_id.is_not(None)).subquery()


def _tally(connection: Connection, numbered: sa.Subquery) -> dict[tuple[str, str], tuple[int, int]]:
    """By step: units accepted, and all units."""
    n, step = numbered.c, (numbered.c.rig, numbered.c.demand)
    accepted = sa.func.sum(sa.case((n.accepted, 1), else_=0))
    rows = connection.execute(sa.select(*step, accepted, sa.func.count()).where(n.nth == 1).group_by(*step))
    return {(rig, demand): (int(good), int(units)) for rig, demand, good, units in rows}


def _counted(connection: Connection, wanted: list[sa.ColumnElement[bool]]) -> dict[tuple[str, str], int]:
    rows = connection.execute(sa.select(*STEP, sa.func.count()).where(*wanted).group_by(*STEP))
    return {(rig, demand): int(count) for rig, demand, count in rows}


def _pareto(connection: Connection, query: sa.Select[Any]) -> list[Cause]:
    """The most frequent first; of equally frequent ones in the order of their names."""
    rows = sorted(((str(cause), int(count)) for cause, count in connection.execute(query)), key=lambda row: (-row[1], row[0]))
    total, so_far, told = sum(count for _, count in rows), 0, []
    for cause, count in rows:
        so_far += count
        told.append(Cause(cause or "no cause was named", count, count / total, so_far / total))
    return told
