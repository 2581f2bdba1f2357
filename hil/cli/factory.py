"""Commands for the factory: the station, and whether its records hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hil.cli.station import Folder
from hil.cli.station import app as station_app


def register(app: typer.Typer) -> None:
    """Add them."""
    app.add_typer(station_app, name="station")
    app.command()(verify)


def verify(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="record.json, a run's folder, certificate.pdf, or a chain.jsonl")],
    key: Annotated[
        list[Path] | None, typer.Option("--key", metavar="FILE.pub", help="public key that they have to be signed with (hil station key)")
    ] = None,
    chain: Annotated[list[Path] | None, typer.Option("--chain", metavar="FILE", help="chain.jsonl of the station that sealed them")] = None,
    station: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Say what of records and certificates holds: bytes, hash, signature, place in the chain. Exit status 1 if something does not."""
    from hil.cli import verify as work

    raise typer.Exit(work.run(paths, key or [], chain or [], station, as_json=as_json))
