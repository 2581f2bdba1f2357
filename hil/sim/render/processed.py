"""Processed streams (RGB and YUV), written into a buffer: developed picture, noise, layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hil.measure import blocks
from hil.sim.frame import Frame
from hil.sim.render import isp, layout, scratch, yuv
from hil.sim.render.bits import octets
from hil.sim.render.tables import Tables, tables

Octets = npt.NDArray[np.uint8]


def render(frame: Frame, fmt: str, view: isp.View, stride: int, buffer: Octets, colour_space: str, threads: int | None) -> None:
    """Write the frame as a processed picture. Padding at the end of lines is left as it is."""
    places = layout.places(fmt, view.height, stride)
    form = yuv.encoding(colour_space, layout.lines_per_chroma(fmt)) if layout.is_yuv(fmt) else None
    size = layout.sample_bytes(fmt)
    light = isp.exposure(frame, view)
    kinds = {step: tables(frame, view, step, form, 65535 if size == 2 else 255) for step in np.unique(light.steps).tolist()}
    picture = _Picture(frame, isp.levels(frame, view, light, form), light.steps.tolist(), kinds)

    def fill(block: int, first: int, stop: int) -> None:
        for place in places:
            per = picture.lines_per(place.plane)
            target = layout.lines(buffer, place, first // per, stop // per, picture.width(place.plane), size)
            picture.fill(target, place.plane, block, first // per)

    spread = blocks.cores_for(view.width * view.height) if threads is None else threads
    blocks.over_blocks(view.height, fill, spread)


@dataclass(frozen=True, slots=True)
class _Picture:
    frame: Frame
    levels: isp.Levels
    steps: list[int]
    kinds: dict[int, Tables]

    def lines_per(self, plane: int) -> int:
        """Lines of the picture that one line of the plane stands for."""
        return self.levels[0].shape[0] // self.levels[plane].shape[0] if plane >= 0 else 1

    def width(self, plane: int) -> int:
        return len(self.levels[max(plane, 0)][0])

    def fill(self, target: npt.NDArray[np.generic], plane: int, block: int, first: int) -> None:
        """Write some lines of a plane; -1 is opaque alpha, which only formats of 8 bits have."""
        if plane < 0:
            target[:] = 255
            return
        part = self.levels[plane][first : first + len(target)]
        frame, size = self.frame, self.levels[0].shape
        chance = octets(part.size, frame.seed, frame.device, "isp noise", frame.number, *size, plane, block)
        index = np.bitwise_or(part, chance.reshape(part.shape), out=scratch.array(np.uint16, "index", *part.shape))
        for start, stop, step in self._runs(plane, first, len(target)):
            samples = self.kinds[step][plane]
            seen = scratch.array(samples.dtype.type, "samples", stop - start, part.shape[1])
            scratch.looked_up(samples, index[start:stop], seen)
            target[start:stop] = seen

    def _runs(self, plane: int, first: int, count: int) -> Iterator[tuple[int, int, int]]:
        """(start, stop, step) of neighbouring lines with the same light, counted from `first`."""
        per = self.lines_per(plane)
        steps = self.steps[first * per : (first + count) * per : per]
        start = 0
        for n in range(1, count + 1):
            if n == count or steps[n] != steps[start]:
                yield start, n, steps[start]
                start = n
