"""A flat panel in steady light: every pixel of a colour has the same mean, so one table look-up does the whole chain."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from hil.sim.frame import Frame
from hil.sim.render import scratch
from hil.sim.render.electrons import Chain, chain
from hil.sim.render.noise import electrons_table
from hil.sim.render.pattern import Key, of_key
from hil.sim.render.readout import Planes, Readout

Shorts = npt.NDArray[np.int16]

UNSEEN = 1 / 500
"""Part of the read noise that a row's mean may be off by: less than a tenth of the noise that a row's mean has in any case."""
_FIXED_POINT_BITS = 14
"""DN are scaled to this many bits in int16, which leaves room for patterns and noise outside the range of the converter."""


class Level(Readout):
    """Shot noise, read noise, non-linearity and gain are one table per colour, exact down to single electrons."""

    def __init__(self, frame: Frame, electrons: npt.NDArray[np.float64]) -> None:
        """See `Readout`; `electrons` must be such that it `suits`."""
        super().__init__(frame, electrons)
        self.shift = _FIXED_POINT_BITS - frame.bits
        unseen = UNSEEN * self.chain.read_noise_e
        means = [_nearest(mean, unseen) + self.chain.dark_e for mean in (electrons.mean(axis=0) * frame.scene.reflectance).tolist()]
        self.tables = [_table(self.chain, mean, self.shift) for mean in means]
        self.fixed = [_fixed(self.pattern.key, self.chain, mean, self.shift) for mean in means]

    @staticmethod
    def suits(frame: Frame, electrons: npt.NDArray[np.float64]) -> bool:
        """Whether all rows of a flat panel have one mean: what a flickering lamp leaks through a cover is too little to be seen."""
        if frame.scene.content != "flat" or frame.bits > 12:
            return False
        spread = float(np.ptp(electrons, axis=0).max()) * frame.scene.reflectance
        return spread <= 2.0 * UNSEEN * chain(frame).read_noise_e

    def __call__(self, block: int, first: int, stop: int) -> Planes:
        """Render one block; it is valid until the calling thread renders the next."""
        uniform = self.words("noise", block, first, stop)
        values = scratch.array(np.int16, "planes", *uniform.shape)
        for plane, channel in enumerate(self.channels):
            scratch.looked_up(self.tables[channel], uniform[plane], values[plane])
            begin = self.pattern.begin(plane, first)
            values[plane] += self.fixed[channel][begin : begin + values[plane].size].reshape(values[plane].shape)
        values += (1 << self.shift) >> 1
        values >>= self.shift
        # np.clip runs 10 times as fast as np.minimum on int16 (numpy 2.4, measured 0.09 and 0.9 ns a value).
        return np.clip(values, 0, self.chain.top, out=values).view(np.uint16)


def _nearest(mean: float, step: float) -> float:
    """Frames in the same light share their tables although the leak of a lamp is never twice the same."""
    return round(mean / step) * step if step else mean


@functools.lru_cache(maxsize=32)
def _table(chain: Chain, mean: float, shift: int) -> Shorts:
    values = chain.response(electrons_table(mean, chain.read_noise_e))
    values *= 1 << shift
    # Rounded down here and half up at the end: their offsets of half a step cancel.
    return np.clip(np.floor(values, out=values), -8192, 20480, out=values).astype(np.int16)


@functools.lru_cache(maxsize=12)
def _fixed(key: Key, chain: Chain, mean: float, shift: int) -> Shorts:
    """The pool of both fixed patterns at this mean, in fixed point; kept, as it takes 1 ms and steady light has one mean."""
    pattern = of_key(key)
    steps = chain.gain * (1 << shift)
    values = pattern.gain * np.float32(chain.prnu * min(mean, chain.full_well_e) * steps)
    values += pattern.offset * np.float32(chain.dsnu_e * steps)
    return np.clip(np.rint(values, out=values), -8192, 8192, out=values).astype(np.int16)
