"""Working memory of a thread, kept from block to block.

Fresh arrays of a block's size come from the kernel page by page, which costs more than the arithmetic done in them.
"""

from __future__ import annotations

import math
import threading

import numpy as np
import numpy.typing as npt

_local = threading.local()


def floats(name: str, *shape: int) -> npt.NDArray[np.float32]:
    """The calling thread's float32[shape] of that name; holds what the last user left in it."""
    return _bytes(name, 4 * math.prod(shape)).view(np.float32).reshape(shape)


def doubles(name: str, *shape: int) -> npt.NDArray[np.float64]:
    """The calling thread's float64[shape] of that name; holds what the last user left in it."""
    return _bytes(name, 8 * math.prod(shape)).view(np.float64).reshape(shape)


def shorts(name: str, *shape: int) -> npt.NDArray[np.int16]:
    """The calling thread's int16[shape] of that name; holds what the last user left in it."""
    return _bytes(name, 2 * math.prod(shape)).view(np.int16).reshape(shape)


def _bytes(name: str, count: int) -> npt.NDArray[np.uint8]:
    kept: dict[str, npt.NDArray[np.uint8]] = _local.__dict__.setdefault("kept", {})
    if name not in kept or kept[name].size < count:
        kept[name] = np.empty(-(-count // 64) * 64, dtype=np.uint8)
    return kept[name][:count]
