"""Working memory of a thread, kept from block to block.

Fresh arrays of a block's size come from the kernel page by page, which costs more than the arithmetic done in them.
"""

from __future__ import annotations

import math
import threading
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.number)
_local = threading.local()

_PLACES = 65536
"""How many look-ups are made at once: their 64-bit places stay in a core's second-level cache."""


def array(kind: type[Number], name: str, *shape: int) -> npt.NDArray[Number]:
    """The calling thread's `kind`[shape] of that name; holds what the last user left in it."""
    return _bytes(name, np.dtype(kind).itemsize * math.prod(shape)).view(kind).reshape(shape)


def looked_up(table: npt.NDArray[Number], where: npt.NDArray[np.unsignedinteger], out: npt.NDArray[Number]) -> None:
    """Write `table[where]` into `out`, of one shape and contiguous; every number in `where` must have an entry."""
    flat, target = where.reshape(-1), out.reshape(-1)
    for first in range(0, flat.size, _PLACES):
        part = flat[first : first + _PLACES]
        # np.take would make 64-bit places in fresh memory; "wrap" spares it a buffer for what it writes, and takes half as long as "clip".
        places = array(np.intp, "places", part.size)
        np.copyto(places, part, casting="unsafe")
        table.take(places, out=target[first : first + _PLACES], mode="wrap")


def _bytes(name: str, count: int) -> npt.NDArray[np.uint8]:
    kept: dict[str, npt.NDArray[np.uint8]] = _local.__dict__.setdefault("kept", {})
    if name not in kept or kept[name].size < count:
        kept[name] = np.empty(-(-count // 64) * 64, dtype=np.uint8)
    return kept[name][:count]
