"""Where a camera's link clock lands among radio bands.

A D-PHY lane at link frequency f carries 2f bits a second, so its byte clock is f / 4. At 450 MHz its 14th harmonic is 1575.0 MHz,
0.42 MHz from GPS L1. No source states which internal clock radiates: this is arithmetic, a reason to look, not a verdict.
Sources: raspberrypi/libcamera #43, raspberrypi/linux #6004.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from hil.catalog._lookup import find
from hil.catalog._toml import facts, load
from hil.catalog.facts import Fact

BYTE_CLOCK_DIVISOR = 4


@dataclass(frozen=True, slots=True)
class Band:
    """A radio band by its centre."""

    name: str
    aliases: tuple[str, ...]
    centre_hz: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Harmonic:
    """The harmonic of a byte clock nearest to a band."""

    n: int
    hz: float
    distance_hz: float
    """Harmonic minus band: negative below the band."""

    @property
    def mhz(self) -> float:
        """The harmonic in MHz."""
        return self.hz / 1e6


@cache
def bands() -> tuple[Band, ...]:
    """The bands that a source names."""
    return tuple(_band(entry) for entry in load("bands.toml")["band"])


def band(name: str) -> Band:
    """The band of that name or alias; an unknown one is a UserError with the nearest name."""
    return find(bands(), name, "radio band")


def harmonic_near(link_hz: float, band_hz: float) -> Harmonic:
    """The harmonic of the byte clock of a link at `link_hz` nearest to `band_hz`, never the zeroth. Both in Hz, above zero."""
    if not (link_hz > 0 and band_hz > 0):
        raise ValueError(f"frequencies are above zero, not {link_hz!r} and {band_hz!r}")
    clock = link_hz / BYTE_CLOCK_DIVISOR
    n = max(1, round(band_hz / clock))
    return Harmonic(n, n * clock, n * clock - band_hz)


def _band(entry: dict[str, Any]) -> Band:
    known = facts(entry["name"], entry)
    return Band(entry["name"], tuple(entry["aliases"]), known.integer("centre_hz"), known["centre_hz"])
