"""When a frame's start is stamped: some microseconds after it happened."""

from __future__ import annotations

import math

from hil.sim import chance
from hil.sim.truth import DeviceTruth

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


class StampNoise:
    """The interrupt's delay from the true start of a frame to its time stamp, keyed by frame: two splitmix64 words, no state."""

    __slots__ = ("_base", "_key", "_late_ns", "_late_share", "_scale")

    def __init__(self, truth: DeviceTruth, seed: int, *key: str | int) -> None:
        """`key`: device and stream."""
        self._key = chance.digest(seed, *key) & _MASK
        self._base, self._scale = truth.interrupt_latency_ns, truth.interrupt_jitter_ns
        self._late_share, self._late_ns = 2**32 / truth.interrupt_late_every, truth.interrupt_late_ns

    def __call__(self, number: int) -> int:
        """Delay in ns of frame `number`."""
        word = (self._key + number * _GOLDEN) & _MASK
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
        word ^= word >> 31
        delay = self._base - self._scale * math.log(((word >> 32) + 1) * 2.0**-32)
        low = word & 0xFFFFFFFF
        if low < self._late_share:
            delay -= self._late_ns * math.log((low + 1) / (self._late_share + 1))
        return int(delay)
