"""The history: records go in, once each; what is asked of them is asked through `reading`."""

from __future__ import annotations

import contextlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from hil.history import database, evidence, tables
from hil.history.batch import Added, Batch, One
from hil.history.names import Names
from hil.history.ready import Ready, ready, unpacked
from hil.history.seals import Sealed, sealed
from hil.report import Record

_CHUNK = 200
"""Records of one transaction of a bulk import: enough that waiting for the disk no longer counts."""


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
        made = ready(record, sealed(record))
        if made.objection:
            return Added("refused", made.sha256, made.objection)
        kept, changed = evidence.keep(record, folder, self.evidence_folder) if folder else ([], [])
        done = self._file([One(made, kept=kept)])[0]
        return replace(done, changed=tuple(changed))

    def add_all(self, records: Iterable[tuple[str, Record, Sealed]]) -> Iterator[Added]:
        """File many, several to a transaction; each comes with where it stood. What is reported is durable."""
        return self.take_all((where, ready(record, whole)) for where, record, whole in records)

    def take_all(self, records: Iterable[tuple[str, Ready]]) -> Iterator[Added]:
        """The same for records that were made ready, by another process perhaps."""
        pending: list[One] = []
        for where, made in records:
            if made.objection:
                yield Added("refused", made.sha256, made.objection, where)
                continue
            pending.append(One(made, where, evidence.held(made.attached, self.evidence_folder)))
            if len(pending) == _CHUNK:
                yield from self._file(pending)
                pending = []
        yield from self._file(pending)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for questions."""
        with database.reading(self.engine) as connection:
            yield connection

    def record(self, run_id: int) -> Record:
        """The whole record of a run."""
        with self.reading() as connection:
            return unpacked(connection.execute(sa.select(tables.records.c.document).where(tables.records.c.id == run_id)).scalar_one())

    def evidence(self, run_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
        """Of these runs, name and SHA-256 of what is kept of each."""
        e, found = tables.evidence.c, defaultdict(list)
        wanted = list(run_ids)
        with self.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                asked = sa.select(e.run_id, e.name, e.sha256).where(e.run_id.in_(wanted[start : start + _CHUNK]))
                for run_id, name, sha256 in connection.execute(asked.order_by(e.run_id, e.position)):
                    found[run_id].append((name, sha256))
        return dict(found)

    def records(self, run_ids: Iterable[int]) -> Iterator[bytes]:
        """The RFC 8785 bytes of these runs' records, a few at a time, in this order."""
        wanted = list(run_ids)
        with self.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                some = wanted[start : start + _CHUNK]
                columns = (tables.records.c.id, tables.records.c.document)
                found = {row.id: row.document for row in connection.execute(sa.select(*columns).where(columns[0].in_(some)))}
                yield from (zlib.decompress(found[key]) for key in some)

    def _file(self, many: list[One]) -> list[Added]:
        if not many:
            return []
        try:
            return self._in_one_transaction(many)
        except IntegrityError:  # another process filed one of them meanwhile: now it is known, or a conflict
            return [done for one in many for done in self._in_one_transaction([one])]

    def _in_one_transaction(self, many: list[One]) -> list[Added]:
        try:
            with database.writing(self.engine) as connection:
                batch = Batch(connection, self._names, many)
                done = [replace(batch.take(one), where=one.where) for one in many]
                batch.insert()
                return done
        except BaseException:
            self._names = Names()  # what they learned was rolled back
            raise
