"""The shortest exposure by light: a chain of level ratios from a reference of many whole lines down to the fewest.

Steady light, gain fixed within each step. The first step is taken at the lowest gain, the second at one so much higher that the
bridge exposure fills the range again. Two fitted lines, one at each gain, give black, what is added to every exposure, and how
straight the sensor is. Metadata's exposure labels the settings; for the shortest it is not believed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hil import catalog
from hil.checks.case import START_S, Case
from hil.checks.diagnosis import measured_by_light
from hil.checks.notebook import Notebook
from hil.drivers.camera import Camera
from hil.judge.limits import characteristic
from hil.measure import (
    LevelLine,
    LightReading,
    Link,
    Measurement,
    Range,
    exposure_by_light,
    exposure_offset,
    level_line,
    light_reading,
)
from hil.measure.light import HIGHEST, LOWEST
from hil.measure.looks import Planes

NAMES = ("exposure_shortest", "exposure_offset", "exposure_nonlinearity")

FRAMES = 5
SETTLE = 2

TARGET = 0.70
"""Part of the range that the reference fills: below `HIGHEST` with room for a light that is not quite uniform."""

LEAST = 0.062
"""Part of the range that the dark end of a step fills: above `LOWEST` with room for rounding to whole lines."""

NEAR_TARGET = 0.04

SATURATED = 0.85
"""Part of full scale from where a level is not believed to follow the light."""

SHARES = (0.12, 0.3, 0.5, 0.7, 0.85)
"""Of the way from the shortest to the longest exposure at a gain: the points of the fitted line between its ends."""

SHORT_SHARE = 0.12
"""Shortest exposure of the line at the higher gain, in parts of its longest."""

LEAST_RISE, WANTED_RISE = 1.8, 4.0
"""Higher gain over lower one: the lines at the two must differ to tell black from what is added to every exposure. The wanted one where
that leaves room for the bridge."""

FEWEST_STEPS = 9
"""Steps of exposure in the bridge, so that the points of its line are different exposures."""

PROBES = 8
SECONDS = (PROBES / 2 + 2 * (len(SHARES) + 2) + 1) * (START_S + 0.15)

LONGEST_REFERENCE_S = 0.2
"""A light that needs longer than this for `TARGET` is too weak for any shortest exposure."""


class UnfitLightError(Exception):
    """The light is too weak, or too strong, for a chain down to the shortest exposure: neither the rig's fault nor the unit's."""


@dataclass(frozen=True)
class Frames:
    """Frames of one setting, reduced to what is needed."""

    means_dn: NDArray[np.float64]
    """Mean of the brightest colour, one a frame."""
    clipped: float
    exposure_us: float
    """In whole lines, as metadata has it."""
    gain: float


@dataclass
class Panel:
    """A camera before a steady light, read in one mode."""

    camera: Camera
    mode: catalog.Mode
    case: Case
    _plane: tuple[int, int] | None = None
    """Row and column in the 2 x 2 of colours of the brightest one; chosen at the first reading that is not saturated."""

    @property
    def full_scale_dn(self) -> int:
        """The largest code of the mode."""
        return (1 << self.mode.bits) - 1

    def take(self, exposure_us: float, gain: float) -> Frames:
        """Frames at an exposure and gain. The request is rounded up to whole us, because the driver rounds down to whole lines."""
        self.camera.configure(size=self.mode.size, bits=self.mode.bits, exposure_us=math.ceil(exposure_us - 1e-6), gain=gain)
        burst, looks = self.camera.reduce_raw(Planes(self.full_scale_dn), FRAMES, settle=SETTLE)
        planes = np.stack([means for means, _ in looks])
        clipped = max(part for _, part in looks)
        row, column = self._brightest(planes, clipped)
        set_us = self.whole_lines_us(float(np.median(burst.exposure_us)))
        return Frames(planes[:, row, column], clipped, set_us, float(np.median(burst.gain)))

    def read(self, exposure_us: float, gain: float) -> LightReading:
        """The level at an exposure and gain."""
        return reading(self.take(exposure_us, gain))

    def whole_lines_us(self, reported_us: float) -> float:
        """The exposure of whole lines behind a figure in whole microseconds."""
        line_us, offset_us = self.mode.line_time_ns / 1e3, self.mode.exposure_offset_us
        return round((reported_us + 0.5 - offset_us) / line_us) * line_us + offset_us

    def _brightest(self, planes: NDArray[np.float64], clipped: float) -> tuple[int, int]:
        if self._plane is not None:
            return self._plane
        means = planes.mean(axis=0)
        row, column = np.unravel_index(int(means.argmax()), (2, 2))
        if clipped == 0.0 and means.max() < SATURATED * self.full_scale_dn:
            # Full planes are all alike, also where pixels are full before the converter is: they do not tell which is the brightest.
            self._plane = int(row), int(column)
        return int(row), int(column)


@dataclass(frozen=True)
class Chain:
    """The settings of a chain: exposures in us, gains."""

    reference_us: float
    bridge_us: float
    low_gain: float
    high_gain: float


def run(camera: Camera, mode: catalog.Mode, case: Case, notebook: Notebook) -> float | None:
    """Measure the shortest exposure, what is added to every exposure, and the non-linearity. Says so if the light does not allow it.

    Returns the exposure in us that fills `TARGET` of the range at the lowest gain; None where none does.
    """
    panel = Panel(camera, mode, case)
    filled_us = None
    hint = "is the light steady and uniform, and does nothing move before the lens?"
    try:
        with measured_by_light(f"{case.camera}: its exposure by light", case.camera, hint):
            filled_us, low_gain = _reference(panel)
            shortest, offset, bend = measure(panel, _chain(panel, filled_us, low_gain))
    except UnfitLightError as reason:
        notebook.not_said(f"exposure by light of {case.camera} ({reason})")
        return filled_us
    source = f"{mode.exposure_min_lines} lines x {mode.line_time_ns / 1e3:.6g} us" + (
        f" + {mode.exposure_offset_us:g} us" * bool(mode.exposure_offset_us)
    )
    limit = characteristic("exposure_shortest").limit(mode.exposure_min_us, span=mode.exposure_step_us / 2, source=source)
    for m, bound in ((shortest, limit), (offset, None), (bend, None)):
        notebook.measure(m, bound, subject=case.camera, mode=case.mode, conditions={"light": "steady"})
    return filled_us


def measure(panel: Panel, chain: Chain) -> tuple[Measurement, Measurement, Measurement]:
    """Shortest exposure (us), offset (us) and non-linearity (%)."""
    before = panel.take(chain.reference_us, chain.low_gain)
    low_end, low = _line(panel, chain.reference_us, chain.bridge_us, chain.low_gain)
    bridge, _ = low_end
    (_, high_start), high = _line(panel, chain.bridge_us, max(SHORT_SHARE * chain.bridge_us, panel.mode.exposure_min_us), chain.high_gain)
    short = panel.read(panel.mode.exposure_min_us, chain.high_gain)
    # The reference before and after everything else: a light that drifts shows as scatter, and half of it cancels.
    reference = reading(before, panel.take(chain.reference_us, chain.low_gain))
    offset = exposure_offset(low, high)
    levels = Range(*_black(low, offset), float(panel.full_scale_dn))
    # 200 ppm for the crystal that the reference's lines are counted by.
    u_reference_us = 200e-6 * reference.exposure_us / math.sqrt(3)
    found = exposure_by_light(
        [Link(reference, bridge), Link(high_start, short)], reference.exposure_us, levels, u_reference_us=u_reference_us
    )
    return found.named("exposure_shortest"), offset, low.nonlinearity


def reading(*frames: Frames) -> LightReading:
    """One reading of all frames, which must have one setting."""
    means = np.concatenate([each.means_dn for each in frames])
    return light_reading(means, frames[0].exposure_us, frames[0].gain, max(each.clipped for each in frames))


def _reference(panel: Panel) -> tuple[float, float]:
    """An exposure at the lowest gain that fills `TARGET` of the range, and that gain."""
    gain = max(1.0, panel.case.sensor.gain.min)
    black = panel.case.sensor.black_level16 / (1 << (16 - panel.mode.bits))
    exposure_us, part = panel.mode.frame_time_min_ns / 4e3, 0.0
    for _ in range(PROBES):
        probe = panel.read(exposure_us, gain)
        part = (probe.level_dn - black) / (panel.full_scale_dn - black)
        if abs(part - TARGET) < NEAR_TARGET:
            return exposure_us, probe.gain
        factor = TARGET / part if 0.02 < part < SATURATED else (0.125 if part >= SATURATED else 8.0)
        exposure_us = max(exposure_us * factor, panel.mode.exposure_min_us)
        if exposure_us > LONGEST_REFERENCE_S * 1e6:
            raise UnfitLightError(f"the light is too weak: {part:.1%} of full scale at {probe.exposure_us:.6g} us")
    raise UnfitLightError(f"the light is too strong: {part:.0%} of full scale at {exposure_us:.6g} us and the lowest gain")


def _chain(panel: Panel, exposure_us: float, low_gain: float) -> Chain:
    step = TARGET / LEAST
    ratio = exposure_us / panel.mode.exposure_min_us
    highest = min(panel.case.sensor.gain.max / low_gain, step)
    if ratio > step * highest:
        more = ratio / (step * highest)
        raise UnfitLightError(f"the light is too weak for {panel.mode.exposure_min_us:.4g} us: {more:.2g} times as much is needed")
    # The gain rises no more than needed: a long bridge has room for the points of a line.
    roomy_rise = exposure_us / (FEWEST_STEPS * panel.mode.exposure_step_us)
    rise = min(highest, max(ratio / step, LEAST_RISE, min(WANTED_RISE, roomy_rise)))
    bridge_us = exposure_us / rise
    if rise > roomy_rise * (1.0 + 1e-9):
        raise UnfitLightError(
            f"the light is too strong: {exposure_us:.6g} us fill the range, {panel.mode.exposure_min_us:.4g} us is the shortest"
        )
    return Chain(exposure_us, bridge_us, low_gain, low_gain * rise)


def _line(panel: Panel, longest_us: float, shortest_us: float, gain: float) -> tuple[tuple[LightReading, LightReading], LevelLine]:
    """Readings at one gain: those at the shortest and at the longest exposure, and the line through all of them."""
    between = [shortest_us + share * (longest_us - shortest_us) for share in SHARES]
    readings = [panel.read(each, gain) for each in (shortest_us, *between, longest_us)]
    offset_us = panel.mode.exposure_offset_us
    line = level_line([r.exposure_us - offset_us for r in readings], [r.level_dn for r in readings])
    return (readings[0], readings[-1]), line


def _black(low: LevelLine, offset: Measurement) -> tuple[float, float]:
    """Black in DN and its standard uncertainty: where the line at the lower gain meets no light at all."""
    slope = low.slope.value
    return low.start.value - slope * offset.value, math.hypot(low.start.u, slope * offset.u)


assert LEAST > LOWEST
assert TARGET + NEAR_TARGET < HIGHEST
