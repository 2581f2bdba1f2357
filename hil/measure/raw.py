"""Raw pixels as they lie in a buffer, made into arrays and channel means; fast enough for 12 megapixels at video rates.

Packed lines are those of MIPI CSI-2 (RAW10, RAW12, RAW14): the high bytes of 4 (2, 4) pixels, then their low bits, the first
pixel's lowest. Work is done in blocks of lines that stay in a core's cache.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
    if bits not in _GROUPS:
        raise ValueError(f"no CSI-2 packing of {bits} bits; known are {', '.join(map(str, _GROUPS))}")
    pixels, octets = _GROUPS[bits]
    if width % pixels or lines.ndim != 2 or lines.shape[1] < width // pixels * octets:
        raise ValueError(f"lines of shape {lines.shape} do not hold {width} pixels of {bits} bits, {pixels} pixels in {octets} bytes")
    image = np.empty((lines.shape[0], width), dtype=np.uint16) if out is None else out
    packed = lines[:, : width // pixels * octets]
    blocks.over_blocks(
        len(image), lambda _, first, stop: _unpack(packed[first:stop], bits, image[first:stop]), blocks.cores_for(image.size)
    )
    return image


def channel_means(image: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Mean of each pixel of the 2x2 colour cell; uint16[..., H, W] with even H and W to float64[..., 2, 2]."""
    *outer, height, width = image.shape
    columns = np.empty((*outer, 2, width), dtype=np.uint64)
    for row in range(2):
        columns[..., row, :] = _column_sums(image[..., row::2, :])
    sums = columns.reshape(*outer, 2, width // 2, 2).sum(axis=-2)
    return np.asarray(sums / (height // 2 * (width // 2)), dtype=np.float64)


def _column_sums(image: DN) -> npt.NDArray[np.uint64]:
    return np.asarray(image.sum(axis=-2, dtype=np.uint32), dtype=np.uint64)


def _unpack(lines: Octets, bits: int, image: DN) -> None:
    if bits == 8:
        image[:] = lines
        return
    pixels, octets = _GROUPS[bits]
    low = _low_bits(lines, bits)
    for n in range(pixels):
        part = lines[:, n::octets].astype(np.uint16)
        part <<= bits - 8
        part |= ((low >> (n * (bits - 8))) & ((1 << (bits - 8)) - 1)).astype(np.uint16, copy=False)
        image[:, n::pixels] = part


def _low_bits(lines: Octets, bits: int) -> npt.NDArray[np.uint32] | DN:
    pixels, octets = _GROUPS[bits]
    if octets == pixels + 1:
        return lines[:, pixels::octets].astype(np.uint16)
    low = lines[:, pixels::octets].astype(np.uint32)
    for n in range(pixels + 1, octets):
        low |= lines[:, n::octets].astype(np.uint32) << np.uint32(8 * (n - pixels))
    return low
