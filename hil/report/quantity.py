"""A measurement in words and figures: its name as a heading, its value in a unit that suits its size.

Only for reading: records keep the unit in which was measured and judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hil.report.figures import Figures, duration, figures, short
from hil.report.jsontext import number

Told = Mapping[str, Any]
"""A measurement, statement or test as the record holds it."""

LARGE = 1e6
_LARGER = {"us": ("s", 1e6), "ns": ("s", 1e9), "Hz": ("MHz", 1e6)}
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
_DROPPED = frozenset({"us", "ms", "s", "ns", "hz", "mhz", "v", "mv", "dn", "frames"})


_PLAIN = {
    "dropped_frames_sensor": "dropped by the sensor",
    "dropped_frames_host": "not fetched by the host",
    "trigger_extra_frames": "trigger extra frames",
    "sync_frames": "sync frames",
}


def label(name: str, unit: str = "") -> str:
    """A name as a heading: "frame_rate" -> "frame rate"; its unit at its end is dropped: "offset_us" in us -> "offset"."""
    if name in _PLAIN:
        return _PLAIN[name]
    last = f"_{unit.lower()}"
    bare = name[: -len(last)] if unit.lower() in _DROPPED and name.lower().endswith(last) and len(name) > len(last) else name
    return bare.replace("_", " ")


def called(group: Sequence[Told]) -> str:
    """What measurements of one name are called. A plan caps exposures, and then the longest is not the sensor's: it says what was asked."""
    first = group[0]
    asked = {(one["conditions"] or {}).get("exposure_us") for one in group}
    if first["name"] != "exposure_longest" or None in asked:
        return label(first["name"], first["unit"])
    return "exposure asked" + (f" ({number(asked.pop()) / 1e6:.4g} s)" if len(asked) == 1 else "")


def figures_of(one: Told, among: Iterable[Told] = ()) -> Figures:
    """The texts of a measurement as the record holds it; `among` are the rows it is shown with, which share its unit."""
    unit, factor = _suiting(one["unit"], [one, *among])
    value, u, lower, upper = (None if one[key] is None else number(one[key]) / factor for key in ("value", "u", "lower", "upper"))
    wider = coverage(one) / 2  # `figures` shows 2 u
    return replace(figures(math.nan if value is None else value, (u or 0.0) * wider, lower, upper), unit=unit)


def coverage(one: Told) -> float:
    """The factor k from a measurement's u to its U; 2 where the record does not say."""
    k = number(one.get("k"))
    return k if math.isfinite(k) and k > 0 else 2.0


def condition(key: str, value: Any) -> str:
    """A condition in words: "exposure_us": 112015264 -> "exposure 112 s"; a value in words stands alone: "asked_hz": "fastest"."""
    name, _, unit = key.rpartition("_")
    if not key or (unit in (*_SECONDS, "hz") and isinstance(value, str)):
        return str(value)
    if unit == "hz" and isinstance(value, int | float):
        return f"{label(name)} {value:.4g} Hz"
    if unit in _SECONDS and isinstance(value, int | float):
        seconds = float(value) * _SECONDS[unit]
        return f"{label(name)} {duration(seconds) if seconds >= 10 else f'{value:.4g} {unit}'}"
    return f"{label(key)} {short(value) if isinstance(value, float) else value}"


def _suiting(unit: str, rows: Iterable[Told]) -> tuple[str, float]:
    """The unit in which to show these values, and what to divide them by: 112015096 us is 112.015096 s."""
    values = (abs(number(one["value"])) for one in rows)
    return (
        _LARGER[unit] if unit in _LARGER and max((value for value in values if math.isfinite(value)), default=0.0) >= LARGE else (unit, 1.0)
    )
