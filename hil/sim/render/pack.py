"""How raw pixels lie in a buffer: 16-bit containers, bytes, CSI-2 packed, left-aligned.

CSI-2 packing is that of MIPI CSI-2 RAW10 and RAW12: the high bytes of 4 (2) pixels, then one byte with all their low bits, the first
pixel in the lowest bits.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from hil.sim.render import scratch

Octets = npt.NDArray[np.uint8]
Planes = npt.NDArray[np.uint16]
Store = Callable[[Octets, Planes], None]
"""Write the planes of a block of rows into its lines; (uint8[rows, stride], uint16[4, rows / 2, width / 2])."""

_NAME = re.compile(r"(?:S[RGB]{4}|R|MONO_?)(?P<bits>\d+)(?P<packed>_CSI2P)?")


def line_bytes(fmt: str, width: int) -> int:
    """Bytes that the pixels of one line take in a raw format; ValueError for a format that is not raw."""
    bits, packed = depth(fmt)
    return width * bits // 8 if packed else width * (1 if bits == 8 else 2)


def depth(fmt: str) -> tuple[int, bool]:
    """Bits of a raw format, and whether it is CSI-2 packed: "SRGGB10_CSI2P" -> (10, True); ValueError for other formats."""
    match = _NAME.fullmatch(fmt)
    if not match:
        raise ValueError(f"not a raw format: {fmt}")
    return int(match["bits"]), bool(match["packed"]) and int(match["bits"]) > 8


def storer(fmt: str, bits: int) -> Store:
    """What writes DN of `bits` bits in `fmt`. A deeper format is left aligned, as the front end of a Pi 5 does."""
    deep, packed = depth(fmt)
    write = {(8, False): _store_8, (10, True): _store_10p, (12, True): _store_12p, (14, True): _store_14p}.get((deep, packed), _store_16)
    shift = deep - bits
    if shift >= 0:
        return lambda lines, planes: write(lines, np.left_shift(planes, np.uint16(shift)) if shift else planes)
    return lambda lines, planes: write(lines, np.right_shift(planes, np.uint16(-shift)))


def _store_8(lines: Octets, planes: Planes) -> None:
    width = 2 * planes.shape[2]
    for n in range(4):
        lines[n // 2 :: 2, n % 2 : width : 2] = planes[n]


def _store_16(lines: Octets, planes: Planes) -> None:
    _store_8(lines[:, : 4 * planes.shape[2]].view("<u2"), planes)


def _store_12p(lines: Octets, planes: Planes) -> None:
    """Writes the high bytes of two pixels at once, which takes 15 % less than one by one, and both rows of the cells in every pass."""
    _, rows, pairs = planes.shape
    high, low = scratch.array(np.uint16, "high", 2, rows, pairs), scratch.array(np.uint16, "low", 2, rows, pairs)
    even, odd, out = planes[0::2], planes[1::2], lines.reshape(rows, 2, -1).transpose(1, 0, 2)
    np.left_shift(odd, 4, out=high)
    np.bitwise_and(even, 15, out=low)
    low |= high
    out[..., 2 : 3 * pairs : 3] = low  # of which a byte is kept
    high &= 0xFF00
    high |= np.right_shift(even, 4, out=low)
    as_strided(out[..., :2].view("<u2"), (2, rows, pairs), (*out.strides[:2], 3))[:] = high


def _store_10p(lines: Octets, planes: Planes) -> None:
    stop = planes.shape[2] // 2 * 5
    for row in range(2):
        even, odd, out = planes[2 * row], planes[2 * row + 1], lines[row::2, :stop]
        out[:, 0::5] = even[:, 0::2] >> 2
        out[:, 1::5] = odd[:, 0::2] >> 2
        out[:, 2::5] = even[:, 1::2] >> 2
        out[:, 3::5] = odd[:, 1::2] >> 2
        low = (even & 3) | (odd & 3) << 2
        out[:, 4::5] = low[:, 0::2] | low[:, 1::2] << 4


def _store_14p(lines: Octets, planes: Planes) -> None:
    stop = planes.shape[2] // 2 * 7
    for row in range(2):
        even, odd, out = planes[2 * row], planes[2 * row + 1], lines[row::2, :stop]
        pixels = [even[:, 0::2], odd[:, 0::2], even[:, 1::2], odd[:, 1::2]]
        for n, pixel in enumerate(pixels):
            out[:, n::7] = pixel >> 6
        low = [pixel & 63 for pixel in pixels]
        out[:, 4::7] = low[0] | low[1] << 6
        out[:, 5::7] = low[1] >> 2 | low[2] << 4
        out[:, 6::7] = low[2] >> 4 | low[3] << 2
