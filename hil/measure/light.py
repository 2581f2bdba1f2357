"""Exposure from light: what really reached the pixels, whatever metadata says.

Under steady light and a fixed gain the level above black is proportional to the exposure, so a ratio of levels is a
ratio of exposures. A chain of such ratios, each within the range where the sensor is straight, leads from a reference
exposure that is known in whole lines down to one that is not; the gain may change from link to link and cancels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.budget import Contribution, rectangular, type_a, type_b
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement, Series

LOWEST: Final = 0.05
"""Least part of the range from black to full scale that a link may use: below it black decides the ratio."""

HIGHEST: Final = 0.80
"""Greatest part: above it pixels begin to clip, brighter ones before the mean shows it."""

LONGEST_STEP: Final = 30.0
"""Greatest ratio of two exposures in one link."""

NONLINEARITY: Final = 0.01
"""Half width assumed for the change of a sensor's responsivity from `LOWEST` to `HIGHEST`: type B, rectangular."""

FEWEST_FRAMES: Final = 5
"""Frames of a reading: u of a mean of n has n - 1 degrees of freedom, and with fewer than 4 it is hardly known itself."""


@dataclass(frozen=True, slots=True)
class LightReading:
    """The level of several frames at one exposure and gain."""

    exposure_us: float
    """As set, in whole lines."""
    gain: float
    level_dn: float
    """Mean over region and frames, black included."""
    u_dn: float
    """Scatter of the frames' mean: standard deviation / sqrt(frames). Noise, flicker and drift of the lamp (type A)."""
    frames: int
    clipped: float
    """Greatest part of one frame's region at full scale."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two exposures under the same light and gain; the short one is the next link's long one."""

    long: LightReading
    short: LightReading


@dataclass(frozen=True, slots=True)
class Range:
    """What levels mean: black and full scale in DN."""

    black_dn: float
    u_black_dn: float
    """Standard uncertainty of `black_dn`, common to all readings."""
    full_scale_dn: float

    def fraction(self, level_dn: float) -> float:
        """Where a level lies between black (0) and full scale (1)."""
        return (level_dn - self.black_dn) / (self.full_scale_dn - self.black_dn)


def light_reading(means_dn: ArrayLike, exposure_us: float, gain: float, clipped: float = 0.0) -> LightReading:
    """The mean of at least `FEWEST_FRAMES` frame means in DN, with the uncertainty that their scatter shows.

    Put frames before and after the reading it is compared with into one, so that a drifting lamp cancels and shows.
    """
    means = _finite("frame means", means_dn)
    if len(means) < FEWEST_FRAMES:
        raise EstimatorError(f"{len(means)} frames, at least {FEWEST_FRAMES} are needed")
    if not (exposure_us > 0 and gain > 0 and math.isfinite(exposure_us * gain)):
        raise EstimatorError(f"exposure {exposure_us} us at gain {gain} is no setting")
    scatter = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    return LightReading(float(exposure_us), float(gain), float(means.mean()), scatter, len(means), float(clipped))


def exposure_by_light(
    links: Sequence[Link], reference_us: float, levels: Range, *, u_reference_us: float = 0.0, nonlinearity: float = NONLINEARITY
) -> Measurement:
    """The exposure at the short end of a chain whose long end lasted `reference_us`, in us.

    `nonlinearity`: half width of the change of responsivity between `LOWEST` and `HIGHEST` (type B, rectangular).
    EstimatorError, naming the reading, if a level is outside `LOWEST` .. `HIGHEST`, clipped, the gain changes within a link,
    a step is longer than `LONGEST_STEP`, or links do not join.
    """
    if not links or not (reference_us > 0 and math.isfinite(reference_us)):
        raise EstimatorError("no links" if not links else f"reference exposure {reference_us} us is none")
    _check_chain(links, levels)
    ratio = math.prod(_above(link.short, levels) / _above(link.long, levels) for link in links)
    value = reference_us * ratio
    parts = [part.times(value) for part in _relative_budget(links, levels, nonlinearity, u_reference_us / reference_us)]
    frames = sum(link.long.frames + link.short.frames for link in links)
    method = f"ratio of levels under steady light, {len(links)} step{'s' if len(links) > 1 else ''} from {reference_us:.6g} us"
    return Measurement.of("exposure", value, "us", parts, frames, method, _steps(links, levels))


def _above(reading: LightReading, levels: Range) -> float:
    return reading.level_dn - levels.black_dn


def _check_chain(links: Sequence[Link], levels: Range) -> None:
    for link in links:
        for reading in (link.long, link.short):
            _check_reading(reading, levels)
        if not math.isclose(link.long.gain, link.short.gain, rel_tol=1e-6):
            raise EstimatorError(f"gain {link.long.gain:g} and {link.short.gain:g} in one step: levels compare at one gain only")
        if _above(link.long, levels) > LONGEST_STEP * _above(link.short, levels):
            raise EstimatorError(
                f"a step from {link.long.exposure_us:g} to {link.short.exposure_us:g} us is longer than {LONGEST_STEP:g} times"
            )
    for before, after in pairwise(links):
        if not math.isclose(before.short.exposure_us, after.long.exposure_us, rel_tol=1e-9):
            raise EstimatorError(f"the chain is broken: {before.short.exposure_us:g} us, then {after.long.exposure_us:g} us")


def _check_reading(reading: LightReading, levels: Range) -> None:
    where = f"exposure {reading.exposure_us:g} us at gain {reading.gain:g}"
    if reading.clipped > 0:
        raise EstimatorError(f"{where}: {reading.clipped:.2g} of the pixels are clipped")
    part = levels.fraction(reading.level_dn)
    if not LOWEST <= part <= HIGHEST:
        raise EstimatorError(f"{where}: level at {part:.1%} of full scale, not within {LOWEST:.0%} .. {HIGHEST:.0%}")


def _relative_budget(links: Sequence[Link], levels: Range, nonlinearity: float, reference: float) -> list[Contribution]:
    readings = [(sign, reading) for link in links for sign, reading in ((-1.0, link.long), (1.0, link.short))]
    scatter = _pooled([(reading.u_dn / _above(reading, levels), reading.frames - 1) for _, reading in readings])
    # Black and curvature are the same in all readings: their effects add up before they are squared.
    black = levels.u_black_dn * abs(sum(sign / _above(reading, levels) for sign, reading in readings))
    bend = abs(sum(sign * levels.fraction(reading.level_dn) for sign, reading in readings)) / (HIGHEST - LOWEST)
    return [
        type_a("scatter of the frames: noise, flicker, drift", *scatter),
        type_b("black level", black),
        rectangular(f"non-linearity, +/- {nonlinearity:.2%}", nonlinearity * bend),
        type_b("reference exposure", reference),
    ]


def _pooled(parts: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """Scatters with their degrees of freedom as one: the width of Student's t with the effective ones, and these."""
    variance = sum(u**2 for u, _ in parts)
    if variance == 0.0:
        return 0.0, math.inf
    # Welch-Satterthwaite (GUM G.4.1); dof / (dof - 2) as in hil.measure.slope. Four readings of five frames have at least 4.
    dof = variance**2 / sum(u**4 / own for u, own in parts)
    return math.sqrt(variance * dof / (dof - 2.0)), dof


def _steps(links: Sequence[Link], levels: Range) -> Series:
    readings = [links[0].long, *(link.short for link in links)]
    level = [_above(links[0].long, levels)]
    for link in links:
        # As if all had been taken at the first link's gain.
        level.append(level[-1] * _above(link.short, levels) / _above(link.long, levels))
    return Series(tuple(r.exposure_us for r in readings), tuple(level), (), "exposure set, us", "level above black, DN")


def _finite(what: str, values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise EstimatorError(f"no {what}" if array.size == 0 else f"{what} in {array.ndim} dimensions, not one")
    if not np.all(np.isfinite(array)):
        raise EstimatorError(f"{what} are not all finite")
    return array
