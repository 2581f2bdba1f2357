"""`hil station init|show|key`: the test station that this machine is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The test station that this machine is: who it is, what it measures with, its key.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--station", metavar="DIR", help="its folder; else $HIL_STATION, else ~/.config/hil/station")]


@app.command()
def init(
    identity: Annotated[str, typer.Option("--id", metavar="ID", help="short, and never used for another: certificates are ID-000001")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="what people call it")],
    issuer: Annotated[str | None, typer.Option("--issuer", metavar="NAME", help="who issues its certificates")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="TEXT", help="of the issuer")] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="TEXT", help="where it stands")] = None,
    fixture: Annotated[str | None, typer.Option("--fixture", metavar="TEXT", help="what holds the unit")] = None,
    station: Folder = None,
) -> None:
    """Make this machine a test station: a file to complete, a key that signs its records, an empty chain."""
    from hil.cli import stations

    given = {"id": identity, "name": name, "issuer": issuer, "address": address, "place": place, "fixture": fixture}
    typer.echo(stations.init(station, {key: text for key, text in given.items() if text is not None}))


@app.command()
def show(station: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """Print who it is, its equipment with what is due, its key, and how far its chain goes. Exit status 3 if it may not judge today."""
    from hil.cli import stations

    text, status = stations.show(station, as_json=as_json)
    typer.echo(text)
    raise typer.Exit(status)


@app.command()
def key(station: Folder = None) -> None:
    """Print the public key, to give to whoever is to verify its records."""
    from hil.cli import stations

    typer.echo(stations.key(station), nl=False)
