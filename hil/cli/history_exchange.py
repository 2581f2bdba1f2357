"""`hil history export|import`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from hil.cli.history_work import history, target
from hil.errors import UserError
from hil.history import exchange
from hil.history.choice import Choice, instant
from hil.history.store import History

NOT_ALL = 1
"""Exit status of an import that left something out."""


def export(out: Path, since: str | None, until: str | None, station: str | None, db: str | None) -> None:
    """Write the records, and say how many."""
    if out.suffix != ".jsonl" and out.suffixes[-2:] != [".jsonl", ".gz"]:
        raise UserError(f"-o {out}: not a name for records", "", f"{out.name.split('.')[0]}.jsonl, or .jsonl.gz")
    choice = Choice(instant("--since", since), instant("--until", until, end=True), station=station)
    with history(db) as opened:
        count = exchange.export(opened, choice, out)
    typer.echo(f"{out}: {count} records")


def import_(files: Sequence[Path], db: str | None) -> int:
    """Take the records, say what became of them; 1 if one was left out."""
    for path in files:
        if not path.exists():
            raise UserError(f"{path}: cannot be read", "no such file", "what `hil history export` wrote, a record.json, or a report folder")
    with History.open(target(db)) as opened:
        told = exchange.import_files(opened, files)
        typer.echo(f"{opened.name}: {told.added} added, {told.known} known already, {len(told.objections)} left out")
    for objection in told.objections:
        sys.stderr.write(f"left out  {objection}\n")
    return NOT_ALL if told.objections else 0
