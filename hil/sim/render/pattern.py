"""Fixed patterns of one device: the same in every frame, different in every device.

Storing a value for every pixel would cost more memory traffic than the rest of the renderer. A pool of 262,144 values per device
is read instead, from another place for every block of rows; seen from one pixel, all others are as unrelated as random ones.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hil.measure import blocks
from hil.sim.frame import Frame
from hil.sim.render.bits import words
from hil.sim.render.noise import normal_table

Floats = npt.NDArray[np.float32]
Key = tuple[int, str, int, int, int, int, int, int, bool, bool]
"""Seed, device, crop, width, height, flips."""

_POOL = 262144


@dataclass(frozen=True, slots=True)
class Pattern:
    """Pools of standard normals for gain and offset, and where in them the planes of each block begin."""

    key: Key
    gain: Floats
    offset: Floats
    starts: list[list[int]]
    """[plane][block], indices into both pools."""

    def begin(self, plane: int, first: int) -> int:
        """Where the values of a plane's block begin that starts with row `first`."""
        return self.starts[plane][first // blocks.ROWS]


def pattern(frame: Frame) -> Pattern:
    """The fixed pattern of the frame's device in the frame's mode (its crop and size are part of the key)."""
    return of_key((frame.seed, frame.device, *frame.crop, frame.width, frame.height, frame.hflip, frame.vflip))


@functools.lru_cache(maxsize=16)
def of_key(key: Key) -> Pattern:
    """The pattern of a device in a mode, by its key."""
    seed, device, *mode = key
    width, height = mode[4:6]
    count = -(-height // blocks.ROWS)
    starts = words(4 * count, seed, device, "pattern places", *mode).reshape(4, count).astype(np.int64) * (_POOL // 65536)
    reach = blocks.ROWS // 2 * (width // 2)
    return Pattern(key, _pool(seed, device, "prnu", reach), _pool(seed, device, "dsnu", reach), starts.tolist())


def _pool(seed: int, device: str, quantity: str, reach: int) -> Floats:
    """Long enough that a block fits behind every start."""
    values = normal_table()[words(_POOL, seed, device, quantity)]
    return np.resize(values, _POOL + reach)
