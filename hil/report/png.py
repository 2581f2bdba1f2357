"""PNG files (W3C PNG specification, third edition), as far as an RGB picture needs them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS, _TRUECOLOUR = 8, 2
_LEVEL = 4
"""Of zlib: photographs hardly get smaller beyond it, only slower."""


def png(picture: NDArray[np.uint8]) -> bytes:
    """The file of an RGB picture [height, width, 3]."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each begins with its filter: none
    rows[:, 1:] = picture.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _TRUECOLOUR, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), _LEVEL)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
