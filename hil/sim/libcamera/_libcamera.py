"""Everything the real extension module `libcamera._libcamera` has, under its names."""

from __future__ import annotations

from hil.sim.libcamera._casters import Mismatch, string
from hil.sim.libcamera._enums import ControlType, Orientation, StreamRole
from hil.sim.libcamera._pybind import convert
from hil.sim.libcamera._signatures import mismatch, overloads
from hil.sim.libcamera.buffers import FrameBuffer, FrameBufferAllocator, FrameMetadata
from hil.sim.libcamera.camera import Camera, CameraManager
from hil.sim.libcamera.color_space import ColorSpace
from hil.sim.libcamera.formats import PixelFormat, formats
from hil.sim.libcamera.geometry import Point, Rectangle, Size, SizeRange
from hil.sim.libcamera.ids import ControlId, ControlInfo, controls, properties
from hil.sim.libcamera.request import Request
from hil.sim.libcamera.stream import CameraConfiguration, SensorConfiguration, Stream, StreamConfiguration, StreamFormats
from hil.sim.libcamera.transform import Transform


def log_set_level(*args: str) -> None:
    """Take a log level for a category; the stand-in logs nothing."""
    try:
        convert(args, {}, (string, string))
    except Mismatch:
        raise mismatch("log_set_level", overloads("log_set_level"), args) from None


__all__ = [
    "Camera",
    "CameraConfiguration",
    "CameraManager",
    "ColorSpace",
    "ControlId",
    "ControlInfo",
    "ControlType",
    "FrameBuffer",
    "FrameBufferAllocator",
    "FrameMetadata",
    "Orientation",
    "PixelFormat",
    "Point",
    "Rectangle",
    "Request",
    "SensorConfiguration",
    "Size",
    "SizeRange",
    "Stream",
    "StreamConfiguration",
    "StreamFormats",
    "StreamRole",
    "Transform",
    "controls",
    "formats",
    "log_set_level",
    "properties",
]
