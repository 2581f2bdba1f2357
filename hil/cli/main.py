"""The commands, in the order in which a newcomer meets them."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

import hil
from hil.cli import factory, poking
from hil.cli.accepting import accept
from hil.cli.doctor import doctor
from hil.cli.history import app as history_app
from hil.cli.init import init
from hil.cli.listing import Sections
from hil.cli.options import PlanName, RigName, Seed, Set, Sim
from hil.cli.outlet import open_outlet
from hil.cli.pico import app as pico_app
from hil.cli.sim import app as sim_app
from hil.cli.station import Folder
from hil.errors import RigError, UserError

app = typer.Typer(
    name="hil",
    cls=Sections,
    help="Hardware-in-the-loop tests for Raspberry Pi cameras: bench rigs, simulated twins, acceptance reports.\n\n"
    "First steps without a camera:  hil accept camera-module-3 --sim\n\n"
    "Exit status: 0 PASS, 1 FAIL, 2 bad call or file (nothing was driven), 3 ERROR (the rig, not the unit), 4 INCOMPLETE, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(sim_app, name="sim")
app.add_typer(pico_app, name="pico")
app.add_typer(history_app, name="history")
app.command()(accept)
app.command()(doctor)
app.command()(init)


@app.command()
def new(
    shipped: Annotated[str | None, typer.Option("--from", metavar="RIG", help="after this rig (hil rigs), with all it takes")] = None,
    out: Annotated[Path | None, typer.Option("-o", metavar="FILE.toml", help="where the rig file goes; else standard output")] = None,
    force: Annotated[bool, typer.Option("--force", help="overwrite it")] = False,
    host: Annotated[list[str] | None, typer.Option("--host", metavar="ADDRESS", help="look at this Pi too, over ssh")] = None,
    sim: Annotated[bool, typer.Option("--sim", help="look at the simulated twin of --rig, for trying")] = False,
    rig: Annotated[str, typer.Option("--rig", metavar="RIG", help="whose twin")] = "camera-module-3",
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Write the rig file of what is connected; or, with --from, one after a shipped rig, with all that it takes to build it."""
    from hil.cli import new as work
    from hil.rig import overrides

    overrides.refuse_without_twin(changes or [], simulated=sim and shipped is None)
    if shipped is not None:
        work.from_rig(shipped, out, force=force)
    elif sim:
        work.from_twin(rig, out, seed=seed, changes=changes or [], force=force)
    else:
        work.from_bench(out, host or [], force=force)


@app.command()
def setup(
    rig: RigName,
    sim: Annotated[bool, typer.Option("--sim", help="with the simulated twin, and somebody who answers for it")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="from the first step, whatever is done")] = False,
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Build a rig step by step: solder, measure, overlays, first frames, each checked before the next. Can be broken off anywhere."""
    from hil.cli import setup as work

    work.run(rig, sim=sim, seed=seed, changes=changes or [], restart=restart)


@app.command(name="plan")
def show_plan(
    rig: RigName,
    plan: PlanName = "quick",
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Print what will be measured on a rig and how long the rig will take. Opens nothing."""
    from hil.cli import show

    show.plan(rig, plan, as_json=as_json)


@app.command()
def rigs() -> None:
    """List the shipped rigs."""
    from hil.cli import show

    show.rigs()


@app.command()
def check(rig: RigName) -> None:
    """Judge a rig's wiring by electrical rules and print the level of every net. Opens nothing; exit status 2 if it is refused."""
    from hil.cli import check as electrical

    raise typer.Exit(electrical.run(rig))


@app.command()
def wiring(
    rig: RigName,
    out: Annotated[Path | None, typer.Option("-o", metavar="FILE.svg", help="the picture to write; RIG.svg if left out")] = None,
    show: Annotated[str | None, typer.Option("--show", metavar="PART", help="only what concerns a device, part or net: gs, R1")] = None,
    pull_up: Annotated[
        bool, typer.Option("--pull-up", help="with the resistor that keeps XTR high while the Pico does not drive it")
    ] = False,
) -> None:
    """Draw what is soldered where, with values and voltages. Opens nothing."""
    from hil.cli import wiring as drawing

    typer.echo(drawing.run(rig, out, show, pull_up=pull_up))


@app.command()
def catalog(
    module: Annotated[
        str | None, typer.Argument(metavar="[MODULE]", help='a camera module, e.g. "Camera Module 3 Wide"; all when left out')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Print what is known of a camera module, and who says so."""
    from hil.cli import show

    show.catalog(module, as_json=as_json)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(help="record.json or report folder")],
    second: Annotated[Path, typer.Argument(help="record.json or report folder")],
) -> None:
    """Compare two records, leaving out what may differ between equal runs. Exit status 1 if they differ."""
    from hil.report import diff as differences

    lines = differences(first, second)
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo("equal, but for what may differ between equal runs")
    raise typer.Exit(1 if lines else 0)


@app.command()
def report(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="run folders, record.json files or certificates")],
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="the certificate, PDF/A-3 with its record inside")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="one page for reading")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="a row for each measurement")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="JUnit XML, a suite for each record")] = None,
    openhtf: Annotated[Path | None, typer.Option("--openhtf", metavar="FILE", help="OpenHTF's TestRecord as JSON")] = None,
    wsjf: Annotated[Path | None, typer.Option("--wsjf", metavar="FILE", help="WATS Standard JSON Format")] = None,
    allure: Annotated[bool, typer.Option("--allure", help="Allure's own report, into the run's folder (needs Node)")] = False,
    allure_to: Annotated[Path | None, typer.Option("--allure-to", metavar="DIR", help="the same, into this folder")] = None,
    station: Folder = None,
) -> None:
    """Make the reports of finished runs again, from their records alone; without an option all of them, into each run's folder.

    FILE may be - for standard output. A run that broke off gets its record from its journal.
    """
    from hil.cli import report as work

    where = allure_to if allure_to is not None else work.HERE if allure else None
    for line in work.run(paths, work.Asked(pdf, html, csv, junit, where, openhtf, wsjf, station)):
        typer.echo(line)


@app.command()
def shell(
    rig: RigName,
    sim: Sim = False,
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """A Python prompt with an open rig: the same `rig`, `bench`, `camera` and `measure` that tests have."""
    from hil.cli import shell as prompt

    prompt.run(rig, sim=sim, seed=seed, changes=changes or [])


poking.register(app)
factory.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hil {hil.__version__}")
        raise typer.Exit


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")] = False) -> None:
    """Nothing but the options that come before a command."""


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""The machine has no room, or its disk is failing: nobody's mistake and no unit's fault."""


def main() -> None:
    """The `hil` command. A user's mistake is one message and status 2; a broken rig one message and status 3."""
    open_outlet()
    try:
        app()
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except RigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in FULL:
            raise
        sys.stderr.write(f"{error.filename or 'a file'} cannot be written: {(error.strerror or '').lower()}\n")
        sys.exit(3)
