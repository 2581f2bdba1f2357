"""A long exposure of a global shutter by light: flashes just inside and just outside each of its ends.

All rows see the same, so no row shows where an exposure begins. Which frame gathers a flash does: one shortly before a frame is read out
belongs to it, one shortly after to the next. Flashes across both ends of one exposure put each of them between two instants, and how far
these are apart is told by the clock that places the flashes, not by time stamps of frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hil.checks.by_flash import NAME, SATURATED, SaturatedError
from hil.checks.by_light import TARGET
from hil.checks.diagnosis import measured_by_light
from hil.measure import EstimatorError, Measurement
from hil.measure.budget import rectangular
from hil.measure.looks import RowLook, Rows

if TYPE_CHECKING:
    from hil.catalog import Mode
    from hil.checks.strobes import Strobe
    from hil.drivers.camera import Camera
    from hil.drivers.frames import Burst

FRAMES = 4
"""The frame before, the one that is measured, the one after, and one without a flash."""

SHORTEST_S = 8.0
"""In shorter exposures the distance of the flashes from the ends would be too large a part."""

NEAR_US, NEAR_PPM = 250.0, 25.0
"""How far from an end the flashes of a pin of the host are: what time stamps and a program are late at most, and what an NTP client may
slew the host's clock against the camera's in one exposure."""

USB_US, U_USB_US = 2_500.0, 500.0
"""What a Pico begins late, for it is asked over USB; and the half width by which that differs from one time to the next (type B)."""

PIN_US = 30.0
"""Half width of what a program switches a pin late by, differently at each flash (type B, rectangular)."""

FILL, WIDTH_US = 0.25, 200.0
"""Part of the range that the flashes at one end fill, and what they last together at most: those of both ends fall into one frame."""


@dataclass(frozen=True)
class Comb:
    """Flashes across one end."""

    flashes: int
    spacing_us: float
    width_us: float
    late_us: float
    """What they come later than asked for."""
    u_late_us: float
    """Half width of how that differs between two combs."""

    @classmethod
    def of(cls, strobe: Strobe, period_us: float, filled_us: float | None) -> Comb:
        """One on each side of the end where the host's own pin makes them; many, seldom as late as the next, where a Pico does."""
        lit_us = WIDTH_US if filled_us is None else min(WIDTH_US, FILL / TARGET * filled_us)
        if strobe.follows_trigger:
            return cls(64, 125.0, lit_us / 64, USB_US, U_USB_US)
        return cls(2, 2.0 * (NEAR_US + NEAR_PPM * 1e-6 * period_us), lit_us / 2, 0.0, PIN_US)

    def play(self, strobe: Strobe, end_us: float) -> float:
        """Play it, its middle `end_us` from now; returns when its first flash begins, from now."""
        start_us = end_us - 0.5 * (self.flashes - 1) * self.spacing_us - 0.5 * self.width_us
        asked_us = [start_us - self.late_us + number * self.spacing_us for number in range(self.flashes)]
        strobe.play(asked_us, self.width_us, period_us=self.spacing_us)
        return start_us

    def place_us(self, inside: float) -> float:
        """Where an end is of which so many flashes came before, after the first one began."""
        return (inside - 0.5) * self.spacing_us + 0.5 * self.width_us

    @property
    def half_us(self) -> float:
        """Half width of where one end may be."""
        return math.hypot(0.5 * self.spacing_us * (1.0 if self.flashes == 2 else 2.0), self.u_late_us)


def measure(camera: Camera, strobe: Strobe, mode: Mode, burst: Burst, filled_us: float | None) -> Measurement:
    """The exposure in us. The camera still streams the long exposures of which `burst`, two or more frames, has just come.

    RigError where no flash is seen, or in another frame than it should be; SaturatedError where other light drowns them. `filled_us`: what
    the strobe's steady light needs to fill `hil.checks.by_light.TARGET` of the range; None: not known.
    """
    period_ns = float(np.median(np.diff(burst.timestamps_ns)))
    comb = Comb.of(strobe, period_ns / 1e3, filled_us)
    full, clock = (1 << mode.bits) - 1, camera.host.clock
    last_ns, looks, starts_us = float(burst.timestamps_ns[-1]), [], []
    try:
        for number in range(FRAMES):
            if number < 2:
                now_ns = clock.now_ns()
                starts_us.append(now_ns / 1e3 + comb.play(strobe, (last_ns + period_ns - now_ns) / 1e3))
            taken, found = camera.reduce_raw(Rows(full))
            last_ns = float(taken.timestamps_ns[-1])
            looks += found
    finally:
        strobe.off()
    if looks[-1].mean_dn > SATURATED * full:
        raise SaturatedError
    asked = f"{camera.name}: its long exposure by flashes at its ends"
    with measured_by_light(asked, camera.name, "is the LED in the picture, and is it dark otherwise?"):
        return _exposure(looks, comb, starts_us[1] - starts_us[0])


def _exposure(looks: list[RowLook], comb: Comb, apart_us: float) -> Measurement:
    *lit, dark = (look.mean_dn for look in looks)
    one = (sum(lit) - len(lit) * dark) / (2.0 * comb.flashes)
    noise = max(float(look.means_dn.std()) for look in looks) / len(looks[-1].means_dn) ** 0.5
    if one * comb.flashes < max(6.0 * noise, 1.0):
        raise EstimatorError(f"no flash is seen: {one * comb.flashes:.2g} DN more than {dark:.4g} DN without")
    before, during, after = (round((level - dark) / one) for level in lit)
    # At an end that lies among many flashes one may fall between two frames; of two flashes, none.
    lost = 0 if comb.flashes == 2 else 2
    if not (0 < before < comb.flashes and 0 < after < comb.flashes and abs(before + during + after - 2 * comb.flashes) <= lost):
        seen = f"{before} fell into the frame before, {during} into the one measured, {after} into the one after"
        raise EstimatorError(f"of {comb.flashes} flashes across each end {seen}")
    value = apart_us + comb.place_us(comb.flashes - after) - comb.place_us(before)
    budget = (
        rectangular("start, between two flashes", comb.half_us),
        rectangular("end, between two flashes", comb.half_us),
        rectangular("host clock, 50 ppm", value * 50e-6),
    )
    return Measurement.of(NAME, value, "us", budget, FRAMES, "flashes just inside and just outside each end")
