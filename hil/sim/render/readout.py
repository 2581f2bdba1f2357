"""What all ways to read out a frame share.

A block of rows is worked on as four planes, one per pixel of the 2x2 colour cell, so that everything a colour has in common is a
constant and every pass runs over contiguous memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hil.sim.frame import Frame
from hil.sim.render.bits import words
from hil.sim.render.electrons import cell, chain
from hil.sim.render.pattern import pattern

Words = npt.NDArray[np.uint16]
Planes = npt.NDArray[np.uint16]
"""uint16[4, rows / 2, width / 2]: top left, top right, bottom left, bottom right pixel of every cell."""


class Readout:
    """One frame's constants; subclasses are called with (block, first row, stop row) and return the block's planes.

    Planes may lie in the thread's scratch memory: they are to be stored before the thread renders its next block.
    """

    def __init__(self, frame: Frame, electrons: npt.NDArray[np.float64]) -> None:
        """`electrons`: what a white surface gives in each row and channel; float64[height, 3]."""
        self.frame, self.electrons = frame, electrons
        self.chain = chain(frame)
        self.pattern = pattern(frame)
        self.channels = cell(frame)

    def words(self, quantity: str, block: int, first: int, stop: int) -> Words:
        """Chance for every pixel of a block; uint16[4, rows / 2, width / 2]."""
        rows, columns = (stop - first) // 2, self.frame.width // 2
        return self.drawn(quantity, block, 4 * rows * columns).reshape(4, rows, columns)

    def drawn(self, quantity: str, block: int, count: int) -> Words:
        """`count` uniform words of a block; uint16[count]."""
        return words(count, self.frame.seed, self.frame.device, quantity, self.frame.number, block)
