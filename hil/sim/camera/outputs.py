"""From the entries of a configuration to what their streams show of a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hil.sim.camera.crops import Crops
from hil.sim.camera.shots import Target
from hil.sim.libcamera.buffers import plane_lengths
from hil.sim.libcamera.color_space import name_of
from hil.sim.libcamera.stream import Stream


def size_of(entry: Any) -> tuple[int, int]:
    """Width and height of a stream."""
    return entry.size.width, entry.size.height


def target_of(entry: Any) -> Target:
    """How a stream shows a whole frame."""
    return Target(
        format=str(entry.pixel_format),
        width=entry.size.width,
        height=entry.size.height,
        stride=entry.stride,
        crop=None,
        colour_space=name_of(entry.color_space),
        bytes_used=(entry.frame_size,),
        plane_bytes=tuple(plane_lengths(entry)),
    )


def cropped(whole: dict[Stream, Target], outputs: dict[Stream, int], crops: Crops) -> dict[Stream, Target]:
    """The same with the crops of now; `outputs`: which crop is whose."""
    return whole | {where: replace(whole[where], crop=crops.native(number)) for where, number in outputs.items()}
