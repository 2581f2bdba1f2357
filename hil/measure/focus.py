"""A figure for the hand at the lens ring: how much contrast the middle of a raw frame has from pixel to pixel.

Only comparisons mean something, and only of one scene: the figure is greatest where the picture is sharpest, whatever the light.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PART = 0.5
"""Of width and height: the middle that is looked at."""

APART = 2
"""Cells of 2 x 2 pixels between the two that are compared: the differences that focus changes most, and Bayer colours do not."""


@dataclass(frozen=True, slots=True)
class Focus:
    """One frame, for somebody who turns a ring."""

    contrast: float
    """Root mean square difference of neighbouring cells over their mean level, in %, with the share of the noise taken out."""
    mean: float
    """Level of the whole frame in %: 0 at black, 100 at full scale."""
    clipped: float
    """Part of the pixels at full scale."""


@dataclass(frozen=True, slots=True)
class FocusLook:
    """Reduces a raw frame to its `Focus`; it travels to a host process and runs there."""

    full_scale_dn: int
    black_dn: float

    def __call__(self, pixels: NDArray[np.uint16]) -> Focus:
        """What is kept of one raw frame [height, width]."""
        cells = _cells(_middle(pixels)) - self.black_dn
        level = float(cells.mean())
        across, down = cells[:, APART:] - cells[:, :-APART], cells[APART:] - cells[:-APART]
        energy = float(np.mean(across**2) + np.mean(down**2)) - 4.0 * _noise(cells) ** 2
        return Focus(
            contrast=100.0 * math.sqrt(max(energy, 0.0)) / level if level > 0 else 0.0,
            mean=100.0 * (float(pixels.mean()) - self.black_dn) / (self.full_scale_dn - self.black_dn),
            clipped=float(np.count_nonzero(pixels >= self.full_scale_dn)) / pixels.size,
        )


def _middle(pixels: NDArray[np.uint16]) -> NDArray[np.uint16]:
    top, left = (int(side * (1.0 - PART) / 4) * 2 for side in pixels.shape)
    bottom, right = (side - side % 2 - start for side, start in zip(pixels.shape, (top, left), strict=True))
    return pixels[top:bottom, left:right]


def _cells(pixels: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Means of 2 x 2 pixels, one of each colour of a Bayer pattern."""
    wide = pixels.astype(np.float32)
    return (wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]) / np.float32(4.0)


def _noise(cells: NDArray[np.float32]) -> float:
    """Standard deviation of white noise, by the mask that straight edges do not answer to (Immerkaer, CVIU 64, 1996)."""
    bent = cells[:, :-2] - 2 * cells[:, 1:-1] + cells[:, 2:]
    bent = bent[:-2] - 2 * bent[1:-1] + bent[2:]
    return math.sqrt(math.pi / 2) / 6.0 * float(np.abs(bent).mean())
