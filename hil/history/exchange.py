"""Records from one history to another: one a line, as JSON; gzip where the file's name ends so.

A line is the record itself, hash and signature in it, so nothing else has to be trusted. Importing a file twice changes nothing. Evidence
does not travel: it stays where it was made, and a record names it by its hash.
"""

from __future__ import annotations

import contextlib
import gc
import gzip
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import sqlalchemy as sa

from hil.errors import UserError
from hil.history.checking import checked
from hil.history.choice import Choice, R
from hil.history.ready import Ready, ready
from hil.history.seals import sealed
from hil.history.store import History
from hil.report import load
from hil.report.record import SCHEMA

_MANY = 4_000_000
"""Bytes of a file from which on several processes check its records."""


@dataclass
class Imported:
    """What became of the records of an import."""

    added: int = 0
    known: int = 0
    objections: list[str] = field(default_factory=list)
    """One sentence for each that was not taken: where it stood, and why."""


def export(history: History, choice: Choice, path: Path) -> int:
    """Write the chosen records, real and simulated ones, oldest first; how many. The file is whole or not there."""
    with history.reading() as connection:
        wanted = [R.started_s >= choice.since_s] if choice.since_s is not None else []
        wanted += [R.started_s < choice.until_s] if choice.until_s is not None else []
        wanted += [R.station == choice.station] if choice.station is not None else []
        ids = list(connection.execute(sa.select(R.id).where(*wanted).order_by(R.started_s, R.id)).scalars())
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _written(draft, packed=path.suffix == ".gz") as file:
            for document in history.records(ids):
                file.write(document + b"\n")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(
            f"-o {path}: cannot be written", (error.strerror or str(error)).lower(), "a file in a folder that can be written to"
        ) from None
    return len(ids)


def import_files(history: History, paths: Iterable[Path]) -> Imported:
    """Take every good record of these files, durably; UserError for a file that cannot be read at all."""
    told = Imported()
    with _uncollected():
        for path in paths:
            for done in history.take_all(records_of(path, told)):
                if done.what == "added":
                    told.added += 1
                elif done.what == "known":
                    told.known += 1
                else:
                    told.objections.append(f"{done.where}: {done.says}")
    return told


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


def records_of(path: Path, told: Imported) -> Iterator[tuple[str, Ready]]:
    """Each record with where it stands; lines that are none are objected to in `told`."""
    if path.suffix == ".jsonl" or path.suffixes[-2:] == [".jsonl", ".gz"]:
        yield from _of_lines(path, told)
        return
    for number, record in enumerate(load(path), 1):
        yield f"{path}, record {number}", ready(record, sealed(record))


def _of_lines(path: Path, told: Imported) -> Iterator[tuple[str, Ready]]:
    try:
        with _read(path) as file:
            lines = checked(map(bytes.strip, file), many=path.stat().st_size > _MANY)
            for number, (text, found) in enumerate(lines, 1):
                if found is not None:
                    yield f"{path}:{number}", found
                elif text:
                    told.objections.append(f"{path}:{number}: not a record ({SCHEMA})")
    except (OSError, EOFError) as error:  # gzip says a broken file with either
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"{path}: cannot be read", said.lower(), "a file that `hil history export` wrote") from None


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
