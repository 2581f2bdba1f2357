"""`hil live`: the focus figure and the level, frame after frame, for somebody who turns the lens ring."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from rich.console import Console
from rich.live import Live
from rich.text import Text

from hil.checks import poke
from hil.cli.opened import Chosen, camera_named, opened
from hil.errors import UserError
from hil.measure.focus import Focus, FocusLook

BAR = 30
"""Characters for the best figure so far."""

BLACK_SHARE = 1 / 16
"""Black level over full scale of every Raspberry Pi camera, for the frames before the first one's metadata are known."""

TWIN_FRAMES = 30
"""What is shown of a twin where nobody says: its lens has no ring to turn."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which camera, for how many frames, how."""

    camera: str | None
    frames: int | None
    wanted: poke.Wanted


def run(chosen: Chosen, options: Options, console: Console | None = None) -> None:
    """Show figures until Ctrl-C, or for so many frames."""
    rig = chosen.load()
    camera = camera_named(rig, options.camera)
    if options.frames is not None and options.frames < 1:
        raise UserError(f"--frames {options.frames} asked for", "", "at least one")
    frames = options.frames or (TWIN_FRAMES if chosen.sim else None)
    with opened(chosen, rig) as bench:
        mode = poke.brisk(bench, camera, options.wanted)
        full = (1 << mode.bits) - 1
        reduce = FocusLook(full, full * BLACK_SHARE)
        figures = islice(poke.watch(bench, camera, mode, options.wanted, reduce), frames)
        out = console or Console(highlight=False)
        out.print(f"{camera}  {mode.size[0]}x{mode.size[1]}-{mode.bits}; greatest where sharpest; Ctrl-C ends", highlight=False)
        with contextlib.suppress(KeyboardInterrupt):
            show(figures, out)


def show(figures: Iterable[Focus], console: Console) -> float:
    """Each figure as it comes: one moving line on a terminal, else a line each. The best contrast, in %."""
    best = 0.0
    if not console.is_terminal:
        for one in figures:
            best = max(best, one.contrast)
            console.print(line(one, best), highlight=False, soft_wrap=True)
        return best
    with Live(console=console, auto_refresh=False) as moving:
        for one in figures:
            best = max(best, one.contrast)
            moving.update(Text(line(one, best)), refresh=True)
    return best


def line(one: Focus, best: float) -> str:
    """Focus against the best so far, as figures and as a bar; and the level, which must not be clipped."""
    share = one.contrast / best if best > 0 else 0.0
    bar = ("#" * round(BAR * share)).ljust(BAR, ".")
    clipped = f" · clipped {100 * one.clipped:.1f} %, expose less" if one.clipped > 0.01 else ""
    return f"focus {one.contrast:7.2f} %  {bar} {100 * share:3.0f} % of best {best:.2f} · mean {one.mean:5.1f} %{clipped}"
