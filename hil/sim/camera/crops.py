"""ScalerCrop: which part of the sensor's picture each output shows.

Source: libcamera v0.7.1, pipeline_base.cpp (applyScalerCrop, scaleIspCrop) and the platforms' platformConfigure(). Rectangles
outside are in native pixels of the active array, inside in pixels of the mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hil.catalog import Mode
from hil.sim.camera.formats import Platform
from hil.sim.libcamera.geometry import Point, Rectangle, Size, copy_rectangle
from hil.sim.libcamera.ids import ControlId, ControlInfo, control_info, controls

_NO_OUTPUT = (320, 240)
"""VC4 runs its ISP at this size where nobody asked for an output."""


@dataclass(slots=True)
class _Output:
    crop: Rectangle
    least: Size


class Crops:
    """The crops of a configured camera, one per output in the order they were asked for; VC4 has one for all."""

    def __init__(self, platform: Platform, mode: Mode, outputs: list[tuple[int, int]]) -> None:
        """`outputs`: sizes of the ISP outputs in the order of the configuration."""
        self._size = Size(*mode.size)
        self._analogue = Rectangle(*mode.crop)
        if platform.is_pisp:
            self._outputs = [self._output(size, _least_pisp(size, platform)) for size in outputs]
        else:
            largest = max(outputs, key=lambda size: size[0] * size[1], default=_NO_OUTPUT)
            self._outputs = [self._output(largest, Size(*platform.crop_min))]

    def _output(self, size: tuple[int, int], least: Size) -> _Output:
        return _Output(self._size.bounded_to_aspect_ratio(Size(*size)).centered_to(Rectangle(self._size).center), least)

    def advertised(self) -> dict[ControlId, ControlInfo]:
        """ScalerCrop's range in this configuration, and ScalerCrops' where there are two outputs."""
        if not self._outputs:
            return {}
        first = self._outputs[0]
        default = self._native(first.crop)
        found = {controls.ScalerCrop: control_info(self._native(Rectangle(first.least)), copy_rectangle(self._analogue), default)}
        if len(self._outputs) == 2:
            found[controls.rpi.ScalerCrops] = control_info(default, self._native(self._outputs[1].crop), default)
        return found

    def metadata(self) -> dict[ControlId, Any]:
        """What a request reports."""
        if not self._outputs:
            return {}
        crops = tuple(self._native(output.crop) for output in self._outputs)
        return {controls.ScalerCrop: crops[0]} | ({controls.rpi.ScalerCrops: crops} if len(crops) > 1 else {})

    def native(self, index: int) -> tuple[int, int, int, int]:
        """The crop of the output asked for as number `index`: left, top, width, height in the active array."""
        shown = self._native(self._outputs[min(index, len(self._outputs) - 1)].crop)
        return shown.x, shown.y, shown.width, shown.height

    def apply(self, given: dict[ControlId, Any]) -> bool:
        """Take ScalerCrop or ScalerCrops from a request's controls; whether anything changed."""
        several, one = given.get(controls.rpi.ScalerCrops), given.get(controls.ScalerCrop)
        if several is None and one is None:
            return False
        several = several if isinstance(several, tuple) else (several,) if several is not None else ()
        changed = False
        for index, output in enumerate(self._outputs):
            asked = several[index] if index < len(several) else one
            if asked is not None:
                crop = self._inside(asked, output.least)
                changed |= crop != output.crop
                output.crop = crop
        return changed

    def _inside(self, native: Rectangle, least: Size) -> Rectangle:
        """The crop in mode pixels: not below the ISP's least, about the same middle, within the picture."""
        if not native.width or not native.height:
            native = Rectangle(0, 0, 1, 1)
        moved = native.translated_by(Point(-self._analogue.x, -self._analogue.y))
        scaled = moved.scaled_by(self._size, self._analogue.size)
        size = scaled.size.expanded_to(least.expanded_to_aspect_ratio(native.size))
        return size.centered_to(scaled.center).enclosed_in(Rectangle(self._size))

    def _native(self, crop: Rectangle) -> Rectangle:
        return crop.scaled_by(self._analogue.size, self._size).translated_by(self._analogue.topLeft)


def _least_pisp(size: tuple[int, int], platform: Platform) -> Size:
    """(output - 1) / (input - 1) must stay below 16."""
    return Size(*platform.crop_min).expanded_to(Size((size[0] - 1) // 16 + 2, (size[1] - 1) // 16 + 2))
