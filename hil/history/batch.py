"""Records on their way into the tables: what is known or contradicts is found out for many at once, and many are inserted at once.

The transaction keeps other writers out, so keys are simply counted on.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hil.history import flat, tables
from hil.history.evidence import Kept
from hil.history.names import Names
from hil.history.seals import Sealed
from hil.report import Record

What = Literal["added", "known", "conflict", "refused"]
_LEVEL = 1
"""Of zlib: 0.2 ms and 7 kB for a record of 42 kB; level 6 takes four times as long for 12 % less."""
_TABLES = (tables.records, tables.runs, tables.measurements, tables.diagnoses, tables.evidence)
"""In the order in which they refer to each other."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a record."""

    what: What
    sha256: str
    says: str = ""
    """Why it was not taken, in a sentence; for a known one nothing."""
    where: str = ""
    """Where the record stood, as the caller of `add_all` said."""


@dataclass(frozen=True, slots=True)
class One:
    """A record on its way in."""

    record: Record
    whole: Sealed
    where: str = ""
    kept: Sequence[Kept] = ()

    @property
    def place(self) -> tuple[str, int] | None:
        """Its station and its number in the chain; None for one without."""
        seal = self.record.get("seal") or {}
        station, sequence = seal.get("station"), seal.get("sequence")
        return (station, sequence) if isinstance(station, str) and isinstance(sequence, int) else None

    @property
    def certificate(self) -> str | None:
        """The number of its certificate."""
        told = self.record.get("certificate")
        number = told.get("number") if isinstance(told, dict) else None
        return number if isinstance(number, str) and number else None


class Batch:
    """Some records within one transaction."""

    def __init__(self, connection: Connection, names: Names, many: Sequence[One]) -> None:
        self._connection, self._names = connection, names
        self._next = int(connection.execute(sa.select(sa.func.max(tables.records.c.id))).scalar() or 0)
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._known: set[str] = set()
        self._places: dict[tuple[str, int], str] = {}
        self._certificates: dict[str, str] = {}
        self._look_up(many)

    def take(self, one: One) -> Added:
        """Whether this record is new, and if so its rows."""
        sha256 = one.whole.sha256
        try:
            found = self._already(one)
            return found or self._taken(one)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
            return Added("refused", sha256, f"not a record that can be read: {error}")

    def insert(self) -> None:
        """Everything that was taken."""
        self._rows["measurements"].sort(key=lambda row: (row["characteristic_id"], row["run_id"]))
        for table in _TABLES:
            if self._rows[table.name]:
                self._connection.execute(table.insert(), self._rows[table.name])

    def _look_up(self, many: Sequence[One]) -> None:
        """What the tables know of these records."""
        r, ask = tables.records.c, self._connection.execute
        self._known = set(ask(sa.select(r.sha256).where(r.sha256.in_([one.whole.sha256 for one in many]))).scalars())
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

    def _already(self, one: One) -> Added | None:
        """Whether it is known, or contradicts one that is."""
        sha256, place, number = one.whole.sha256, one.place, one.certificate
        if sha256 in self._known:
            return Added("known", sha256)
        if place is not None and place in self._places:
            says = f"station {place[0]} has another record number {place[1]}: {self._places[place][:12]}…, not {sha256[:12]}…"
            return Added("conflict", sha256, says)
        if number is not None and number in self._certificates:
            says = f"certificate {number} is that of another record: {self._certificates[number][:12]}…, not {sha256[:12]}…"
            return Added("conflict", sha256, says)
        return None

    def _taken(self, one: One) -> Added:
        record, sha256, place = one.record, one.whole.sha256, one.place or (None, None)
        run, measured, diagnosed = flat.run(record), list(flat.measurements(record)), flat.diagnoses(record)
        unit = record.get("unit")
        unit_id = self._names.unit(self._connection, flat.text(unit)) if unit is not None else None
        key = self._next = self._next + 1
        document = zlib.compress(one.whole.document, _LEVEL)
        told = {"sha256": sha256, "station": place[0], "sequence": place[1], "certificate": one.certificate, "document": document}
        self._rows["records"].append({"id": key, **told})
        self._rows["runs"].append({"id": key, "unit_id": unit_id, **run})
        of = self._names.characteristic
        self._rows["measurements"] += [
            {"characteristic_id": of(self._connection, what, conditions), "run_id": key, **figures}
            for what, conditions, figures in measured
        ]
        self._rows["diagnoses"] += [{"run_id": key, **row} for row in diagnosed]
        self._rows["evidence"] += [{"run_id": key, **kept.row} for kept in one.kept]
        self._remember(one)
        return Added("added", sha256)

    def _remember(self, one: One) -> None:
        """For those that come after it in this batch."""
        self._known.add(one.whole.sha256)
        if one.place:
            self._places[one.place] = one.whole.sha256
        if one.certificate:
            self._certificates[one.certificate] = one.whole.sha256
