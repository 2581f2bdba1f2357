"""Units as other systems write them: suffix, name and code of UN/ECE Recommendation 20, for those in which we measure.

The codes are the recommendation's (revision 17), as OpenHTF's table has them too. What is counted in things of its own (frames, pulses,
DN) is "one" (C62) to the recommendation; the thing stays in the suffix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit for exports."""

    suffix: str
    """As it is written behind a number: "µs"."""
    name: str
    code: str | None
    """UN/ECE Recommendation 20."""


_KNOWN: Final = {
    unit.suffix: unit
    for unit in (
        Unit("Hz", "hertz", "HTZ"),
        Unit("kHz", "kilohertz", "KHZ"),
        Unit("MHz", "megahertz", "MHZ"),
        Unit("s", "second [unit of time]", "SEC"),
        Unit("ms", "millisecond", "C26"),
        Unit("µs", "microsecond", "B98"),
        Unit("ns", "nanosecond", "C47"),
        Unit("V", "volt", "VLT"),
        Unit("mV", "millivolt", "2Z"),
        Unit("mA", "milliampere", "4K"),
        Unit("°C", "degree Celsius", "CEL"),
        Unit("%", "percent", "P1"),
        Unit("ppm", "part per million", "59"),
    )
}
_OURS: Final = {"us": "µs"}


def unit(ours: str) -> Unit | None:
    """The unit that a measurement states; None for a number without one."""
    suffix = _OURS.get(ours, ours)
    return (_KNOWN.get(suffix) or Unit(suffix, suffix, "C62")) if suffix else None
