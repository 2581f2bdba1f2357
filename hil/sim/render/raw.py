"""Raw pixels of a frame: light to electrons to DN, block by block of rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hil.measure import blocks
from hil.sim.frame import Frame
from hil.sim.render.electrons import row_electrons
from hil.sim.render.level import Level
from hil.sim.render.readout import Planes
from hil.sim.render.steady import Steady
from hil.sim.render.varied import Varied

Block = Callable[[int, int, int], Planes]
"""(block number, first row, stop row) -> its planes."""


def raw_dn(frame: Frame, threads: int | None = None) -> npt.NDArray[np.uint16]:
    """The frame's raw pixels, unpacked; uint16[height, width], right aligned. Equal for any number of threads."""
    image = np.empty((frame.height, frame.width), dtype=np.uint16)

    def store(first: int, stop: int, planes: Planes) -> None:
        for n in range(4):
            image[first + n // 2 : stop : 2, n % 2 :: 2] = planes[n]

    each_block(frame, store, threads)
    return image


def each_block(frame: Frame, store: Callable[[int, int, Planes], None], threads: int | None = None) -> None:
    """Render every block of rows and hand it to `store(first_row, stop_row, planes)`, from several threads at once."""
    make = readout(frame)
    spread = blocks.cores_for(frame.width * frame.height) if threads is None else threads
    blocks.over_blocks(frame.height, lambda block, first, stop: store(first, stop, make(block, first, stop)), spread)


def readout(frame: Frame) -> Block:
    """What makes the frame's blocks; everything that blocks share is computed here, once.

    The way is chosen by the frame alone, never by what was rendered before: the same frame must give the same bytes.
    """
    if frame.width % 2 or frame.height % 2:
        raise ValueError(f"a frame has whole 2x2 cells, not {frame.width}x{frame.height} pixels")
    electrons = row_electrons(frame)
    if Level.suits(frame, electrons):
        return Level(frame, electrons)
    way = Varied(frame, electrons)
    return Steady(way) if Steady.suits(way) else way
