"""`hil pulse`: triggers or flashes by hand, and what came back."""

from __future__ import annotations

import typer

from hil.checks import pulsing
from hil.cli.opened import Chosen, opened


def run(chosen: Chosen, pulses: pulsing.Pulses) -> None:
    """Send pulses, print the ledger and what the cameras made of them."""
    rig = chosen.load()
    pulsing.refuse(rig, pulses)
    with opened(chosen, rig) as bench:
        for line in pulsing.send(bench, pulses):
            typer.echo(line)
