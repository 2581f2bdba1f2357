"""The commands, in the order in which a newcomer meets them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import hil
from hil.errors import RigError, UserError

app = typer.Typer(
    name="hil",
    help="Hardware-in-the-loop tests for Raspberry Pi cameras: bench rigs, simulated twins, acceptance reports.\n\n"
    "First steps without a camera:  hil accept camera-module-3 --sim\n\n"
    "Exit status: 0 PASS, 1 FAIL, 2 bad call or file (nothing was driven), 3 ERROR (the rig, not the unit), 4 INCOMPLETE, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
sim_app = typer.Typer(help="The simulator by itself: run any picamera2 program on a simulated rig.", no_args_is_help=True)
app.add_typer(sim_app, name="sim")

Seed = Annotated[int, typer.Option("--seed", metavar="N", help="seed of the twin's hidden truth and noise")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="change the twin, not the rig file: cameras.cm3.present=false")
]
PlanName = Annotated[str, typer.Option("--plan", metavar="PLAN", help="plan file, or a shipped plan: quick, full, line")]


@app.command()
def accept(
    rigs: Annotated[list[str] | None, typer.Argument(metavar="RIG...", help="rig files, or names of shipped rigs (hil rigs)")] = None,
    every: Annotated[bool, typer.Option("--all", help="every shipped rig")] = False,
    sim: Annotated[bool, typer.Option("--sim", help="on the simulated twins")] = False,
    unit: Annotated[str | None, typer.Option("--unit", metavar="SERIAL", help="serial number of the unit under test")] = None,
    plan: PlanName = "quick",
    seed: Seed = 0,
    tests: Annotated[
        list[Path] | None, typer.Option("--tests", metavar="FILE", help="your own tests, into the same plan, record and report")
    ] = None,
    changes: Set = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="records as one JSON array, in the order given; - for standard output")
    ] = None,
    reports: Annotated[Path, typer.Option("--reports", metavar="DIR", help="where the report folders go")] = Path("reports"),
    jobs: Annotated[int, typer.Option("-n", min=0, metavar="N", help="simulated rigs side by side; 0: as many as cores")] = 0,
) -> None:
    """Put the cameras of one or more rigs through acceptance: one pytest process and one record per rig."""
    from hil.cli import accept as work

    chosen = work.chosen_rigs(rigs or [], every=every)
    options = work.Options(sim, unit, plan, seed, tests or [], changes or [], reports, jobs)
    raise typer.Exit(work.run(chosen, options, json_file))


@app.command(name="plan")
def show_plan(
    rig: Annotated[str, typer.Argument(help="rig file, or name of a shipped rig")],
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
def shell(
    rig: Annotated[str, typer.Argument(help="rig file, or name of a shipped rig")],
    sim: Annotated[bool, typer.Option("--sim", help="on the simulated twin")] = False,
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """A Python prompt with an open rig: the same `rig`, `bench`, `camera` and `measure` that tests have."""
    from hil.cli import shell as prompt

    prompt.run(rig, sim=sim, seed=seed, changes=changes or [])


@sim_app.command(name="run", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
def sim_run(
    script: Annotated[str, typer.Argument(metavar="SCRIPT.py")],
    args: Annotated[list[str] | None, typer.Argument(metavar="[ARGS]...", help="the script's own arguments")] = None,
    rig: Annotated[str, typer.Option("--rig", metavar="RIG", help="rig file, or name of a shipped rig")] = "camera-module-3",
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Run an unmodified picamera2 program on a simulated rig, in virtual time."""
    from hil.cli import simulate

    raise typer.Exit(simulate.run(rig, seed, changes or [], script, args or []))


@sim_app.command(name="install")
def sim_install() -> None:
    """Add the pinned picamera2, without the two requirements that have no wheels, to this Python environment."""
    from hil.cli import simulate

    raise typer.Exit(simulate.install())


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hil {hil.__version__}")
        raise typer.Exit


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")] = False) -> None:
    """Nothing but the options that come before a command."""


def main() -> None:
    """The `hil` command. A user's mistake is one message and status 2; a broken rig one message and status 3."""
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
