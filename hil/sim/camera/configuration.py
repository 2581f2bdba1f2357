"""Stream configurations as libcamera's Raspberry Pi pipeline handlers generate, validate and plan them.

Source: libcamera v0.7.1, src/libcamera/pipeline/rpi (pipeline_base.cpp, vc4/vc4.cpp, pisp/pisp.cpp).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hil.catalog import Mode, Sensor
from hil.sim.camera import formats
from hil.sim.camera.formats import Platform, Raw
from hil.sim.libcamera import _enums
from hil.sim.libcamera.color_space import ColorSpace
from hil.sim.libcamera.formats import PixelFormat
from hil.sim.libcamera.geometry import Size, SizeRange
from hil.sim.libcamera.stream import (
    CameraConfiguration,
    StreamConfiguration,
    StreamFormats,
    camera_configuration,
    stream_configuration,
    stream_formats,
)

Status = CameraConfiguration.Status
_DEFAULT_RAW_BITS = 12
_PENALTY_ASPECT, _PENALTY_BITS = 1500.0, 500.0

# Media bus codes in include/uapi/linux/media-bus-format.h: libcamera walks a sensor's formats in their order.
_BUS_CODE = {
    ("BGGR", 8): 0x3001, ("GRBG", 8): 0x3002, ("GBRG", 8): 0x3013, ("RGGB", 8): 0x3014,
    ("BGGR", 10): 0x3007, ("GRBG", 10): 0x300A, ("GBRG", 10): 0x300E, ("RGGB", 10): 0x300F,
    ("BGGR", 12): 0x3008, ("GBRG", 12): 0x3010, ("GRBG", 12): 0x3011, ("RGGB", 12): 0x3012,
}  # fmt: skip

# Flips (horizontal, vertical) of the orientations that need no transposition.
_FLIPS = {1: (False, False), 2: (True, False), 3: (True, True), 4: (False, True)}
_ROTATE_0, _ROTATE_180 = 1, 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a validated configuration comes to."""

    mode: Mode
    cfa: str
    """Bayer order in the buffer, after the sensor's flips."""
    hflip: bool
    vflip: bool
    """How the picture is mirrored against an upright one."""
    raw: int | None
    """Which entry of the configuration is the raw stream."""
    outputs: tuple[int, ...]
    """Which entries are ISP outputs, the largest first."""


class Configurator:
    """Everything about configurations of one camera on one platform."""

    def __init__(self, platform: Platform, sensor: Sensor, modes: Iterable[Mode]) -> None:
        """`modes`: those that the sensor offers now; HDR on the sensor changes them."""
        self.platform, self.sensor = platform, sensor
        self.modes = sorted(modes, key=lambda mode: (_BUS_CODE.get((sensor.cfa, mode.bits), 0), mode.size[0] * mode.size[1], mode.size[0]))

    # -- generate -----------------------------------------------------------------------------------------------------

    def generate(self, backend: Any, roles: Sequence[Any]) -> CameraConfiguration | None:
        """One stream per role; None for a role that the Raspberry Pi does not know."""
        entries = [self._entry(role) for role in roles]
        if any(entry is None for entry in entries):
            return None
        return camera_configuration(backend, [entry for entry in entries if entry is not None])

    def _entry(self, role: Any) -> StreamConfiguration | None:
        full = Size(*self.sensor.active_size)
        match role.name:
            case "Raw":
                best = self.best_mode(self.sensor.active_size, _DEFAULT_RAW_BITS)
                return self._stream(self._raw_formats(), full, self._native(best.bits).name, 2, ColorSpace.Raw())
            case "StillCapture":
                return self._stream(self._output_formats(), full, "YUV420", 1, ColorSpace.Sycc())
            case "VideoRecording":
                return self._stream(self._output_formats(), Size(1920, 1080), "YUV420", 4, ColorSpace.Rec709())
            case "Viewfinder":
                return self._stream(self._output_formats(), Size(800, 600), "XRGB8888", 4, ColorSpace.Sycc())
        return None

    def _stream(self, offered: StreamFormats, size: Size, name: str, buffers: int, space: ColorSpace) -> StreamConfiguration:
        return stream_configuration(offered, size=size, pixel_format=PixelFormat(name), buffer_count=buffers, color_space=space)

    def _native(self, bits: int) -> Raw:
        return Raw(self.sensor.cfa, bits, "CSI2")

    def _raw_formats(self) -> StreamFormats:
        table: dict[str, list[SizeRange]] = {}
        for mode in self.modes:
            table.setdefault(self._native(mode.bits).name, []).append(SizeRange(Size(*mode.size)))
        return stream_formats(table)

    def _output_formats(self) -> StreamFormats:
        sizes = SizeRange(Size(*self.platform.size_min), Size(*self.sensor.active_size), 2, 2)
        return stream_formats({name: [sizes] for name in self.platform.outputs})

    # -- which mode ---------------------------------------------------------------------------------------------------

    def best_mode(self, size: tuple[int, int], bits: int) -> Mode:
        """The sensor mode for a size and depth (CameraData::findBestFormat); of equal ones the last."""
        best, least = self.modes[0], float("inf")
        for mode in self.modes:
            score = _score(size[0], mode.size[0]) + _score(size[1], mode.size[1])
            score += _PENALTY_ASPECT * _score(size[0] / size[1], mode.size[0] / mode.size[1])
            score += abs(mode.bits - bits) * _PENALTY_BITS
            if score <= least:
                best, least = mode, score
        return best

    # -- validate -----------------------------------------------------------------------------------------------------

    def validate(self, config: CameraConfiguration) -> Any:
        """Adjust `config` in place; Valid, Adjusted or Invalid."""
        return self.plan(config)[0]

    def plan(self, config: CameraConfiguration) -> tuple[Any, Plan | None]:
        """Validate, and what would be configured; no plan where the configuration is Invalid."""
        entries, wanted = list(config), config.sensor_config
        if not entries or (wanted is not None and not wanted.is_valid()):
            return Status.Invalid, None
        adjusted = _share_colour_space(entries)
        sensor_flips, picture_flips, turned = self._transform(config)
        raws = _largest_first(entries, raw=True)
        outputs = _largest_first(entries, raw=False)
        if len(raws) > 1 or len(outputs) > 2:
            return Status.Invalid, None
        mode = self._mode_for(wanted, entries, raws, outputs)
        if wanted is not None and (mode.bits != wanted.bit_depth or Size(*mode.size) != wanted.output_size):
            return Status.Invalid, None
        cfa = formats.flipped(self.sensor.cfa, hflip=sensor_flips[0], vflip=sensor_flips[1])
        adjusted |= turned
        for index in raws:
            adjusted |= self._fit_raw(entries[index], mode, cfa)
        for index in outputs:
            adjusted |= self._fit_output(entries[index], mode, entries[outputs[0]])
        plan = Plan(mode, cfa, *picture_flips, raws[0] if raws else None, tuple(outputs))
        return (Status.Adjusted if adjusted else Status.Valid), plan

    def _transform(self, config: CameraConfiguration) -> tuple[tuple[bool, bool], tuple[bool, bool], bool]:
        """Flips of the sensor, flips of the picture, and whether the orientation had to be changed."""
        mounted = _ROTATE_180 if self.sensor.rotation_dt == 180 else _ROTATE_0
        asked = int(config.orientation)
        if asked not in _FLIPS:
            config.orientation = _enums.Orientation(mounted)
            return (False, False), _FLIPS[mounted], True
        (hflip, vflip), (mount_h, mount_v) = _FLIPS[asked], _FLIPS[mounted]
        return (hflip != mount_h, vflip != mount_v), (hflip, vflip), False

    def _mode_for(self, wanted: Any, entries: list[StreamConfiguration], raws: list[int], outputs: list[int]) -> Mode:
        if wanted is not None:
            return self.best_mode((wanted.output_size.width, wanted.output_size.height), wanted.bit_depth)
        size = entries[(raws or outputs)[0]].size
        asked = formats.raw(str(entries[raws[0]].pixel_format)) if raws else None
        return self.best_mode((max(size.width, 1), max(size.height, 1)), asked.bits if asked else _DEFAULT_RAW_BITS)

    def _fit_raw(self, entry: StreamConfiguration, mode: Mode, cfa: str) -> bool:
        asked = formats.raw(str(entry.pixel_format))
        assert asked is not None  # that is what made it a raw stream
        fits = self.platform.raw_format(Raw(cfa, asked.bits, asked.packing), mode.bits)
        adjusted = _set(entry, fits.name, mode.size)
        entry.stride, entry.frame_size = self.platform.raw_layout(fits, mode.size, entry.stride)
        return adjusted

    def _fit_output(self, entry: StreamConfiguration, mode: Mode, largest: StreamConfiguration) -> bool:
        name = str(entry.pixel_format)
        if name not in self.platform.outputs:
            name = "YUV420"
        size = self._output_size(entry.size, mode, largest.size)
        adjusted = _set(entry, name, size)
        entry.stride, entry.frame_size = self.platform.output_layout(name, size, entry.stride)
        return adjusted

    def _output_size(self, size: Size, mode: Mode, largest: Size) -> tuple[int, int]:
        width, height = max(size.width, self.platform.size_min[0]), max(size.height, self.platform.size_min[1])
        if self.platform.is_pisp:
            width, height = _least_downscale((width, height), mode.size)
        return min(_even(width), largest.width), min(_even(height), largest.height)


def _score(desired: float, actual: float) -> float:
    score = desired - actual
    if score < 0.0:
        score = -score / 8
    return score * 2 if actual != desired else score


def _largest_first(entries: list[StreamConfiguration], *, raw: bool) -> list[int]:
    chosen = [index for index, entry in enumerate(entries) if (formats.raw(str(entry.pixel_format)) is not None) is raw]
    return sorted(chosen, key=lambda index: (-entries[index].size.width * entries[index].size.height, -entries[index].size.width))


def _set(entry: StreamConfiguration, name: str, size: tuple[int, int]) -> bool:
    """Give the entry a format and size; whether that changed anything."""
    if str(entry.pixel_format) == name and (entry.size.width, entry.size.height) == size:
        return False
    entry.pixel_format, entry.size = PixelFormat(name), Size(*size)
    return True


def _least_downscale(size: tuple[int, int], mode_size: tuple[int, int]) -> tuple[int, int]:
    """PiSP shrinks by 64 at most; smaller outputs grow, keeping their shape (platformValidate)."""
    bounded = Size(*mode_size).bounded_to_aspect_ratio(Size(*size))
    least_width, least_height = _even(-(-bounded.width // 64)), _even(-(-bounded.height // 64))
    width, height = size
    if width < least_width:
        width, height = least_width, _even(height * least_width // width)
    if height < least_height:
        width, height = _even(width * least_height // height), least_height
    return width, height


def _even(value: int) -> int:
    return (value + 1) & ~1


_SPACES = ("Sycc", "Smpte170m", "Rec709")


def _share_colour_space(entries: list[StreamConfiguration]) -> bool:
    """All processed streams get one colour space, RGB ones its full-range form without encoding (validateColorSpaces)."""
    raws = [formats.raw(str(entry.pixel_format)) is not None for entry in entries]
    given = (_standard(entry.color_space) for entry, raw in zip(entries, raws, strict=True) if not raw and entry.color_space is not None)
    yuv: ColorSpace = getattr(ColorSpace, next((name for name in given if name), "Sycc"))()
    rgb = ColorSpace(yuv.primaries, yuv.transferFunction, ColorSpace.YcbcrEncoding.Null, ColorSpace.Range.Full)
    adjusted = False
    for entry, raw in zip(entries, raws, strict=True):
        fits = ColorSpace.Raw() if raw else yuv if formats.is_yuv(str(entry.pixel_format)) else rgb
        # An RGB stream may be asked for in the YUV form as well; no colour space at all is no adjustment either.
        fine = entry.color_space is None or _same(entry.color_space, fits) or (fits is rgb and _same(entry.color_space, yuv))
        adjusted |= not fine
        entry.color_space = fits
    return adjusted


def _standard(space: ColorSpace) -> str:
    """Which of the colour spaces that the drivers know has these primaries and transfer function; "" for none."""
    for name in _SPACES:
        standard: ColorSpace = getattr(ColorSpace, name)()
        if (standard.primaries, standard.transferFunction) == (space.primaries, space.transferFunction):
            return name
    return ""


def _same(one: ColorSpace, other: ColorSpace) -> bool:
    return one._fields() == other._fields()
