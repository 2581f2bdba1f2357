"""The history: records go in, once each; what is asked of them is asked through `reading`."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from hil.history import database, evidence, flat, tables
from hil.history.names import Names
from hil.history.seals import Sealed, sealed
from hil.report import Record

What = Literal["added", "known", "conflict", "refused"]
_CHUNK = 200
"""Records of one transaction of a bulk import: enough that waiting for the disk no longer counts."""
_LEVEL = 1
"""Of zlib: 0.2 ms and 7 kB for a record of 42 kB; level 6 takes four times as long for 12 % less."""
_INSERT = {name: getattr(tables, name).insert() for name in ("records", "runs", "measurements", "diagnoses", "evidence")}


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a record."""

    what: What
    sha256: str
    says: str = ""
    """Why it was not taken, in a sentence; for a known one nothing."""


class History:
    """An open history. One object may be used by one thread at a time; any number of processes may have the same database open."""

    def __init__(self, engine: sa.Engine, evidence_folder: Path) -> None:
        self.engine = engine
        self.evidence_folder = evidence_folder
        self._names = Names()

    @classmethod
    def open(cls, given: str, *, create: bool = True, evidence_folder: Path | None = None, busy_s: float = database.BUSY_S) -> Self:
        """The history at a URL or path; `create` makes what is not there yet. UserError for whatever is wrong with it."""
        url = database.parsed(given)
        engine = database.opened(url, create=create, busy_s=busy_s)
        return cls(engine, evidence_folder or evidence.folder_of(url))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @property
    def name(self) -> str:
        """The database, for reading; without its password."""
        return database.shown(self.engine.url)

    def add(self, record: Record, folder: Path | None = None) -> Added:
        """File a record; durable when this returns. `folder`: the run's, whose attachments are kept as evidence."""
        whole = sealed(record)
        if whole.objection:
            return Added("refused", whole.sha256, whole.objection)
        kept = evidence.keep(record, folder, self.evidence_folder) if folder else []
        return self._file([(record, whole)], [kept])[0]

    def add_all(self, records: Iterable[tuple[Record, Sealed]]) -> Iterator[Added]:
        """File many, several to a transaction: what was reported is durable, what was not may be given again."""
        pending: list[tuple[Record, Sealed]] = []
        for one in records:
            if one[1].objection:
                yield Added("refused", one[1].sha256, one[1].objection)
                continue
            pending.append(one)
            if len(pending) == _CHUNK:
                yield from self._file(pending, [])
                pending = []
        yield from self._file(pending, [])

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions."""
        with database.reading(self.engine) as connection:
            yield connection

    def record(self, run_id: int) -> Record:
        """The whole record of a run."""
        with self.reading() as connection:
            return unpacked(connection.execute(sa.select(tables.records.c.document).where(tables.records.c.id == run_id)).scalar_one())

    def records(self, run_ids: Iterable[int]) -> Iterator[bytes]:
        """The RFC 8785 bytes of these runs' records, a few at a time, in this order."""
        wanted = list(run_ids)
        with self.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                some = wanted[start : start + _CHUNK]
                columns = (tables.records.c.id, tables.records.c.document)
                found = {row.id: row.document for row in connection.execute(sa.select(*columns).where(columns[0].in_(some)))}
                yield from (zlib.decompress(found[key]) for key in some)

    def _file(self, records: list[tuple[Record, Sealed]], kept: list[list[evidence.Kept]]) -> list[Added]:
        if not records:
            return []
        try:
            with database.writing(self.engine) as connection:
                return [self._one(connection, record, whole, kept[at] if kept else []) for at, (record, whole) in enumerate(records)]
        except IntegrityError:  # another process filed one of them meanwhile: now it is known, or a conflict
            self._names = Names()
            return (
                [self._file([one], kept[at : at + 1])[0] for at, one in enumerate(records)]
                if len(records) > 1
                else self._again(records, kept)
            )
        except BaseException:
            self._names = Names()  # what they learned was rolled back
            raise

    def _again(self, records: list[tuple[Record, Sealed]], kept: list[list[evidence.Kept]]) -> list[Added]:
        with database.writing(self.engine) as connection:
            return [self._one(connection, *records[0], kept[0] if kept else [])]

    def _one(self, connection: Connection, record: Record, whole: Sealed, kept: list[evidence.Kept]) -> Added:
        found = _already(connection, record, whole)
        if found:
            return found
        try:
            run, measured, diagnosed = flat.run(record), list(flat.measurements(record)), flat.diagnoses(record)
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            return Added("refused", whole.sha256, f"not a record that can be read: {error}")
        seal, certificate = record.get("seal") or {}, run["certificate"] or None
        row = {"sha256": whole.sha256, "station": seal.get("station"), "sequence": seal.get("sequence"), "certificate": certificate}
        row |= {"document": zlib.compress(whole.document, _LEVEL)}
        (key,) = connection.execute(_INSERT["records"], row).inserted_primary_key or (0,)
        unit = record.get("unit")
        unit_id = self._names.unit(connection, flat.text(unit)) if unit is not None else None
        connection.execute(_INSERT["runs"], {"id": key, "unit_id": unit_id, **run})
        rows = [
            {"characteristic_id": self._names.characteristic(connection, of, conditions), "run_id": key, **figures}
            for of, conditions, figures in measured
        ]
        for name, many in (("measurements", rows), ("diagnoses", diagnosed), ("evidence", [one.row for one in kept])):
            if many:
                connection.execute(_INSERT[name], [{"run_id": key, **one} for one in many])
        return Added("added", whole.sha256)


def unpacked(document: bytes) -> Record:
    """The record behind what the table keeps."""
    record: dict[str, Any] = json.loads(zlib.decompress(document))
    return record


def _already(connection: Connection, record: Record, whole: Sealed) -> Added | None:
    """Whether it is known, or contradicts one that is."""
    r, seal = tables.records.c, record.get("seal") or {}
    if connection.execute(sa.select(r.id).where(r.sha256 == whole.sha256)).first():
        return Added("known", whole.sha256)
    if seal.get("station") is not None and seal.get("sequence") is not None:
        same = sa.and_(r.station == seal["station"], r.sequence == seal["sequence"])
        other = connection.execute(sa.select(r.sha256).where(same)).scalar()
        if other:
            says = f"station {seal['station']} has another record number {seal['sequence']}: {other[:12]}…, not {whole.sha256[:12]}…"
            return Added("conflict", whole.sha256, says)
    number = (record.get("certificate") or {}).get("number")
    other = connection.execute(sa.select(r.sha256).where(r.certificate == number)).scalar() if number else None
    if other:
        return Added("conflict", whole.sha256, f"certificate {number} is that of another record: {other[:12]}…, not {whole.sha256[:12]}…")
    return None
