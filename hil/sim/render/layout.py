"""How samples of a processed picture lie in a buffer; names are libcamera's, which name bytes from the top of a little-endian word.

"RGB888" is therefore B, G, R in memory and "BGR888" R, G, B, as picamera2's manual says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Octets = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one plane's samples go: line `n` starts at `offset + n * stride` bytes, samples lie `step` apart."""

    plane: int
    """0, 1, 2 for R, G, B or Y, Cb, Cr; -1 for opaque alpha."""
    offset: int
    stride: int
    step: int
    """In samples."""


_INTERLEAVED = {
    "RGB888": "BGR",
    "BGR888": "RGB",
    "XRGB8888": "BGRA",
    "XBGR8888": "RGBA",
    "ARGB8888": "BGRA",
    "ABGR8888": "RGBA",
    "RGBX8888": "ABGR",
    "BGRX8888": "ARGB",
    "RGBA8888": "ABGR",
    "BGRA8888": "ARGB",
}
_DEEP = {"RGB161616": "BGR", "BGR161616": "RGB"}
_PACKED_YUV = {"YUYV": (0, 1, 3), "YVYU": (0, 3, 1), "UYVY": (1, 0, 2), "VYUY": (1, 2, 0)}
_PLANAR = ("YUV420", "YVU420", "YUV422", "YVU422")
_SEMI_PLANAR = {"NV12": 2, "NV21": 2, "NV16": 1, "NV61": 1}

FORMATS = (*_INTERLEAVED, *_DEEP, *_PACKED_YUV, *_PLANAR, *_SEMI_PLANAR)


def is_yuv(fmt: str) -> bool:
    """Whether the format holds Y, Cb, Cr rather than R, G, B."""
    return fmt in _PACKED_YUV or fmt in _PLANAR or fmt in _SEMI_PLANAR


def lines_per_chroma(fmt: str) -> int:
    """2 for 4:2:0, 1 for 4:2:2."""
    return 2 if fmt in ("YUV420", "YVU420", "NV12", "NV21") else 1


def sample_bytes(fmt: str) -> int:
    """Bytes of one sample: 2 for the 48-bit formats, else 1."""
    return 2 if fmt in _DEEP else 1


def line_bytes(fmt: str, width: int) -> int:
    """Bytes that one line of the first plane takes; ValueError for an unknown format or an odd width of Y'CbCr."""
    if fmt in _INTERLEAVED or fmt in _DEEP:
        return width * len(_INTERLEAVED.get(fmt) or _DEEP[fmt]) * sample_bytes(fmt)
    if not is_yuv(fmt):
        raise ValueError(f"unknown pixel format {fmt!r}; processed formats are {', '.join(FORMATS)}")
    if width % 2:
        raise ValueError(f"{fmt} has an even width, not {width}")
    return 2 * width if fmt in _PACKED_YUV else width


def buffer_bytes(fmt: str, height: int, stride: int) -> int:
    """Bytes of all planes together; ValueError for an odd height of 4:2:0."""
    if not is_yuv(fmt) or fmt in _PACKED_YUV:
        return stride * height
    if height % lines_per_chroma(fmt):
        raise ValueError(f"{fmt} has an even height, not {height}")
    return stride * (height + height // lines_per_chroma(fmt))


def places(fmt: str, height: int, stride: int) -> tuple[Place, ...]:
    """Where the planes of a format go in a buffer of `height` lines, `stride` bytes between lines."""
    if fmt in _INTERLEAVED or fmt in _DEEP:
        order, size = _INTERLEAVED.get(fmt) or _DEEP[fmt], sample_bytes(fmt)
        return tuple(Place("RGB".find(letter), n * size, stride, len(order)) for n, letter in enumerate(order))
    if fmt in _PACKED_YUV:
        y, cb, cr = _PACKED_YUV[fmt]
        return Place(0, y, stride, 2), Place(1, cb, stride, 4), Place(2, cr, stride, 4)
    if fmt in _SEMI_PLANAR:
        first = 1 if fmt in ("NV12", "NV16") else 2
        start = stride * height
        return Place(0, 0, stride, 1), Place(first, start, stride, 2), Place(3 - first, start + 1, stride, 2)
    first = 1 if fmt.startswith("YUV") else 2
    start, size = stride * height, stride // 2 * (height // lines_per_chroma(fmt))
    return Place(0, 0, stride, 1), Place(first, start, stride // 2, 1), Place(3 - first, start + size, stride // 2, 1)


def lines(buffer: Octets, place: Place, first: int, stop: int, width: int, size: int) -> npt.NDArray[np.generic]:
    """The samples of some lines of a plane, to be written; uint8 or uint16 [stop - first, width], a view of the buffer."""
    dtype = np.dtype("<u2" if size == 2 else "u1")
    strides = (place.stride, place.step * size)
    start = place.offset + first * place.stride
    return np.ndarray((stop - first, width), dtype, buffer.data, start, strides)
