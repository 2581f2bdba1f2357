"""Records on their way into the tables: what is known or contradicts is found out for many at once, and many are inserted at once.

The transaction keeps other writers out, so keys are simply counted on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hil.history import tables
from hil.history.evidence import Kept
from hil.history.flat import FIGURES
from hil.history.names import Names
from hil.history.ready import Ready

What = Literal["added", "known", "conflict", "refused"]
_TABLES = (tables.records, tables.units, tables.runs, tables.diagnoses, tables.evidence)
"""In the order in which they refer to each other; measurements, of which there are most, follow."""
_MEASUREMENT = ("characteristic_id", "run_id", *FIGURES)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a record."""

    what: What
    sha256: str
    says: str = ""
    """Why it was not taken, in a sentence; for a known one nothing."""
    where: str = ""
    """Where the record stood, as the caller of `add_all` said."""
    changed: Sequence[str] = ()
    """Of its evidence, files that are not what the record says; they are not kept."""


@dataclass(frozen=True, slots=True)
class One:
    """A record on its way in."""

    ready: Ready
    where: str = ""
    kept: Sequence[Kept] = ()


class Batch:
    """Some records within one transaction."""

    def __init__(self, connection: Connection, names: Names, many: Sequence[One]) -> None:
        self._connection, self._names = connection, names
        self._next, self._next_unit = (
            int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) for table in (tables.records, tables.units)
        )
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._measurements: list[tuple[Any, ...]] = []
        self._known: dict[str, int] = {}
        self._late: dict[int, Sequence[Kept]] = {}
        """Evidence that came after its run."""
        self._places: dict[tuple[str, int], str] = {}
        self._certificates: dict[str, str] = {}
        self._look_up([one.ready for one in many])

    def take(self, one: One) -> Added:
        """Whether this record is new, and if so its rows."""
        ready = one.ready
        try:
            if ready.sha256 in self._known and one.kept:
                self._late[self._known[ready.sha256]] = one.kept
            return self._already(ready) or self._taken(ready, one.kept)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
            return Added("refused", ready.sha256, f"not a record that can be read: {error}")

    def insert(self) -> None:
        """Everything that was taken."""
        self._rows["evidence"] += self._evidence_that_is_new()
        for table in _TABLES:
            if self._rows[table.name]:
                self._connection.execute(table.insert(), self._rows[table.name])
        if self._measurements:
            self._measurements.sort(key=itemgetter(0, 1))  # each stretch of the table is then gone to once
            self._connection.exec_driver_sql(_plain_insert(self._connection, tables.measurements, _MEASUREMENT), self._measurements)

    def _look_up(self, many: Sequence[Ready]) -> None:
        """What the tables know of these records."""
        r, ask = tables.records.c, self._connection.execute
        self._known = {row.sha256: row.id for row in ask(sa.select(r.sha256, r.id).where(r.sha256.in_([one.sha256 for one in many])))}
        numbers: dict[str, list[int]] = defaultdict(list)
        for one in many:
            if one.place:
                numbers[one.place[0]].append(one.place[1])
        for station, some in numbers.items():
            for sequence, sha256 in ask(sa.select(r.sequence, r.sha256).where(r.station == station, r.sequence.in_(some))):
                self._places[station, sequence] = sha256
        certificates = [one.certificate for one in many if one.certificate]
        if certificates:
            found = ask(sa.select(r.certificate, r.sha256).where(r.certificate.in_(certificates)))
            self._certificates = {number: sha256 for number, sha256 in found}  # noqa: C416
        self._names.look_up_units(self._connection, {one.serial for one in many if one.serial is not None})

    def _already(self, ready: Ready) -> Added | None:
        """Whether it is known, or contradicts one that is, or cannot be read."""
        sha256, place, number = ready.sha256, ready.place, ready.certificate
        if sha256 in self._known:
            return Added("known", sha256)
        if place is not None and place in self._places:
            says = f"station {place[0]} has another record number {place[1]}: {self._places[place][:12]}…, not {sha256[:12]}…"
            return Added("conflict", sha256, says)
        if number is not None and number in self._certificates:
            says = f"certificate {number} is that of another record: {self._certificates[number][:12]}…, not {sha256[:12]}…"
            return Added("conflict", sha256, says)
        return Added("refused", sha256, ready.unreadable) if ready.unreadable else None

    def _taken(self, ready: Ready, kept: Sequence[Kept]) -> Added:
        keys = self._names.characteristics(self._connection, ready.of, ready.conditions)
        key = self._next = self._next + 1
        station, sequence = ready.place or (None, None)
        told = {"sha256": ready.sha256, "station": station, "sequence": sequence}
        self._rows["records"].append({"id": key, **told, "certificate": ready.certificate, "document": ready.document})
        self._rows["runs"].append({"id": key, "unit_id": self._unit(ready.serial), **(ready.run or {})})
        self._measurements += [(of, key, *figures) for of, figures in zip(keys, ready.figures, strict=True)]
        self._rows["diagnoses"] += [{"run_id": key, **row} for row in ready.diagnoses]
        self._rows["evidence"] += [{"run_id": key, **one.row} for one in kept]
        self._remember(ready, key)
        return Added("added", ready.sha256)

    def _evidence_that_is_new(self) -> list[dict[str, Any]]:
        if not self._late:
            return []
        e = tables.evidence.c
        there = {
            (row.run_id, row.position)
            for row in self._connection.execute(sa.select(e.run_id, e.position).where(e.run_id.in_(list(self._late))))
        }
        there |= {(row["run_id"], row["position"]) for row in self._rows["evidence"]}
        told = [{"run_id": key, **one.row} for key, kept in self._late.items() for one in kept]
        return [row for row in told if (row["run_id"], row["position"]) not in there]

    def _unit(self, serial: str | None) -> int | None:
        if serial is None:
            return None
        found = self._names.unit(serial)
        if found is None:
            found = self._next_unit = self._next_unit + 1
            self._names.remember_unit(serial, found)
            self._rows["units"].append({"id": found, "serial": serial})
        return found

    def _remember(self, ready: Ready, key: int) -> None:
        """For those that come after it in this batch."""
        self._known[ready.sha256] = key
        if ready.place:
            self._places[ready.place] = ready.sha256
        if ready.certificate:
            self._certificates[ready.certificate] = ready.sha256


def _plain_insert(connection: Connection, table: sa.Table, columns: Sequence[str]) -> str:
    """For the driver itself, with rows as tuples: SQLAlchemy's own takes longer to arrange them than SQLite takes to file them."""
    quote, mark = connection.dialect.identifier_preparer.quote, "?" if connection.dialect.paramstyle == "qmark" else "%s"
    return f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES ({', '.join(mark for _ in columns)})"
