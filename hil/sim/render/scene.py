"""What the lens shows to the sensor: reflectances on a pixel grid, without light and without noise."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hil.measure import blocks
from hil.sim.frame import Frame, Rectangle
from hil.sim.render import room

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint16]

FULL = 65535
"""Code of reflectance 1."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One content seen on one grid; the whole active array spans 0 to 1 in x and y, mirrored where the frame is flipped."""

    content: str
    reflectance: float
    x: tuple[float, float]
    """Of the first and last column's centres."""
    y: tuple[float, float]
    width: int
    height: int
    aspect: float
    """Width of the active array over its height."""


def sight(frame: Frame, crop: Rectangle, width: int, height: int) -> Sight:
    """The frame's scene on `width` x `height` pixels that cover `crop` of the active array."""
    full_wide, full_high = frame.active_size
    x = _centres(crop[0] / full_wide, crop[2] / full_wide, width, frame.hflip)
    y = _centres(crop[1] / full_high, crop[3] / full_high, height, frame.vflip)
    return Sight(frame.scene.content, frame.scene.reflectance, x, y, width, height, full_wide / full_high)


def _centres(start: float, length: float, count: int, flipped: bool) -> tuple[float, float]:
    half = length / count / 2
    first, last = start + half, start + length - half
    return (1 - first, 1 - last) if flipped else (first, last)


def picture(seen: Sight) -> Codes:
    """Reflectances; uint16[3, height, width], R, G, B, `FULL` is 1. Kept for the next look: do not write to it."""
    if seen.content == "flat":
        return np.broadcast_to(np.uint16(round(seen.reflectance * FULL)), (3, seen.height, seen.width))
    return _picture(seen)


def mosaic(seen: Sight, channels: tuple[int, ...]) -> Codes:
    """Reflectances behind a colour filter array; uint16[4, height / 2, width / 2], one plane per pixel of the 2x2 cell.

    `channels`: which of R, G, B (0, 1, 2) each of the four pixels sees. Kept for the next look: do not write to it.
    """
    if seen.content == "flat":
        return np.broadcast_to(np.uint16(round(seen.reflectance * FULL)), (4, seen.height // 2, seen.width // 2))
    return _mosaic(seen, channels)


@functools.lru_cache(maxsize=4)
def _picture(seen: Sight) -> Codes:
    codes = np.empty((3, seen.height, seen.width), dtype=np.uint16)
    for first, rows in _painted(seen):
        codes[:, first : first + rows.shape[1]] = rows
    return codes


@functools.lru_cache(maxsize=3)
def _mosaic(seen: Sight, channels: tuple[int, ...]) -> Codes:
    codes = np.empty((4, seen.height // 2, seen.width // 2), dtype=np.uint16)
    for first, rows in _painted(seen):
        for number, channel in enumerate(channels):
            codes[number, first // 2 : (first + rows.shape[1]) // 2] = rows[channel, number // 2 :: 2, number % 2 :: 2]
    return codes


def _painted(seen: Sight) -> Iterator[tuple[int, Codes]]:
    """(first row, codes of a block of rows), so that no temporary is as large as the picture."""
    x = np.linspace(*seen.x, seen.width, dtype=np.float32)
    y = np.linspace(*seen.y, seen.height, dtype=np.float32)
    for first in range(0, seen.height, blocks.ROWS):
        painted = room.paint(x, y[first : first + blocks.ROWS], seen.aspect)
        yield first, np.rint(np.clip(painted, 0.0, 1.0) * FULL).astype(np.uint16)
