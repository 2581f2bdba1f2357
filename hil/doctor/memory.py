"""Whether a host has contiguous memory for the frames of its cameras."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.view import View
from hil.drivers.host import read_text
from hil.drivers.modes import BUFFERS

_CMA_OF_OTHERS = 32 * 1024
"""KiB of contiguous memory that display, ISP and codecs take besides (assumed)."""
_CMA_PARAMETERS = (64, 96, 128, 192, 256, 320, 384, 448, 512)
"""Sizes in MiB that overlay vc4-kms-v3d takes."""


def memory(view: View) -> Iterator[Line]:
    """Whether the frames of the rig's cameras fit into contiguous memory.

    On boards before the Raspberry Pi 5 /dev/dma_heap/vidbuf_cached is that memory; on those with BCM2712 it is any (libpisp,
    helpers/dma_heap.hpp).
    """
    total, free = (_meminfo_kb(view, key) for key in ("CmaTotal", "CmaFree"))
    if view.board is None or view.board.platform != "vc4" or total is None:
        return
    frames = sum(_frame_bytes(view, name) for name in view.cameras) * BUFFERS // 1024
    needed = frames + _CMA_OF_OTHERS
    sizes = f"{total // 1024} MiB of contiguous memory"
    if total < needed:
        enough = next((size for size in _CMA_PARAMETERS if size * 1024 >= needed), _CMA_PARAMETERS[-1])
        text = f'CMA: {sizes}; {BUFFERS} frames need {needed // 1024}: "Failed to allocate buffers"'
        yield repair("memory", text, *view.in_config(f"dtoverlay=vc4-kms-v3d,cma-{enough}"))
    elif free is not None and free < needed:
        yield note("memory", f"CMA: {free // 1024} of {sizes} are free; {BUFFERS} frames need {needed // 1024}", "end what shows video")
    elif view.cameras:
        yield ok("memory", f"CMA: {sizes}, {BUFFERS} frames need {needed // 1024}")


def _meminfo_kb(view: View, key: str) -> int | None:
    found = re.search(rf"^{key}:\s+(\d+) kB$", read_text(view.host, "/proc/meminfo") or "", re.MULTILINE)
    return int(found[1]) if found else None


def _frame_bytes(view: View, name: str) -> int:
    """Of the largest raw frame of a camera, packed as the driver asks for it."""
    modes = (mode for generation in view.sensor(view.cameras[name]).generations for mode in generation.modes)
    return max(mode.size[0] * mode.size[1] * mode.bits // 8 for mode in modes)
