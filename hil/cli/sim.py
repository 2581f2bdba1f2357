"""`hil sim`: the simulator by itself, as the command line takes it."""

from __future__ import annotations

from typing import Annotated

import typer

from hil.cli.options import Seed, Set

app = typer.Typer(help="The simulator by itself: any picamera2 program on a simulated rig.", no_args_is_help=True)


@app.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
def run(
    script: Annotated[str, typer.Argument(metavar="SCRIPT.py")],
    args: Annotated[list[str] | None, typer.Argument(metavar="ARGS", help="the script's own arguments")] = None,
    rig: Annotated[str, typer.Option("--rig", metavar="RIG", help="rig file, or name of a shipped rig")] = "camera-module-3",
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Run an unmodified picamera2 program on a simulated rig, in virtual time."""
    from hil.cli import simulate

    raise typer.Exit(simulate.run(rig, seed, changes or [], script, args or []))


@app.command()
def assumptions() -> None:
    """Print what the twin assumes where no public source gives a number, as Markdown."""
    from hil.cli import simulate

    typer.echo(simulate.assumptions(), nl=False)


@app.command()
def install() -> None:
    """Add the pinned picamera2, without the two requirements that have no wheels, to this Python environment."""
    from hil.cli import simulate

    raise typer.Exit(simulate.install())
