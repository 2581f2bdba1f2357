"""The processed picture without its noise: black level off, gains, gamma, colour space.

Developing a picture takes ten times as long as adding noise to it, and light changes all the time: lamps flicker, exposure adapts.
So a picture is developed for a light on a coarse scale, a step below what its rows really got, and kept; what is missing for each
row (a factor of 1 to 2) is part of the tables that add the noise.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hil.measure import blocks
from hil.sim.frame import Frame, Rectangle, row_exposure_integral
from hil.sim.render import scene, scratch, yuv
from hil.sim.render.bits import octets
from hil.sim.render.electrons import chain, response
from hil.sim.render.gamma import gamma_levels
from hil.sim.render.yuv import Encoding

Octets = npt.NDArray[np.uint8]
Levels = tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]
Triple = tuple[float, float, float]

STEPS_PER_OCTAVE = 128
"""Of the factor by which a row has more light than the developed picture: steps of 0.5 %, half a level of 255 at white."""
_REFERENCES_PER_OCTAVE = 8
_STEADY = 2.0
"""Largest ratio of light between two rows of one picture that the tables make up for; beyond it, it is developed row by row."""


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the scene a stream shows, and at what size."""

    crop: Rectangle
    width: int
    height: int

    def pixels_averaged(self, frame: Frame) -> float:
        """Pixels of the sensor mode behind one pixel of the picture, at least 1."""
        shown = self.crop[2] * self.crop[3] / (frame.crop[2] * frame.crop[3])
        return max(1.0, shown * frame.width * frame.height / (self.width * self.height))


@dataclass(frozen=True, slots=True)
class Exposure:
    """Light of a picture's rows, as the fraction of white that a white surface gives in green."""

    profile: tuple[float, ...]
    """Of the developed picture: one number, or one for each row."""
    steps: npt.NDArray[np.int64]
    """By how much each row has more, in steps of 1 / 128 octave; int64[height]."""


def channel_gains(frame: Frame) -> Triple:
    """Fraction of white per electron in R, G, B of the processed picture, all gains included."""
    part = chain(frame)
    one = part.gain / (part.top - part.black) * frame.digital_gain
    return one * frame.colour_gains[0], one, one * frame.colour_gains[1]


def exposure(frame: Frame, view: View) -> Exposure:
    """What the rows of a picture got."""
    light = _rows_seen(frame, view) * (frame.pixel.responsivity_e_per_lux_s * frame.binning * channel_gains(frame)[1])
    low, high = float(light.min()), float(light.max())
    none = np.zeros(view.height, dtype=np.int64)
    if high == 0.0:
        return Exposure((0.0,), none)
    if low * _STEADY < high:
        return Exposure(tuple(light.tolist()), none)
    reference = 2.0 ** (np.floor(np.log2(low) * _REFERENCES_PER_OCTAVE) / _REFERENCES_PER_OCTAVE)
    return Exposure((float(reference),), np.rint(np.log2(light / reference) * STEPS_PER_OCTAVE).astype(np.int64))


def ceilings(frame: Frame) -> Triple:
    """Fraction of white at which R, G, B saturate: 1, or less where full wells are reached before it."""
    full = chain(frame).full_well_e
    red, green, blue = (round(min(full * gain, 1.0), 3) for gain in channel_gains(frame))
    return red, green, blue


def levels(frame: Frame, view: View, light: Exposure, encoding: Encoding | None) -> Levels:
    """The developed picture: R, G, B or (with an `encoding`) Y, Cb, Cr; three uint16 planes that hold 256 * level.

    Kept for the next look: do not write to them.
    """
    gains, seen = channel_gains(frame), response(frame)
    relative = tuple(round(gain / gains[1] * part, 4) for gain, part in zip(gains, seen, strict=True))
    dark = tuple(round(chain(frame).dark_e * gain * scene.FULL) for gain in gains)
    sight = scene.sight(frame, view.crop, view.width, view.height)
    return _levels(sight, light.profile, _Colour(relative, dark, ceilings(frame)), encoding)


@dataclass(frozen=True, slots=True)
class _Colour:
    relative: tuple[float, ...]
    """White in R, G, B, relative to green."""
    dark: tuple[int, ...]
    """Dark signal, of 65535."""
    ceiling: Triple


@functools.lru_cache(maxsize=6)
def _levels(sight: scene.Sight, profile: tuple[float, ...], colour: _Colour, encoding: Encoding | None) -> Levels:
    white = np.array(profile)[:, None] * np.array(colour.relative)
    codes = scene.picture(sight)
    per, across = (encoding.lines_per_chroma, 2) if encoding else (1, 1)
    chroma = (sight.height // per, sight.width // across)
    out = (np.empty((sight.height, sight.width), np.uint16), np.empty(chroma, np.uint16), np.empty(chroma, np.uint16))

    def develop(block: int, first: int, stop: int) -> None:
        rows = white[first:stop] if len(white) > 1 else white
        rgb = _developed(codes[:, first:stop], rows.T[:, :, None].astype(np.float32), colour, block)
        planes = list(rgb)
        if encoding:
            planes = [plane.astype(np.uint16) << 8 for plane in yuv.planes(np.right_shift(rgb, np.uint16(8)), encoding)]
        for plane, target, lines in zip(planes, out, (1, per, per), strict=True):
            target[first // lines : stop // lines] = plane

    blocks.over_blocks(sight.height, develop, blocks.cores_for(3 * sight.width * sight.height))
    return out


def _developed(codes: scene.Codes, white: npt.NDArray[np.float32], colour: _Colour, block: int) -> scene.Codes:
    """256 * level of R, G, B of a block of rows, rounded up or down at random, so that a flat panel has its level on average."""
    out = np.empty(codes.shape, dtype=np.uint16)
    for c in range(3):
        level = codes[c] * white[c]
        level += np.float32(colour.dark[c] + 0.5)
        np.clip(level, np.float32(0.0), np.float32(colour.ceiling[c] * scene.FULL), out=level)
        scratch.looked_up(gamma_levels(), level.astype(np.uint16), out[c])
        out[c] += octets(level.size, "dither", c, block).reshape(level.shape)
    out &= 0xFF00
    return out


def _rows_seen(frame: Frame, view: View) -> npt.NDArray[np.float64]:
    """Light of each line of the picture in lux seconds, from that of the sensor's row in its middle; float64[view height]."""
    top, high = frame.crop[1], frame.crop[3]
    middle = view.crop[1] - top + (np.arange(view.height) + 0.5) * (view.crop[3] / view.height)
    return row_exposure_integral(frame)[np.clip((middle * (frame.height / high)).astype(np.int64), 0, frame.height - 1)]
