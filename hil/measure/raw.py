"""Raw pixels as they lie in a buffer, made into arrays and channel means; fast enough for 12 megapixels at video rates.

Packed lines are those of MIPI CSI-2 (RAW10, RAW12, RAW14): the high bytes of 4 (2, 4) pixels, then their low bits, the first
pixel's lowest. Work is done in blocks of lines that stay in a core's cache.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from hil.measure import blocks

DN = npt.NDArray[np.uint16]
Octets = npt.NDArray[np.uint8]

_GROUPS = {8: (1, 1), 10: (4, 5), 12: (2, 3), 14: (4, 7)}
"""Bits -> pixels and bytes of a group."""


def unpack_csi2p(lines: Octets, width: int, bits: int, out: DN | None = None) -> DN:
    """DN of packed lines; uint8[height, at least the packed width] to uint16[height, width], right aligned.

    `lines` may have padding at the end of each line. `out` takes the result without a new array. ValueError if the lines are too
    short or the depth is not one of 8, 10, 12, 14.
    """
    _check(lines, width, bits)
    pixels, octets = _GROUPS[bits]
    packed, image = lines[:, : width // pixels * octets], np.empty((len(lines), width), dtype=np.uint16) if out is None else out

    work = _unpack_12 if bits == 12 and lines.strides[1] == 1 else functools.partial(_unpack, bits)

    def unpack(_: int, first: int, stop: int) -> None:
        work(packed[first:stop], image[first:stop])

    blocks.over_blocks(len(image), unpack, blocks.cores_for(image.size))
    return image


def channel_means(image: DN) -> npt.NDArray[np.float64]:
    """Mean of each pixel of the 2x2 colour cell; uint16[..., H, W] with even H and W to float64[..., 2, 2], exact to rounding."""
    *outer, height, width = image.shape
    columns = np.zeros((-(-height // blocks.ROWS), *outer, 2, width), dtype=np.uint32)

    def add(block: int, first: int, stop: int) -> None:
        for row in range(2):
            image[..., first + row : stop : 2, :].sum(axis=-2, dtype=np.uint32, out=columns[block, ..., row, :])

    blocks.over_blocks(height, add, blocks.cores_for(image.size))
    sums = columns.sum(axis=0, dtype=np.uint64).reshape(*outer, 2, width // 2, 2).sum(axis=-2)
    return np.asarray(sums / (height // 2 * (width // 2)), dtype=np.float64)


def packed_channel_means(lines: Octets, width: int, bits: int) -> npt.NDArray[np.float64]:
    """`channel_means` of packed lines, four times as fast as unpacking them first; uint8[H, stride] to float64[2, 2].

    The mean of pixels is that of their high bits plus that of their low bits, so every pixel is read but none is put together.
    ValueError as `unpack_csi2p`.
    """
    _check(lines, width, bits)
    pixels, octets = _GROUPS[bits]
    packed, height = lines[:, : width // pixels * octets], len(lines)
    sums = np.zeros((-(-height // blocks.ROWS), 2, width // pixels, pixels), dtype=np.uint32)

    def add(block: int, first: int, stop: int) -> None:
        for row in range(2):
            sums[block, row] = _pixel_sums(packed[first + row : stop : 2], bits)

    blocks.over_blocks(height, add, blocks.cores_for(height * width))
    cells = sums.sum(axis=0, dtype=np.uint64).reshape(2, width // 2, 2).sum(axis=1)
    return np.asarray(cells / (height // 2 * (width // 2)), dtype=np.float64)


def _pixel_sums(lines: Octets, bits: int) -> npt.NDArray[np.uint32]:
    """Sums over at most 256 lines of the pixels of each group; uint32[groups, pixels of a group]."""
    pixels, octets = _GROUPS[bits]
    sums: npt.NDArray[np.uint32] = lines.sum(axis=0, dtype=np.uint16).reshape(-1, octets).astype(np.uint32)
    high = sums[:, :pixels] << np.uint32(bits - 8)
    if bits == 12:
        # Both low fields are in one byte: what the upper one adds to its sum is known when that one is.
        upper = (lines[:, 2::3] >> 4).sum(axis=0, dtype=np.uint16)
        high[:, 0] += sums[:, 2] - 16 * upper.astype(np.uint32)
        high[:, 1] += upper
        return high
    for n, low in enumerate(_low_fields(lines, bits)):
        high[:, n] += low.sum(axis=0, dtype=np.uint16)
    return high


def _low_fields(lines: Octets, bits: int) -> list[Octets]:
    """Low bits of each pixel of a group; none for 8 bits."""
    if bits == 8:
        return []
    low = _low_bits(lines, bits)
    return [((low >> (n * (bits - 8))) & ((1 << (bits - 8)) - 1)).astype(np.uint8, copy=False) for n in range(_GROUPS[bits][0])]


def _check(lines: Octets, width: int, bits: int) -> None:
    if bits not in _GROUPS:
        raise ValueError(f"no CSI-2 packing of {bits} bits; known are {', '.join(map(str, _GROUPS))}")
    pixels, octets = _GROUPS[bits]
    if width % pixels or lines.ndim != 2 or lines.shape[1] < width // pixels * octets:
        raise ValueError(f"lines of shape {lines.shape} do not hold {width} pixels of {bits} bits, {pixels} pixels in {octets} bytes")


def _unpack_12(lines: Octets, image: DN) -> None:
    """`_unpack` of 12 bits that reads the high bytes of both pixels at once: 1.3 instead of 1.5 ns a pixel."""
    pairs = image.shape[1] // 2
    high = as_strided(lines[:, :2].view("<u2"), (len(lines), pairs), (lines.strides[0], 3), writeable=False).astype(np.uint16)
    low = lines[:, 2::3].copy()
    even = high << 4
    even &= 0xFF0
    even |= low & 15
    image[:, 0::2] = even
    high >>= 4
    high &= 0xFF0
    low >>= 4
    high |= low
    image[:, 1::2] = high


def _unpack(bits: int, lines: Octets, image: DN) -> None:
    if bits == 8:
        image[:] = lines
        return
    pixels, octets = _GROUPS[bits]
    for n, low in enumerate(_low_fields(lines, bits)):
        part = lines[:, n::octets].astype(np.uint16)
        part <<= bits - 8
        part |= low
        image[:, n::pixels] = part


def _low_bits(lines: Octets, bits: int) -> Octets | npt.NDArray[np.uint32]:
    """All low bits of each group in one number."""
    pixels, octets = _GROUPS[bits]
    if octets == pixels + 1:
        return lines[:, pixels::octets].copy()
    low = lines[:, pixels::octets].astype(np.uint32)
    for n in range(pixels + 1, octets):
        low |= lines[:, n::octets].astype(np.uint32) << np.uint32(8 * (n - pixels))
    return low


Crop = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the frame."""


def _inside(image: DN, crop: Crop | None) -> DN:
    if crop is None:
        return image
    left, top, width, height = crop
    if min(left, top) < 0 or min(width, height) < 1 or left + width > image.shape[1] or top + height > image.shape[0]:
        raise ValueError(f"crop {crop} of a frame of {image.shape[1]}x{image.shape[0]}")
    return image[top : top + height, left : left + width]


@dataclass(frozen=True, slots=True)
class RowMeans:
    """A frame reduced to the mean of each of its rows; uint16[H, W] to float64[rows], in DN. Travels to host processes."""

    crop: Crop | None = None
    """None: the whole frame."""

    def __call__(self, image: DN) -> npt.NDArray[np.float64]:
        """One row profile, exact to rounding: 0.6 ms for 2028x1080."""
        part = _inside(image, self.crop)
        # Whole numbers add up exactly, and three times as fast as in float64; a row of 65,536 pixels fits.
        return np.asarray(part.sum(axis=1, dtype=np.uint32) / part.shape[1], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class RegionMean:
    """A frame reduced to the mean of a region, in DN. Travels to host processes."""

    crop: Crop | None = None
    """None: the whole frame."""

    def __call__(self, image: DN) -> float:
        """The mean, exact to rounding."""
        part = _inside(image, self.crop)
        return float(part.sum(axis=1, dtype=np.uint32).sum(dtype=np.uint64) / part.size)


@dataclass(frozen=True, slots=True)
class ClippedShare:
    """A frame reduced to the share of a region's pixels that are at full scale. Travels to host processes."""

    full_scale_dn: int
    """The largest code of the mode's bit depth."""
    crop: Crop | None = None
    """None: the whole frame."""

    def __call__(self, image: DN) -> float:
        """0 to 1."""
        part = _inside(image, self.crop)
        # Most frames have no pixel at full scale, and to find the largest takes a third of comparing and counting.
        return float(np.count_nonzero(part >= self.full_scale_dn) / part.size) if part.max() >= self.full_scale_dn else 0.0


@dataclass(frozen=True, slots=True)
class Together:
    """Several reductions of the same frame. Travels to host processes as far as they do."""

    of: tuple[Callable[[DN], Any], ...]

    def __call__(self, image: DN) -> tuple[Any, ...]:
        """The result of each, in their order."""
        return tuple(reduction(image) for reduction in self.of)
