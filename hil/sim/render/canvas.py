"""A small painter of reflectances: shapes with soft edges, laid over each other on a grid of pixel centres.

Only additions, multiplications and square roots: these are rounded alike on every machine, sines and powers are not.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hil.sim.render.bits import words

Floats = npt.NDArray[np.float32]
Colour = tuple[float, float, float]

_LATTICE = 64


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of the canvas: where its pixels are, and its reflectances to paint on."""

    x: Floats
    """float32[1, columns]"""
    y: Floats
    """float32[rows, 1]"""
    rgb: Floats
    """float32[3, rows, columns], a view of the canvas."""
    blur: float
    """Width over which an edge goes from one side to the other."""

    def blend(self, coverage: Floats, colour: Colour | Floats) -> None:
        """Lay a colour (or float32[3, rows, columns]) over what is there, where `coverage` is above 0."""
        for channel in range(3):
            self.rgb[channel] += coverage * (np.float32(colour[channel]) - self.rgb[channel])

    def edge(self, inside: Floats) -> Floats:
        """Coverage of a shape from the distance to its edge, positive inside."""
        covered: Floats = np.clip(inside * np.float32(1.0 / self.blur) + np.float32(0.5), np.float32(0), np.float32(1))
        return covered


class Canvas:
    """Some rows of a picture; x runs from -aspect / 2 to aspect / 2, y from 0 at the top to 1."""

    def __init__(self, x: Floats, y: Floats, lens_blur: float) -> None:
        """`x`, `y`: pixel centres, rising or falling evenly; edges are at least `lens_blur` wide, and never narrower than a pixel."""
        self.x, self.y = x, y
        self.rgb = np.zeros((3, len(y), len(x)), dtype=np.float32)
        pitch = abs(float(x[-1] - x[0])) / max(len(x) - 1, 1)
        self.blur = max(pitch, lens_blur)

    def part(self, left: float, top: float, right: float, bottom: float) -> Part | None:
        """The pixels in a rectangle, or None if there are none on these rows."""
        columns, rows = _span(self.x, left, right), _span(self.y, top, bottom)
        if columns is None or rows is None:
            return None
        return Part(self.x[None, columns], self.y[rows, None], self.rgb[:, rows, columns], self.blur)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Paint an upright rectangle."""
        margin = self.blur
        if part := self.part(left - margin, top - margin, right + margin, bottom + margin):
            across = np.minimum(part.x - np.float32(left), np.float32(right) - part.x)
            along = np.minimum(part.y - np.float32(top), np.float32(bottom) - part.y)
            part.blend(part.edge(np.minimum(across, along)), colour)

    def tilted(self, centre: tuple[float, float], half: tuple[float, float], slope: tuple[float, float], colour: Colour) -> None:
        """Paint a rectangle of half width and height `half`, turned so that its width points along the unit vector `slope`."""
        reach = half[0] + half[1]
        if part := self.part(centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach):
            across, along = turned(part, centre, slope)
            part.blend(part.edge(np.minimum(np.float32(half[0]) - np.abs(across), np.float32(half[1]) - np.abs(along))), colour)

    def disc(self, centre: tuple[float, float], radius: float, colour: Colour) -> None:
        """Paint a disc."""
        reach = radius + self.blur
        if part := self.part(centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach):
            part.blend(part.edge(np.float32(radius) - distance(part, centre)), colour)


def turned(part: Part, centre: tuple[float, float], slope: tuple[float, float]) -> tuple[Floats, Floats]:
    """Coordinates along the unit vector `slope` and across it, from a centre."""
    dx, dy = part.x - np.float32(centre[0]), part.y - np.float32(centre[1])
    cos, sin = np.float32(slope[0]), np.float32(slope[1])
    return dx * cos + dy * sin, dy * cos - dx * sin


def distance(part: Part, centre: tuple[float, float]) -> Floats:
    """Distance of every pixel from a point."""
    dx, dy = part.x - np.float32(centre[0]), part.y - np.float32(centre[1])
    length: Floats = np.sqrt(dx * dx + dy * dy)
    return length


def texture(x: Floats, y: Floats, name: str) -> Floats:
    """Smooth noise between -1 and 1 with one feature per unit; x [1, columns], y [rows, 1] to [rows, columns]."""
    lattice = _lattice(name)
    row, column = np.floor(y[:, 0]).astype(np.int64), np.floor(x[0]).astype(np.int64)
    down, right = _smooth(y - row[:, None].astype(np.float32)), _smooth(x - column[None].astype(np.float32))
    above, below = lattice[row % _LATTICE], lattice[(row + 1) % _LATTICE]
    lines = above + down * (below - above)
    here = lines[:, column % _LATTICE]
    return np.asarray(here + right * (lines[:, (column + 1) % _LATTICE] - here), dtype=np.float32)


def _smooth(fraction: Floats) -> Floats:
    return np.asarray(fraction * fraction * (np.float32(3) - np.float32(2) * fraction), dtype=np.float32)


@functools.cache
def _lattice(name: str) -> Floats:
    drawn = words(_LATTICE * _LATTICE, "room", name).astype(np.float32)
    return (drawn / np.float32(32767.5) - np.float32(1)).reshape(_LATTICE, _LATTICE)


def _span(centres: Floats, low: float, high: float) -> slice | None:
    inside = np.flatnonzero((centres >= low) & (centres <= high))
    return slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else None
