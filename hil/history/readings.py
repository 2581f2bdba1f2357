"""Readings of a characteristic over many runs, as arrays; and an overview of all characteristics, counted by the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from hil.errors import UserError
from hil.history import tables
from hil.history.choice import MEASURED, Choice, R, by_unit, conditions, unknown
from hil.history.flat import Characteristic
from hil.history.stats.spread import overall
from hil.rig.words import nearest

C, M = tables.characteristics.c, tables.measurements.c
_CANCELS = 1e-9
"""What part of a sum of squares has to be left for six digits of the deviation."""
_IDENTITY = (C.name, C.subject, C.mode, C.nth, C.unit)


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of one characteristic in the order in which they were made."""

    of: Characteristic
    values: NDArray[np.float64]
    run_ids: NDArray[np.int64]
    started_s: NDArray[np.int64]
    lower: float | None
    """Limits of the specification, of the newest reading."""
    upper: float | None
    other_limits: int
    """Readings that were judged by other limits than these."""
    not_numbers: int
    """Readings that were no finite number; they are in no array."""

    @property
    def title(self) -> str:
        """The characteristic in words: "frame rate · cm3 · 2304x1296"."""
        return title(self.of)


@dataclass(frozen=True, slots=True)
class Overview:
    """A characteristic in figures that the database can sum up."""

    of: Characteristic
    conditions: str
    n: int
    failed: int
    mean: float
    s: float
    """Overall; 0 for a single reading."""
    lower: float | None
    """The narrowest of the limits in use, as is `upper`."""
    upper: float | None


class _Sums(NamedTuple):
    """Of the readings of a characteristic."""

    n: int
    failed: int
    total: float
    squares: float
    least: float
    most: float
    lower: float | None
    upper: float | None


def title(of: Characteristic) -> str:
    """A characteristic in words."""
    from hil.report.quantity import label

    which = f"condition {of.nth}" if of.nth > 1 else ""
    return " · ".join(word for word in (label(of.name, of.unit), of.subject, of.mode, which) if word)


def find(connection: Connection, name: str, subject: str | None, mode: str | None, nth: int | None) -> list[tuple[int, Characteristic]]:
    """Characteristics of that name, and of that part and mode where they are given; UserError with what there is for none."""
    wanted = name.strip().replace(" ", "_")
    known = connection.execute(sa.select(C.id, *_IDENTITY).where(C.name == wanted).order_by(*_IDENTITY)).all()
    if not known:
        names = [str(one) for one in connection.execute(sa.select(C.name).distinct()).scalars()]
        near = nearest(wanted, names)
        found = "`hil history capability` lists all of them"
        raise UserError(f"no characteristic {name!r} in the history", f"there are {len(names)}", near or found)
    told = [(int(row[0]), Characteristic(*row[1:])) for row in known]
    for what, at, given in (("subject", 1, subject), ("mode", 2, mode), ("condition", 3, nth)):
        kept = [one for one in told if given is None or one[1][at] == given]
        if not kept:
            raise unknown(f"{what} of {wanted}", str(given), (str(one[1][at]) for one in told))
        told = kept
    return told


def the_one(found: list[tuple[int, Characteristic]]) -> tuple[int, Characteristic]:
    """The only one; UserError that says how to tell them apart otherwise."""
    if len(found) == 1:
        return found[0]
    ways = [("--subject", 1), ("--mode", 2), ("--nth", 3)]
    varying = [(option, sorted({str(one[1][at]) for one in found})) for option, at in ways if len({one[1][at] for one in found}) > 1]
    say = " ".join(
        f"{option} {'|'.join(repr(value) if ' ' in value or not value else value for value in values)}" for option, values in varying
    )
    raise UserError(f"{found[0][1].name}: {len(found)} characteristics have this name", ", ".join(title(one[1]) for one in found[:6]), say)


def readings(connection: Connection, choice: Choice, key: int, of: Characteristic, *, every: bool = False) -> Readings:
    """One reading a unit, of the first run that measured this; `every`, or with one unit chosen, all of them."""
    wanted = [*conditions(choice), R.verdict.in_(MEASURED)]
    query = sa.select(M.value, M.run_id, R.started_s, M.lower, M.upper).join(tables.runs, R.id == M.run_id)
    query = query.where(M.characteristic_id == key, M.attempt == 1, *wanted)
    if not every and choice.unit is None:
        runs = by_unit(choice, R.verdict.in_(MEASURED), R.id.in_(sa.select(M.run_id).where(M.characteristic_id == key, M.attempt == 1)))
        query = query.where(R.id.in_(sa.select(runs.c.id).where(runs.c.nth == 1)))
    rows = connection.execute(query.order_by(R.started_s, R.id)).all()
    numbers = [row for row in rows if row[0] is not None]
    limits = [(row[3], row[4]) for row in numbers]
    lower, upper = limits[-1] if limits else (None, None)
    values = np.array([row[0] for row in numbers], np.float64)
    ids, started = (np.array([row[at] for row in numbers], np.int64) for at in (1, 2))
    other = sum(1 for one in limits if one != (lower, upper))
    return Readings(of, values, ids, started, lower, upper, other, len(rows) - len(numbers))


def overview(connection: Connection, choice: Choice) -> list[Overview]:
    """All characteristics of the chosen runs, one reading a unit, summed up by the database."""
    runs = by_unit(choice, R.verdict.in_(MEASURED))
    told = _sums(connection, M, M.attempt == 1, M.run_id.in_(sa.select(runs.c.id).where(runs.c.many == 1)))
    if connection.execute(sa.select(runs.c.id).where(runs.c.many > 1).limit(1)).first():
        nth = sa.func.row_number().over(partition_by=(M.characteristic_id, runs.c.who), order_by=runs.c.nth).label("reading")
        some = sa.select(*M, nth).join(runs, runs.c.id == M.run_id).where(M.attempt == 1, runs.c.many > 1).subquery().c
        for key, more in _sums(connection, some, some.reading == 1).items():
            told[key] = _merged(told[key], more) if key in told else more
    every = connection.execute(sa.select(*_IDENTITY, C.conditions, C.id).order_by(*_IDENTITY)).all()
    return [_overview(connection, choice, row, told[row.id]) for row in every if row.id in told]


def _sums(connection: Connection, of: Any, *wanted: sa.ColumnElement[bool]) -> dict[int, _Sums]:
    """By characteristic: readings, failed ones, sum, sum of squares, least, most, and the narrowest limits."""
    failed = sa.func.sum(sa.case((of.verdict == "FAIL", 1), else_=0))
    ends = (sa.func.min(of.value), sa.func.max(of.value), sa.func.max(of.lower), sa.func.min(of.upper))
    query = sa.select(of.characteristic_id, sa.func.count(), failed, sa.func.sum(of.value), sa.func.sum(of.value * of.value), *ends)
    query = query.where(of.value.is_not(None), *wanted).group_by(of.characteristic_id)
    return {row[0]: _Sums(*row[1:]) for row in connection.execute(query)}


def _merged(a: _Sums, b: _Sums) -> _Sums:
    ends = min(a.least, b.least), max(a.most, b.most), _either(max, a.lower, b.lower), _either(min, a.upper, b.upper)
    return _Sums(a.n + b.n, a.failed + b.failed, a.total + b.total, a.squares + b.squares, *ends)


def _either(pick: Callable[[Any, Any], Any], one: float | None, other: float | None) -> Any:
    return one if other is None else other if one is None else pick(one, other)


def _overview(connection: Connection, choice: Choice, row: Any, found: Sequence[Any]) -> Overview:
    n, failed, total, squares, least, most, lower, upper = found
    of, mean = Characteristic(*row[:5]), total / n
    left = squares - n * mean * mean
    if least == most:
        s = 0.0
    elif left > _CANCELS * squares:
        s = (left / (n - 1)) ** 0.5
    else:  # a small spread about a large value: too few digits are left of the sums
        s = overall(readings(connection, choice, row.id, of).values)
    return Overview(of, str(row.conditions), int(n), int(failed), float(mean), s, lower, upper)
