"""Records from one history to another: one a line, as JSON; gzip where the file's name ends so.

A line is the record itself, hash and signature in it, so nothing else has to be trusted. Evidence is a line by itself, once each, before
the first record that has it; it is kept under the hash of what came. Importing a file twice changes nothing.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import sqlalchemy as sa

from hil.errors import UserError
from hil.history import evidence as of_evidence
from hil.history.batch import Added
from hil.history.checking import checked
from hil.history.choice import Choice, R, refuse_unknown
from hil.history.ready import Ready, ready
from hil.history.seals import sealed
from hil.history.store import History
from hil.report import Record, journal, load
from hil.report.record import SCHEMA

_MANY = 4_000_000
"""Bytes of a file from which on several processes check its records."""


_EVIDENCE = b'{"schema":"hil.evidence/1","sha256":'


@dataclass
class Imported:
    """What became of the records of an import."""

    added: int = 0
    known: int = 0
    objections: list[str] = field(default_factory=list)
    """One sentence for each that was not taken: where it stood, and why."""
    evidence: int = 0
    """Files that are kept now and were not before."""

    def count(self, done: Added) -> None:
        """One more record."""
        if done.what == "added":
            self.added += 1
        elif done.what == "known":
            self.known += 1
        else:
            self.objections.append(f"{done.where}: {done.says}")


@dataclass
class Exported:
    """What an export wrote."""

    records: int
    evidence: set[str] = field(default_factory=set)
    """Hashes of files, with those that are missing."""
    missing: list[str] = field(default_factory=list)
    """One sentence for each file that is not here any more."""


def export(history: History, choice: Choice, path: Path, *, evidence: bool = True) -> Exported:
    """Write the chosen records, real and simulated ones, oldest first, with their evidence. The file is whole or not there."""
    with history.reading() as connection:
        refuse_unknown(connection, "station", choice.station)
        wanted = [R.started_s >= choice.since_s] if choice.since_s is not None else []
        wanted += [R.started_s < choice.until_s] if choice.until_s is not None else []
        wanted += [R.station == choice.station] if choice.station is not None else []
        ids = list(connection.execute(sa.select(R.id).where(*wanted).order_by(R.started_s, R.id)).scalars())
    kept = history.evidence(ids) if evidence else {}
    done = Exported(len(ids))
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _written(draft, packed=path.suffix == ".gz") as file:
            for run_id, document in zip(ids, history.records(ids), strict=True):
                for name, sha256 in kept.get(run_id, ()):
                    _write_evidence(file, history, name, sha256, done)
                file.write(document + b"\n")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(
            f"-o {path}: cannot be written", (error.strerror or str(error)).lower(), "a file in a folder that can be written to"
        ) from None
    return done


def _write_evidence(file: BinaryIO, history: History, name: str, sha256: str, done: Exported) -> None:
    if sha256 in done.evidence:
        return
    done.evidence.add(sha256)
    content = of_evidence.content(history.evidence_folder, sha256)
    if content is None:
        done.missing.append(f"{name}: {of_evidence.path_of(history.evidence_folder, sha256)} is gone, or was changed")
        return
    file.write(b'%s"%s","base64":"%s"}\n' % (_EVIDENCE, sha256.encode(), base64.b64encode(content)))


def import_files(history: History, paths: Iterable[Path]) -> Imported:
    """Take every good record of these files, durably; UserError for a file that cannot be read at all."""
    told, unread = Imported(), list[UserError]()
    with _uncollected():
        for path in paths:
            for done in history.take_all(_until_broken(records_of(path, told, history.evidence_folder), unread)):
                told.count(done)
    if unread and told == Imported():
        raise unread[0]
    told.objections += [": ".join(line for line in (error.asked, error.found) if line) for error in unread]
    return told


def _until_broken(source: Iterator[tuple[str, Ready]], unread: list[UserError]) -> Iterator[tuple[str, Ready]]:
    """What can be read of a file, before what cannot."""
    try:
        yield from source
    except UserError as error:
        unread.append(error)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Records are trees, nothing in them refers back: looking for cycles takes a fourth of the time of an import and finds none."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def records_of(path: Path, told: Imported, root: Path) -> Iterator[tuple[str, Ready]]:
    """Each record with where it stands; lines that are none are objected to in `told`. Evidence goes to the folder `root`."""
    if path.suffix == ".jsonl" or path.suffixes[-2:] == [".jsonl", ".gz"]:
        yield from _of_lines(path, told, root)
        return
    for folder in _folders(path):
        try:
            found = load(folder)
        except UserError as error:
            if folder is path:
                raise
            told.objections.append(error.asked)
            continue
        for number, record in enumerate(found, 1):
            whole = sealed(record)
            if folder.is_dir() and not whole.objection:
                _keep(record, folder, told, root)
            yield (str(folder) if len(found) == 1 else f"{folder}, record {number}"), ready(record, whole)


def _folders(path: Path) -> list[Path]:
    """A run's folder, or the folders of all runs that lie in it; a file itself."""
    if not path.is_dir() or any((path / name).exists() for name in ("record.json", journal.NAME)):
        return [path]
    return sorted(one.parent for one in path.rglob("record.json")) or [path]


def _keep(record: Record, folder: Path, told: Imported, root: Path) -> None:
    try:
        before = len(of_evidence.held(of_evidence.named(record), root))
        kept, changed = of_evidence.keep(record, folder, root)
    except (TypeError, AttributeError):  # its shape is objected to when it is filed
        return
    told.evidence += len(kept) - before
    told.objections += [f"{folder / name}: not what the record names as its evidence: it was changed" for name in changed]


def _of_lines(path: Path, told: Imported, root: Path) -> Iterator[tuple[str, Ready]]:
    number = 0
    try:
        with _read(path) as file:
            lines = checked(map(bytes.strip, file), many=path.stat().st_size > _MANY)
            for number, (text, found) in enumerate(lines, 1):
                if found is not None:
                    yield f"{path}:{number}", found
                elif text.startswith(_EVIDENCE):
                    _take_evidence(text, f"{path}:{number}", told, root)
                elif text:
                    told.objections.append(f"{path}:{number}: not a record ({SCHEMA})")
    except (OSError, EOFError, zlib.error) as error:  # gzip says a broken file with any of them
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f"{path}: cannot be read" + (f" any further than line {number}" if number else "")
        raise UserError(where, said.lower(), "a file that `hil history export` wrote") from None


def _take_evidence(text: bytes, where: str, told: Imported, root: Path) -> None:
    try:
        line = json.loads(text)
        content = base64.b64decode(line["base64"], validate=True)
        if hashlib.sha256(content).hexdigest() != line["sha256"]:
            told.objections.append(f"{where}: evidence that was changed: it does not have the hash {str(line['sha256'])[:12]}…")
            return
    except (ValueError, TypeError, KeyError, RecursionError):
        told.objections.append(f"{where}: not evidence that can be read")
        return
    try:
        told.evidence += of_evidence.put(content, root)
    except OSError as error:
        asked = f"evidence cannot be kept in {root}"
        raise UserError(asked, str(error.strerror), "a folder that can be written to, with room") from None


def _read(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


@contextlib.contextmanager
def _written(path: Path, *, packed: bool) -> Iterator[BinaryIO]:
    """A file to write to; packed without name and time, so that equal records make equal bytes."""
    with path.open("wb") as raw:
        if not packed:
            yield raw
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6) as file:
            yield cast("BinaryIO", file)
