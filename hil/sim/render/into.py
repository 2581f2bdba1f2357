"""One call from a frame to the bytes of a buffer, whatever the pixel format."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hil.sim.frame import Frame, Rectangle
from hil.sim.render import isp, layout, pack, pisp, processed, raw

RAW_FORMATS = (
    *(
        f"S{cfa}{bits}"
        for cfa in ("RGGB", "GRBG", "GBRG", "BGGR")
        for bits in ("8", "10", "12", "14", "16", "10_CSI2P", "12_CSI2P", "14_CSI2P")
    ),
    *(f"R{bits}" for bits in ("8", "10", "12", "14", "16", "8_CSI2P", "10_CSI2P", "12_CSI2P")),
    *(f"{cfa}_PISP_COMP1" for cfa in ("RGGB", "GRBG", "GBRG", "BGGR", "MONO")),
)
FORMATS = (*RAW_FORMATS, *layout.FORMATS)
"""Every pixel format that can be rendered, by libcamera's name."""


def line_bytes(fmt: str, width: int) -> int:
    """Bytes that one line of the (first) plane takes at least; ValueError for an unknown format."""
    if fmt.endswith("_PISP_COMP1"):
        return (width + 7) // 8 * 8
    return pack.line_bytes(fmt, width) if fmt in RAW_FORMATS else layout.line_bytes(fmt, width)


def buffer_bytes(fmt: str, height: int, stride: int) -> int:
    """Bytes that a frame of `height` lines takes, all its planes together."""
    return stride * height if fmt in RAW_FORMATS else layout.buffer_bytes(fmt, height, stride)


def render_into(
    frame: Frame,
    fmt: str,
    width: int,
    height: int,
    stride: int,
    buffer: memoryview | bytearray | npt.NDArray[np.uint8],
    *,
    crop: Rectangle | None = None,
    colour_space: str = "sYCC",
    threads: int | None = None,
) -> None:
    """Write the frame's pixels in the format `fmt` (libcamera's name) into a writable buffer; bytes of padding stay as they are.

    Raw formats have the frame's own size. For processed ones `crop` is the ScalerCrop rectangle in pixels of the active array (the whole
    mode if absent) and `colour_space` libcamera's name of the Y'CbCr encoding. `threads`: how many share the work (default: by size).
    ValueError for an unknown format or colour space, a raw size other than the frame's, a stride or buffer that is too small.
    """
    target = np.frombuffer(buffer, dtype=np.uint8)
    if stride < line_bytes(fmt, width):
        raise ValueError(f"{fmt} of {width} pixels needs a stride of {line_bytes(fmt, width)} bytes, not {stride}")
    if target.size < (needed := buffer_bytes(fmt, height, stride)):
        raise ValueError(f"{fmt} {width}x{height} with stride {stride} needs {needed} bytes, the buffer has {target.size}")
    if fmt in RAW_FORMATS:
        _raw_into(frame, fmt, (width, height), stride, target, threads)
    else:
        view = isp.View(crop or frame.crop, width, height)
        processed.render(frame, fmt, view, stride, target, colour_space, threads)


def _raw_into(frame: Frame, fmt: str, size: tuple[int, int], stride: int, target: npt.NDArray[np.uint8], threads: int | None) -> None:
    if size != (frame.width, frame.height):
        raise ValueError(f"a raw stream has the sensor mode's size {frame.width}x{frame.height}, not {size[0]}x{size[1]}")
    store = pisp.storer(frame.bits) if fmt.endswith("_PISP_COMP1") else pack.storer(fmt, frame.bits)
    lines = target[: stride * frame.height].reshape(frame.height, stride)
    raw.each_block(frame, lambda first, stop, planes: store(lines[first:stop], planes), threads)
