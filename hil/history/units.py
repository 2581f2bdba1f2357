"""Which units passed, which did not, and why; and all that is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hil.history import tables
from hil.history.choice import Choice, R, conditions
from hil.history.flat import instant

U = tables.units.c


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a unit."""

    id: int
    unit: str
    """Serial number; empty for none."""
    started: str
    """UTC; "unknown" where the record tells none."""
    verdict: str
    headline: str
    cause: str
    rig: str
    plan: str
    station: str
    operator: str
    batch: str
    attempt: int
    certificate: str
    simulated: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it stands: its last run, and how many there were."""

    last: Run
    runs: int


_COLUMNS = (
    *(R.id, U.serial, R.started_s, R.verdict, R.headline, R.cause, R.rig, R.plan, R.station, R.operator, R.batch, R.attempt),
    *(R.certificate, R.simulated, R.accepted),
)


def latest(connection: Connection, choice: Choice, *, failed: bool = False, limit: int | None = None) -> list[Unit]:
    """Units with their last run, the newest first. `failed`: only those whose last run was not accepted."""
    order = sa.func.row_number().over(partition_by=R.unit_id, order_by=(R.started_s.desc(), R.id.desc())).label("nth")
    count = sa.func.count().over(partition_by=R.unit_id).label("runs")
    numbered = sa.select(R.id, order, count).where(*conditions(choice), R.unit_id.is_not(None)).subquery()
    chosen = sa.select(*_COLUMNS, numbered.c.runs).join(numbered, sa.and_(numbered.c.id == R.id, numbered.c.nth == 1))
    chosen = chosen.join(tables.units, U.id == R.unit_id).order_by(R.started_s.desc(), R.id.desc()).limit(limit)
    rows = connection.execute(chosen.where(~R.accepted) if failed else chosen)
    return [Unit(_run(row[:-1]), row[-1]) for row in rows]


def counts(connection: Connection, choice: Choice) -> tuple[int, int]:
    """Units, and runs without a serial number."""
    units = sa.select(sa.func.count(R.unit_id.distinct()), sa.func.sum(sa.case((R.unit_id.is_(None), 1), else_=0)))
    found = connection.execute(units.where(*conditions(choice))).one()
    return int(found[0]), int(found[1] or 0)


def of_unit(connection: Connection, choice: Choice) -> list[Run]:
    """All runs of the chosen unit, the first one first."""
    chosen = sa.select(*_COLUMNS).join(tables.units, U.id == R.unit_id, isouter=True).where(*conditions(choice))
    return [_run(row) for row in connection.execute(chosen.order_by(R.started_s, R.id))]


def by_id(connection: Connection, ids: list[int]) -> dict[int, Run]:
    """These runs."""
    chosen = sa.select(*_COLUMNS).join(tables.units, U.id == R.unit_id, isouter=True).where(R.id.in_(ids))
    return {row[0]: _run(row) for row in connection.execute(chosen)}


def _run(row: Sequence[Any]) -> Run:
    key, serial, started_s, *rest = row
    return Run(key, serial or "", instant(started_s), *rest)
