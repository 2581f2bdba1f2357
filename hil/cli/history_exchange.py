"""`hil history export|import`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from hil.cli.history_work import counted, history, target
from hil.errors import UserError
from hil.history import exchange
from hil.history.choice import Choice, instant
from hil.history.store import History

NOT_ALL = 1
"""Exit status of an import that left something out."""


def export(out: Path, since: str | None, until: str | None, station: str | None, db: str | None, *, evidence: bool) -> None:
    """Write the records with their evidence, and say how many."""
    if out.suffix != ".jsonl" and out.suffixes[-2:] != [".jsonl", ".gz"]:
        raise UserError(f"-o {out}: not a name for records", "", f"{out.name.split('.')[0]}.jsonl, or .jsonl.gz")
    choice = Choice(instant("--since", since), instant("--until", until, end=True), station=station)
    with history(db) as opened:
        done = exchange.export(opened, choice, out, evidence=evidence)
    typer.echo(f"{out}: {counted(done.records, 'record')}{_files(len(done.evidence) - len(done.missing))}")
    for one in done.missing:
        sys.stderr.write(f"left out  {one}\n")


def import_(files: Sequence[Path], db: str | None) -> int:
    """Take the records, say what became of them; 1 if one was left out."""
    for path in files:
        if not path.exists():
            raise UserError(f"{path}: cannot be read", "no such file", "what `hil history export` wrote, a record.json, or a report folder")
    with History.open(target(db)) as opened:
        told = exchange.import_files(opened, files)
        typer.echo(f"{opened.name}: {told.added} added, {told.known} known already, {len(told.objections)} left out{_files(told.evidence)}")
    for objection in told.objections:
        sys.stderr.write(f"left out  {objection}\n")
    return NOT_ALL if told.objections else 0


def _files(count: int) -> str:
    return f", {counted(count, 'file')} of evidence" if count else ""
