"""Stream, StreamFormats, StreamConfiguration, SensorConfiguration and CameraConfiguration."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, SLF001

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hil.sim.libcamera import _enums
from hil.sim.libcamera._casters import Mismatch, instance, optional, sequence, uint32
from hil.sim.libcamera._pybind import accepts, field, make, overload, pybind11_object, readonly
from hil.sim.libcamera.color_space import ColorSpace, copy_color_space, name_of
from hil.sim.libcamera.formats import PixelFormat, copy_format, format_key
from hil.sim.libcamera.geometry import Rectangle, Size, SizeRange, copy_rectangle, copy_size

if TYPE_CHECKING:
    from hil.sim.libcamera.backend import CameraBackend


class Stream(pybind11_object):
    """One output of a camera: the same object for the camera's whole life, whatever its configuration."""

    _configuration: StreamConfiguration | None
    configuration: StreamConfiguration = readonly()


def stream() -> Stream:
    """A new stream, not configured yet."""
    return make(Stream, _configuration=None)


# Sizes libcamera tries in a continuous range (stream.cpp); it returns those that fit, in its order of sizes.
_COMMON = (
    "160x120 240x160 320x240 400x240 480x320 640x360 640x480 720x480 720x576 768x480 800x600 854x480 960x540 960x640 1024x576 1024x600 "
    "1024x768 1152x864 1280x1024 1280x1080 1280x720 1280x800 1360x768 1366x768 1400x1050 1440x900 1536x864 1600x1200 1600x900 1680x1050 "
    "1920x1080 1920x1200 2048x1080 2048x1152 2048x1536 2160x1080 2560x1080 2560x1440 2560x1600 2560x2048 2960x1440 3200x1800 3200x2048 "
    "3200x2400 3440x1440 3840x1080 3840x1600 3840x2160 3840x2400 4096x2160 5120x2160 5120x2880 7680x4320"
)
_COMMON_SIZES = tuple(Size(*map(int, text.split("x"))) for text in _COMMON.split())


class StreamFormats(pybind11_object):
    """Pixel formats, each with the sizes it comes in."""

    _formats: dict[tuple[int, int], tuple[SizeRange, ...]]

    @property
    def pixel_formats(self) -> list[PixelFormat]:
        return [PixelFormat(*key) for key in self._formats]

    @accepts(instance(PixelFormat))
    def sizes(self, pixel_format: PixelFormat) -> list[Size]:
        ranges = self._formats.get(format_key(pixel_format), ())
        if len(ranges) == 1 and ranges[0].min != ranges[0].max:
            return sorted(size._copy() for size in _COMMON_SIZES if ranges[0].contains(size))
        return sorted(each.min._copy() for each in ranges)

    @accepts(instance(PixelFormat))
    def range(self, pixel_format: PixelFormat) -> SizeRange:
        ranges = self._formats.get(format_key(pixel_format), ())
        if not ranges:
            return SizeRange()
        if len(ranges) == 1:
            return SizeRange(ranges[0].min, ranges[0].max, ranges[0].hStep, ranges[0].vStep)
        return SizeRange(sorted(each.min for each in ranges)[0], sorted(each.max for each in ranges)[-1], 0, 0)


def stream_formats(table: Mapping[str, Sequence[SizeRange]]) -> StreamFormats:
    """StreamFormats from format name -> its ranges: one range, or a range of one size for each discrete size."""
    # libcamera keeps them in a std::map, so they come sorted by fourcc, then modifier.
    keyed = sorted((format_key(PixelFormat(name)), tuple(ranges)) for name, ranges in table.items())
    return make(StreamFormats, _formats=dict(keyed))


class StreamConfiguration(pybind11_object):
    """What one stream is asked to deliver; backends adjust it in validate()."""

    _stream: Stream | None
    _size: Size
    _pixel_format: PixelFormat
    _stride: int
    _frame_size: int
    _buffer_count: int
    _formats: StreamFormats
    _color_space: ColorSpace | None
    stream: Stream | None = readonly()
    size: Size = field(copy_size)
    pixel_format: PixelFormat = field(copy_format)
    stride: int = field(uint32)
    frame_size: int = field(uint32)
    buffer_count: int = field(uint32)
    formats: StreamFormats = readonly()
    color_space: ColorSpace | None = field(optional(copy_color_space))

    def __str__(self) -> str:
        return f"{self._size}-{self._pixel_format}/{name_of(self._color_space)}"


def stream_configuration(
    formats: StreamFormats,
    *,
    size: Size,
    pixel_format: PixelFormat,
    buffer_count: int,
    color_space: ColorSpace | None,
    stride: int = 0,
    frame_size: int = 0,
) -> StreamConfiguration:
    """A StreamConfiguration for a backend to offer."""
    made = make(StreamConfiguration, _formats=formats, _stream=None)
    made.size, made.pixel_format, made.color_space = size, pixel_format, color_space
    made.buffer_count, made.stride, made.frame_size = buffer_count, stride, frame_size
    return made


def _tuple_of(count: int, message: str) -> Any:
    def cast(value: Any) -> tuple[int, ...]:
        try:
            numbers = sequence(uint32)(value)
        except Mismatch:
            wanted = "std::vector<unsigned int, std::allocator<unsigned int> >"
            raise RuntimeError(f"Unable to cast Python instance of type {type(value)} to C++ type '{wanted}'") from None
        if len(numbers) != count:
            raise RuntimeError(message)
        return tuple(numbers)

    return cast


class SensorConfiguration(pybind11_object):
    """A sensor readout asked for by name, as `CameraConfiguration.sensor_config`."""

    _bit_depth: int
    _analog_crop: Rectangle
    _binning: tuple[int, ...]
    _skipping: tuple[int, ...]
    _output_size: Size
    bit_depth: int = field(uint32)
    analog_crop: Rectangle = field(copy_rectangle)
    binning: Any = field(_tuple_of(2, "binning requires iterable of 2 values"))
    skipping: Any = field(_tuple_of(4, "skipping requires iterable of 4 values"))
    output_size: Size = field(copy_size)

    def __init__(self, *args: Any) -> None:
        overload(self, args, ())
        self._bit_depth, self._analog_crop, self._output_size = 0, Rectangle(), Size()
        self._binning, self._skipping = (1, 1), (1, 1, 1, 1)

    def is_valid(self) -> bool:
        return bool(self._bit_depth and all(self._binning) and all(self._skipping) and not self._output_size.is_null)


def _copy_sensor_configuration(value: Any) -> SensorConfiguration:
    given, copied = instance(SensorConfiguration)(value), SensorConfiguration()
    copied.bit_depth, copied.analog_crop, copied.output_size = given.bit_depth, given.analog_crop, given.output_size
    copied.binning, copied.skipping = given.binning, given.skipping
    return copied


class CameraConfiguration(pybind11_object):
    """The streams a camera is asked for, and how; `validate()` lets the camera adjust it."""

    _backend: CameraBackend
    _streams: list[StreamConfiguration]
    _sensor_config: SensorConfiguration | None
    _orientation: Any
    Status = _enums.named("CameraConfiguration.Status")
    sensor_config: SensorConfiguration | None = field(optional(_copy_sensor_configuration))
    orientation: Any = field(instance(_enums.Orientation))

    def __iter__(self) -> Iterator[StreamConfiguration]:
        return iter(self._streams)

    def __len__(self) -> int:
        return len(self._streams)

    def validate(self) -> Any:
        return self._backend.validate(self)

    @accepts(uint32)
    def at(self, index: int) -> StreamConfiguration:
        return self._streams[index]

    @property
    def size(self) -> int:
        return len(self._streams)

    @property
    def empty(self) -> bool:
        return not self._streams


def camera_configuration(backend: CameraBackend, streams: Sequence[StreamConfiguration]) -> CameraConfiguration:
    """A CameraConfiguration of `backend` with these streams, upright and without a sensor configuration."""
    return make(CameraConfiguration, _backend=backend, _streams=list(streams), _sensor_config=None, _orientation=_enums.Orientation.Rotate0)
