"""Commands for the factory: the station, and whether its records hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hil.cli.options import RigName, Seed, Sim
from hil.cli.station import Folder
from hil.cli.station import app as station_app

line_app = typer.Typer(help="Whether the line is open: golden units, and messages to the factory's system.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Add them."""
    app.add_typer(station_app, name="station")
    app.command()(verify)
    app.command()(gauge)
    app.add_typer(line_app, name="line")


def verify(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="record.json, certificate.pdf, a run's folder or one with many, or a chain.jsonl"),
    ],
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


def gauge(
    rig: RigName,
    sim: Sim = False,
    number: Annotated[int, typer.Option("--parts", min=2, max=100, metavar="N", help="specimens of the twin")] = 5,
    units: Annotated[list[str] | None, typer.Option("--unit", metavar="SERIAL", help="a unit of the study; several")] = None,
    seatings: Annotated[int, typer.Option("--seatings", min=1, max=20, metavar="N", help="times that each unit is put in")] = 2,
    trials: Annotated[int, typer.Option("--trials", min=2, max=20, metavar="N", help="runs each time")] = 2,
    plan: Annotated[str, typer.Option("--plan", metavar="PLAN", help="plan file, or a shipped plan: quick, full, line")] = "quick",
    seed: Seed = 0,
    reports: Annotated[Path, typer.Option("--reports", metavar="DIR", help="where the report folders go")] = Path("reports"),
    operator: Annotated[str | None, typer.Option("--operator", metavar="NAME", help="who runs it; in the records")] = None,
    station: Folder = None,
    jobs: Annotated[int, typer.Option("-n", min=0, metavar="N", help="simulated runs side by side; 0: as many as cores")] = 0,
    resume: Annotated[str | None, typer.Option("--resume", metavar="STUDY", help="go on with a study that was interrupted")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="as CSV")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as a JSON array")] = False,
) -> None:
    """Gauge R&R of a rig: units put in again and again. Its repeatability goes into the budgets of the station's later runs."""
    from hil.cli import gauge as work
    from hil.cli.answer import Output
    from hil.cli.job import Job

    output = Output(as_csv, as_json)
    output.refuse_what_cannot_be(plots=False)
    job = Job(operator=operator, station=station)
    named = work.parts(sim, number, units or [])
    raise typer.Exit(work.run(rig, work.Options(sim, named, seatings, trials, plan, seed, reports, jobs, job, resume), output))


@line_app.callback()
def line(
    context: typer.Context,
    sim: Annotated[bool, typer.Option("--sim", help="of simulated units, whose golden units are their own")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    station: Folder = None,
) -> None:
    """Say whether the line is open, and what has not reached the factory's system. Exit status 3 while it is locked."""
    if context.invoked_subcommand is not None:
        return
    from hil.cli import line as work

    text, status = work.status(station, simulated=sim, as_json=as_json)
    typer.echo(text)
    raise typer.Exit(status)


@line_app.command()
def send(station: Folder = None) -> None:
    """Tell the factory's system what is waiting. Exit status 4 if something still waits."""
    from hil.cli import line as work

    text, status = work.send(station)
    typer.echo(text)
    raise typer.Exit(status)
