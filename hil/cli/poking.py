"""`hil snap|pulse|live`: looking and pulsing by hand, as the command line takes them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hil.cli.options import RigName, Seed, Set, Sim
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.checks.poke import Wanted

CameraName = Annotated[str | None, typer.Option("--camera", metavar="NAME", help="the rig's name for it; the first but a sink if left out")]
Mode = Annotated[str | None, typer.Option("--mode", metavar="WxH", help="sensor mode by its size: 2028x1080")]
Exposure = Annotated[float | None, typer.Option("--exposure-us", metavar="US", help="exposure; automatic if left out")]
Gain = Annotated[float | None, typer.Option("--gain", metavar="G", help="analogue gain; automatic if left out")]


def snap(
    rig: RigName,
    sim: Sim = False,
    camera: CameraName = None,
    out: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="FILE.png, .jpg or .dng; CAMERA.png if left out")] = None,
    mode: Mode = None,
    exposure_us: Exposure = None,
    gain: Gain = None,
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Take one picture of what a camera sees, and say its mode, exposure, level and what is clipped."""
    from hil.cli import snap as work
    from hil.cli.opened import Chosen

    work.run(Chosen(rig, sim, seed, changes or []), work.Options(camera, out, _wanted(mode, exposure_us, gain)))


def pulse(
    rig: RigName,
    sim: Sim = False,
    count: Annotated[int, typer.Option("--count", metavar="N", help="how many")] = 20,
    rate_hz: Annotated[float, typer.Option("--rate", metavar="HZ", help="how many a second")] = 30.0,
    low_us: Annotated[float, typer.Option("--low-us", metavar="US", help="how long XTR is low; how long a flash lasts")] = 1000.0,
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Send trigger pulses, or flashes where nothing is triggered, and say what came back."""
    from hil.checks.pulsing import Pulses
    from hil.cli import pulse as work
    from hil.cli.opened import Chosen

    work.run(Chosen(rig, sim, seed, changes or []), Pulses(count, rate_hz, low_us))


def live(
    rig: RigName,
    sim: Sim = False,
    camera: CameraName = None,
    frames: Annotated[int | None, typer.Option("--frames", metavar="N", help="end after so many; left out: Ctrl-C ends (twin: 30)")] = None,
    mode: Mode = None,
    exposure_us: Exposure = None,
    gain: Gain = None,
    seed: Seed = 0,
    changes: Set = None,
) -> None:
    """Show how sharp and how bright the picture is, frame after frame, while you turn the lens ring."""
    from hil.cli import live as work
    from hil.cli.opened import Chosen

    work.run(Chosen(rig, sim, seed, changes or []), work.Options(camera, frames, _wanted(mode, exposure_us, gain)))


def register(app: typer.Typer) -> None:
    """Make them commands of `hil`."""
    for command in (snap, pulse, live):
        app.command()(command)


def _wanted(mode: str | None, exposure_us: float | None, gain: float | None) -> Wanted:
    from hil.checks.poke import Wanted

    if mode is None:
        return Wanted(None, exposure_us, gain)
    found = re.fullmatch(r"(\d+)x(\d+)", mode)
    if found is None:
        raise UserError(f"--mode {mode} asked for", "a size is WIDTHxHEIGHT", "--mode 2028x1080")
    return Wanted((int(found[1]), int(found[2])), exposure_us, gain)
