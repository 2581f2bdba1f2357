"""Estimators: numpy in, Measurement out. No devices, no clock, no chance.

A name is imported when it is first asked for: whoever only reads measurements, as every report does, waits for no numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOME = {
    "errors": ("EstimatorError",),
    "exposure": ("LevelLine", "exposure_by_interval", "exposure_offset", "level_line"),
    "image": ("Content", "content", "frozen", "row_profile"),
    "light": ("LightReading", "Link", "Range", "exposure_by_light", "light_reading"),
    "measurement": ("Measurement", "Series"),
    "pulsed": ("ExposureLine", "exposure_line"),
    "timing": ("FrameTiming", "frame_timing"),
}


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOME.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
