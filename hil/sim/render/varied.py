"""Every pixel has a mean of its own, in light that may change from row to row: the chain pixel by pixel, in float32."""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from hil.measure import blocks
from hil.sim.frame import Frame
from hil.sim.render import book, scene, scratch
from hil.sim.render.electrons import Chain
from hil.sim.render.noise import GAUSSIAN_FROM_E, low_shot
from hil.sim.render.pattern import Key, of_key
from hil.sim.render.readout import Planes, Readout, Words

Floats = npt.NDArray[np.float32]

SKEWNESS = 0.32
"""What the normal approximation may leave out of a count with read noise: its distribution function is off by 2 % at most.

Mean and variance are right in any case. A read noise of r electrons keeps it below 0.385 / r, so from 1.2 e- on any light
will do; with less, pixels below 64 e- draw their count from a Poisson table.
"""

_HEADROOM = 1.2
"""Reflectance times gain pattern that the largest code of the kept mosaic stands for."""


class Varied(Readout):
    """The general way, for pictures and for light that changes during the frame.

    Works in DN above the level of an empty pixel. The variance of a mean m is gain * m + (gain * read noise)^2, so the spread is
    sqrt(m + gain * read noise^2) times a normal of standard deviation sqrt(gain), which costs one pass less. All passes over a plane
    of a block work in the thread's scratch memory.
    """

    def __init__(self, frame: Frame, electrons: npt.NDArray[np.float64]) -> None:
        """See `Readout`."""
        super().__init__(frame, electrons)
        part = self.chain
        self.sight = scene.sight(frame, frame.crop, frame.width, frame.height)
        self.mosaic, largest = _seen(self.sight, self.channels, self.pattern.key, part.prnu)
        self.light = (electrons * (part.gain * _HEADROOM / scene.FULL)).astype(np.float32)
        self.brightest = float(self.light.max()) * largest
        self.floor = np.float32(part.gain * (part.read_noise_e**2 + part.dark_e))
        self.noise_unit = np.float32(math.sqrt(part.gain) / book.deviation())
        self.empty = _empty(self.pattern.key, part)
        self.full = np.float32((part.full_well_e - part.dark_e) * part.gain)
        # Clipping takes 0.1 ns a pixel in int16 and 0.3 in float32; light that is 7 times too much for 12 bits needs the latter.
        self.within_int16 = float(self.light.max()) * scene.FULL + part.black < 29000.0
        self.few = 0.385 / max(part.read_noise_e, 1e-6) > SKEWNESS
        # Noise ends at 4.2 standard deviations: what cannot fill a well need not be cut off there, which takes 0.2 ns a pixel.
        reach = self.brightest + 5.0 * math.sqrt((self.brightest + self.floor) * part.gain)
        self.fills = bool(self.full + part.black < part.top) and (self.few or reach > self.full)

    def __call__(self, block: int, first: int, stop: int) -> Planes:
        """Render one block; it is valid until the calling thread renders the next."""
        rows, columns = (stop - first) // 2, self.frame.width // 2
        uniform = self.drawn("noise", block, 4 * book.words_for(rows * columns)).reshape(4, -1)
        extra = self.words("low counts", block, first, stop) if self.few else None
        out = scratch.array(np.uint16, "planes", 4, rows, columns)
        for plane in range(4):
            signal = scratch.array(np.float32, "signal", rows, columns)
            signal[:] = self.mosaic[plane, first // 2 : stop // 2]
            signal *= self.light[first + plane // 2 : stop : 2, self.channels[plane], None]
            self._add_noise(signal, uniform[plane], None if extra is None else extra[plane])
            self._convert(signal, self.pattern.begin(plane, first), out[plane])
        if self.within_int16:
            whole = out.view(np.int16)
            np.clip(whole, 0, self.chain.top, out=whole)
        return out

    def _add_noise(self, signal: Floats, uniform: Words, extra: Words | None) -> None:
        """Add shot and read noise to the signal."""
        spread, noise = scratch.array(np.float32, "spread", *signal.shape), scratch.array(np.float32, "normals", *signal.shape)
        np.sqrt(np.add(signal, self.floor, out=spread), out=spread)
        if extra is not None:
            self._count(signal, spread, extra)
        noise[:] = book.normals(uniform, signal.size).reshape(signal.shape)
        noise *= self.noise_unit
        noise *= spread
        signal += noise

    def _count(self, signal: Floats, spread: Floats, extra: Words) -> None:
        """Replace shot noise by Poisson counts where there are few electrons."""
        gain, dark = np.float32(self.chain.gain), np.float32(self.chain.dark_e)
        few = signal < (np.float32(GAUSSIAN_FROM_E) - dark) * gain
        signal[few] = (low_shot(signal[few] / gain + dark, extra[few]) - dark) * gain
        spread[few] = math.sqrt(self.chain.gain) * self.chain.read_noise_e

    def _convert(self, signal: Floats, begin: int, out: Words) -> None:
        """Write the DN of a signal (overwritten): full well, bend, offset pattern, black level, rounded; clipped where int16 cannot be."""
        part = self.chain
        if self.fills:
            np.clip(signal, -self.full, self.full, out=signal)
        if part.bend_per_e:
            bent = np.multiply(signal, np.float32(part.bend_per_e / part.gain), out=scratch.array(np.float32, "spread", *signal.shape))
            bent *= signal
            signal -= bent
        signal += self.empty[begin : begin + signal.size].reshape(signal.shape)
        if self.within_int16:
            np.copyto(out.view(np.int16), signal, casting="unsafe")
        else:
            np.copyto(out, np.clip(signal, np.float32(0.0), np.float32(part.top), out=signal), casting="unsafe")


@functools.lru_cache(maxsize=4)
def _empty(fixed: Key, chain: Chain) -> Floats:
    """DN of the empty pixels of the pool, half a DN added."""
    level = np.float32(chain.black + chain.dark_e * chain.gain + 0.5)
    return of_key(fixed).offset * np.float32(chain.dsnu_e * chain.gain) + level


@functools.lru_cache(maxsize=3)
def _seen(sight: scene.Sight, channels: tuple[int, int, int, int], fixed: Key, prnu: float) -> tuple[scene.Codes, float]:
    """Reflectance times the gain pattern of every pixel, and the largest of them.

    uint16[4, height / 2, width / 2]; the largest code there is stands for `_HEADROOM`.
    """
    mosaic, gains = scene.mosaic(sight, channels), of_key(fixed)
    out = np.empty(mosaic.shape, dtype=np.uint16)

    def keep(_: int, first: int, stop: int) -> None:
        for plane in range(4):
            codes = mosaic[plane, first // 2 : stop // 2]
            begin = gains.begin(plane, first)
            relative = gains.gain[begin : begin + codes.size].reshape(codes.shape) * np.float32(prnu) + np.float32(1)
            seen = codes * (np.float32(1 / _HEADROOM) * relative) + np.float32(0.5)
            out[plane, first // 2 : stop // 2] = np.clip(seen, np.float32(0), np.float32(scene.FULL))

    blocks.over_blocks(sight.height, keep, blocks.cores_for(sight.width * sight.height))
    return out, float(out.max())
