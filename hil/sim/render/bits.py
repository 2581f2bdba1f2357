"""Random words for pixels: keyed by what they are for, not drawn in turn.

Every block of rows of every frame has its own stream, so blocks can be rendered in any order, by any number of threads,
on any machine, and give the same bytes. The words are those of SFC64 as numpy ships it; numpy promises its raw stream, not
the streams of its distributions, so distributions are made here from tables.
"""

from __future__ import annotations

import hashlib
import threading

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint16]

_WARM_UP = 12
"""Outputs thrown away after seeding, as SFC64's author does, so that close keys give unrelated streams."""
_PIECE = 98304
"""Bytes drawn at once. Below 128 KiB the C library takes them from memory it has; more it may fetch from the kernel each time."""
_local = threading.local()


def words(count: int, *key: str | int) -> Words:
    """`count` uniform 16-bit words that belong to `key`; uint16[count]."""
    source = _keyed(*key)
    return source.random_raw(-(-count // 4)).view(np.uint16)[:count]


def draw(out: npt.NDArray[np.uint8] | Words, *key: str | int) -> None:
    """Fill `out`, which is contiguous, with uniform bytes that belong to `key`; the words are those of `words`."""
    source, octets = _keyed(*key), out.reshape(-1).view(np.uint8)
    for first in range(0, octets.size, _PIECE):
        part = octets[first : first + _PIECE]
        part[:] = source.random_raw(-(-part.size // 8)).view(np.uint8)[: part.size]


def _keyed(*key: str | int) -> np.random.SFC64:
    # Setting the state of one generator per thread takes 2 us, making a new one 13.
    source: np.random.SFC64 | None = getattr(_local, "source", None)
    if source is None:
        source = _local.source = np.random.SFC64(0)
    digest = hashlib.blake2b("\x1f".join(map(str, key)).encode(), digest_size=24).digest()
    state = np.append(np.frombuffer(digest, dtype="<u8"), np.uint64(1)).astype(np.uint64)
    source.state = {"bit_generator": "SFC64", "state": {"state": state}, "has_uint32": 0, "uinteger": 0}
    source.random_raw(_WARM_UP)
    return source
