"""Gauge studies: readings by part, appraiser and trial, from a file or from the history."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from hil.errors import UserError
from hil.history import tables
from hil.history.choice import MEASURED, TEXTS, Choice, R, conditions
from hil.history.readings import M
from hil.rig.words import listed, nearest

NAMES = {
    "part": ("sample", "unit", "serial"),
    "appraiser": ("operator", "inspector"),
    "trial": ("replicate", "repetition", "run"),
    "value": ("measurement", "reading", "result", "response"),
}
"""The columns of a study, and what others call them, each in the plural too."""
COLUMNS = tuple(NAMES)
SEATING = "seating"
"""In place of an appraiser: the times that `hil gauge` had a unit put in."""
Cells = dict[tuple[str, str], list[float]]


def of_file(path: Path) -> NDArray[np.float64]:
    """Readings [part, appraiser, trial] of a CSV file with these columns, in any order; lines that begin with # are remarks.

    Without a column of trials they are taken as they come. Where columns end with a semicolon or a tab, numbers may have a comma.
    """
    try:
        lines = [line for line in path.read_text("utf-8-sig").splitlines() if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UserError(f"--from {path}: cannot be read", str(said).lower(), f"a CSV file with columns {', '.join(COLUMNS)}") from None
    first = lines[0] if lines else ""
    between = max(";\t,", key=first.count)
    rows = list(csv.reader(lines, delimiter=between, skipinitialspace=True))
    given = [name.strip() for name in rows[0]] if rows else []
    at_column = _columns(given)
    missing = [name for name in COLUMNS if name not in at_column and name != "trial"]
    if missing:
        raise UserError(
            f"--from {path}: no column {listed(missing)}",
            f"columns {listed(given)}" if given else "nothing is in it",
            f"a first line {','.join(COLUMNS)}",
        )
    told: list[tuple[str, str, str, float]] = []
    for number, row in enumerate(rows[1:], 1):
        texts = {name: row[column].strip() if column < len(row) else "" for name, column in at_column.items()}
        value = _number(path, number, texts["value"] if between == "," else texts["value"].replace(",", "."))
        told.append((texts["part"], texts["appraiser"], texts.get("trial", f"line {number}"), value))
    cells: Cells = defaultdict(list)
    seen: set[tuple[str, str, str]] = set()
    for part, appraiser, trial, value in told:
        if (part, appraiser, trial) in seen:
            raise UserError(f"--from {path}: part {part}, appraiser {appraiser}, trial {trial} is there twice", "", "one line a reading")
        seen.add((part, appraiser, trial))
        cells[part, appraiser].append(value)
    return _balanced(cells, f"--from {path}")


def of_history(connection: Connection, choice: Choice, key: int, by: str) -> tuple[NDArray[np.float64], list[str]]:
    """Readings [unit, appraiser, trial] of a characteristic, the appraisers being what the column `by` says; and their names."""
    column = R.appraiser if by == SEATING else R[checked_column("--by", by, SEATING)]
    query = sa.select(tables.units.c.serial, column, M.value).join(tables.runs, R.id == M.run_id)
    query = query.join(tables.units, tables.units.c.id == R.unit_id).where(M.characteristic_id == key, M.attempt == 1, M.value.is_not(None))
    cells: Cells = defaultdict(list)
    for serial, appraiser, value in connection.execute(
        query.where(*conditions(choice), R.verdict.in_(MEASURED)).order_by(R.started_s, R.id)
    ):
        cells[serial, appraiser].append(value)
    names = sorted({appraiser for _, appraiser in cells})
    return _balanced(cells, "the gauge study", trim=True), names


def checked_column(option: str, name: str, *more: str) -> str:
    """A column by which runs are told apart; UserError otherwise, which names `more` too."""
    if name not in TEXTS[:-1]:
        known = (*more, *TEXTS[:-1])
        near = nearest(name, known)
        raise UserError(
            f"{option} {name!r}: runs are not told apart by this", f"there are {listed(known)}", f"{option} {near or 'station'}"
        )
    return name


def _columns(given: Sequence[str]) -> dict[str, int]:
    """Which of the file's columns are ours: by name, else by what others call them."""
    plain = [name.casefold() for name in given]
    found = {}
    for name, others in NAMES.items():
        wanted = [at for word in (name, *others) for at, told in enumerate(plain) if told in (word, f"{word}s")]
        if wanted:
            found[name] = wanted[0]
    return found


def _number(path: Path, at: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"--from {path}: reading {at} is no number", repr(text), "a number with a point: 0.29")
    return value


def _balanced(cells: Cells, what: str, *, trim: bool = False) -> NDArray[np.float64]:
    """The cells as an array; `trim`: where some have more trials than others, the first ones of each count."""
    parts, appraisers = _ordered(part for part, _ in cells), _ordered(appraiser for _, appraiser in cells)
    missing = [f"{part} by {appraiser or 'nobody'}" for part in parts for appraiser in appraisers if (part, appraiser) not in cells]
    if missing:
        raise UserError(
            f"{what}: not every part was measured by every appraiser",
            f"missing: {', '.join(missing[:5])}",
            "a crossed study; --unit, --since and --until choose its runs",
        )
    trials = {len(readings) for readings in cells.values()}
    if len(trials) > 1 and not trim:
        fewer = [f"{part} by {appraiser}" for (part, appraiser), readings in cells.items() if len(readings) < max(trials)]
        found = f"fewer: {', '.join(fewer[:5])}"
        raise UserError(f"{what}: cells have {min(trials)} to {max(trials)} trials", found, "the same number of trials in all")
    few = min(trials, default=0)
    if len(parts) < 2 or few < 2:
        found = f"{len(parts)} parts, {len(appraisers)} appraisers, {few} trials each"
        raise UserError(f"{what}: at least 2 parts and 2 trials are needed", found, "AIAG recommends 10 parts, 3 appraisers, 3 trials")
    return np.array([[cells[part, appraiser][:few] for appraiser in appraisers] for part in parts])


def _ordered(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
