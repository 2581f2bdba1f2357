"""Estimators: numpy in, Measurement out. No devices, no clock, no chance."""

from hil.measure.errors import EstimatorError
from hil.measure.exposure import LevelLine, exposure_by_interval, exposure_offset, level_line
from hil.measure.image import Content, content, frozen, row_profile
from hil.measure.light import LightReading, Link, Range, exposure_by_light, light_reading
from hil.measure.measurement import Measurement, Series
from hil.measure.pulsed import ExposureLine, exposure_line
from hil.measure.timing import FrameTiming, frame_timing

__all__ = [
    "Content",
    "EstimatorError",
    "ExposureLine",
    "FrameTiming",
    "LevelLine",
    "LightReading",
    "Link",
    "Measurement",
    "Range",
    "Series",
    "content",
    "exposure_by_interval",
    "exposure_by_light",
    "exposure_line",
    "exposure_offset",
    "frame_timing",
    "frozen",
    "level_line",
    "light_reading",
    "row_profile",
]
