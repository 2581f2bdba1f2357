"""Yields of the steps that units go through, and what their failures were caused by.

A step is what one rig does by one plan, or by one procedure where the plan names it. First pass: of the units that were judged, those
whose first judged run was accepted. Runs that judged nothing (ERROR, INVALID, INCOMPLETE, broken off) are counted apart: they are the
station's, not the unit's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

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
    """Of the chosen runs, in one pass over them from the oldest to the newest."""
    asked = sa.select(R.unit_id, *STEP, R.accepted, R.cause).where(*conditions(choice), R.verdict.in_(JUDGED), ~R.interrupted)
    first: dict[tuple[int, str, str], tuple[bool, str]] = {}
    last: dict[tuple[int, str, str], bool] = {}
    runs: Counter[tuple[str, str]] = Counter()
    without_unit = 0
    for unit, rig, demand, accepted, cause in connection.execute(asked.order_by(R.started_s, R.id)):
        runs[rig, demand] += 1
        if unit is None:
            without_unit += 1
            continue
        first.setdefault((unit, rig, demand), (accepted, cause))
        last[unit, rig, demand] = accepted
    apart = sa.select(*STEP, R.cause).where(*conditions(choice), ~R.verdict.in_(JUDGED) | R.interrupted)
    aside = [((rig, demand), cause) for rig, demand, cause in connection.execute(apart)]
    steps = _steps(first, last, runs, Counter(step for step, _ in aside))
    failed = Counter(cause for accepted, cause in first.values() if not accepted)
    return Yield(steps, _pareto(failed), _pareto(Counter(cause for _, cause in aside)), without_unit)


def _steps(
    first: Mapping[tuple[int, str, str], tuple[bool, str]],
    last: Mapping[tuple[int, str, str], bool],
    runs: Counter[tuple[str, str]],
    aside: Counter[tuple[str, str]],
) -> list[Step]:
    units = Counter((rig, demand) for _, rig, demand in last)
    good = Counter((rig, demand) for (_, rig, demand), (accepted, _) in first.items() if accepted)
    final = Counter((rig, demand) for (_, rig, demand), accepted in last.items() if accepted)
    return [
        Step(*key, share(good[key], units[key]), share(final[key], units[key]), runs[key], aside[key])
        for key in sorted(runs.keys() | aside.keys())
    ]


def _pareto(causes: Counter[str]) -> list[Cause]:
    """The most frequent first; of equally frequent ones in the order of their names."""
    rows = sorted(causes.items(), key=lambda row: (-row[1], row[0]))
    total, so_far, told = sum(count for _, count in rows), 0, []
    for cause, count in rows:
        so_far += count
        told.append(Cause(cause or "no cause was named", count, count / total, so_far / total))
    return told
