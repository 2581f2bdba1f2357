"""Exposure as a straight line over its setting, and exposure by the frame interval.

The line says what a single exposure cannot: how much is added to every exposure (IMX296: 14.26 us), and how straight the
sensor is. The frame interval is for exposures too long for light: a sensor cannot start the next frame before the exposure ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.budget import type_a, type_b
from hil.measure.errors import EstimatorError
from hil.measure.light import _finite
from hil.measure.measurement import Measurement, Series

FEWEST_POINTS: Final = 6
"""A parabola takes 3, and its scatter needs more than 2 degrees of freedom to have an uncertainty."""


@dataclass(frozen=True, slots=True)
class LevelLine:
    """Level over exposure at one gain, fitted with a parabola; `curve` is what was fitted."""

    slope: Measurement
    """"responsivity" in DN/us, where the exposure is 0."""
    start: Measurement
    """"level_at_zero" in DN, at a setting of 0: black, and the slope times whatever is added to every exposure."""
    nonlinearity: Measurement
    """"exposure_nonlinearity" in %: the fitted parabola's largest departure from its chord, in parts of the levels' span."""
    curve: Series

    def offset(self, black_dn: float, u_black_dn: float = 0.0) -> Measurement:
        """What is added to every exposure, in us, if black is known."""
        beyond_dn, slope = self.start.value - black_dn, self.slope.value
        parts = (
            type_a("fitted line", self.start.u / slope, self.start.dof),
            type_b("black level", u_black_dn / slope),
            type_a("slope", abs(beyond_dn) * self.slope.u / slope**2, self.slope.dof),
        )
        return Measurement.of("exposure_offset", beyond_dn / slope, "us", parts, self.start.n, "fitted line, known black", self.curve)


def level_line(set_us: ArrayLike, level_dn: ArrayLike, u_dn: ArrayLike | None = None) -> LevelLine:
    """Fit levels in DN over exposures as set, in us, all at one gain; at least `FEWEST_POINTS` different exposures.

    `u_dn` weighs the points (equal if absent); the uncertainties come from the scatter about the fit, so a sensor that no parabola
    fits, or a flickering lamp, widens them. EstimatorError: too few, NaN, one exposure only, or a level that does not rise.
    """
    x, y = _finite("exposures", set_us), _finite("levels", level_dn)
    weight = np.ones_like(y) if u_dn is None else 1.0 / _positive(_finite("uncertainties", u_dn))
    if not len(x) == len(y) == len(weight):
        raise EstimatorError(f"{len(x)} exposures, {len(y)} levels and {len(weight)} uncertainties")
    if len(np.unique(x)) < FEWEST_POINTS:
        raise EstimatorError(f"{len(np.unique(x))} different exposures, at least {FEWEST_POINTS} are needed")
    scale = float(np.abs(x).max())
    fit, covariance = _parabola(x / scale, y, weight)
    if fit[1] <= 0 or fit[1] + 2 * fit[2] <= 0:
        raise EstimatorError("the level does not rise with the exposure: covered, clipped, or the light changed")
    return _line(x, y, fit, covariance, scale)


def exposure_offset(low: LevelLine, high: LevelLine) -> Measurement:
    """What is added to every exposure, in us, from lines at two gains; black is common to both and need not be known."""
    rise = high.slope.value - low.slope.value
    if rise <= 0:
        raise EstimatorError(f"slopes {low.slope.value:g} and {high.slope.value:g} DN/us: the second line must be at a higher gain")
    value = (high.start.value - low.start.value) / rise
    parts = (
        type_a("line at the higher gain", math.hypot(high.start.u, value * high.slope.u) / rise, high.start.dof),
        type_a("line at the lower gain", math.hypot(low.start.u, value * low.slope.u) / rise, low.start.dof),
    )
    return Measurement.of("exposure_offset", value, "us", parts, low.start.n + high.start.n, "lines at two gains", high.curve)


def exposure_by_interval(period: Measurement, blanking_us: float, u_blanking_us: float = 0.0) -> Measurement:
    """A long exposure, in us: the frame period in us less the time that the sensor cannot expose in each frame.

    `period` is `FrameTiming.period`; `blanking_us`: lines by which an exposure stays below the frame length, times line time. It says how
    long the sensor gave itself, not that light was gathered all that time.
    """
    value = period.value - blanking_us
    if not (math.isfinite(value) and value > 0 and blanking_us >= 0):
        raise EstimatorError(f"a frame period of {period.value:g} us less {blanking_us:g} us leaves no exposure")
    parts = (*period.budget, type_b("blanking", u_blanking_us))
    method = f"frame period less {blanking_us:.6g} us"
    return Measurement.of("exposure_longest", value, "us", parts, period.n, method)


def _positive(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if np.any(values <= 0):
        raise EstimatorError("uncertainties are not all positive")
    return values


def _parabola(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    design = np.vander(x, 3, increasing=True) * weight[:, None]
    inverse = np.linalg.inv(design.T @ design)
    fit = inverse @ design.T @ (y * weight)
    residuals = y * weight - design @ fit
    dof = len(y) - 3
    return fit, inverse * float(residuals @ residuals) / max(dof - 2, 1)


def _line(
    x: NDArray[np.float64], y: NDArray[np.float64], fit: NDArray[np.float64], covariance: NDArray[np.float64], scale: float
) -> LevelLine:
    n, method = len(x), "least squares, parabola"
    u = [type_a("scatter about the parabola", math.sqrt(variance), n - 3) for variance in np.diag(covariance)]
    # A parabola departs most from its chord in the middle: by a quarter of the square of the span.
    span = (x.max() - x.min()) / scale
    rise = fit[1] * span + fit[2] * (x.max() ** 2 - x.min() ** 2) / scale**2
    bend = 100.0 * span**2 / 4 / rise
    curve = Series(tuple(x.tolist()), tuple(y.tolist()), (), "exposure set, us", "level, DN")
    return LevelLine(
        slope=Measurement.of("responsivity", float(fit[1] / scale), "DN/us", [u[1].times(1 / scale)], n, method, curve),
        start=Measurement.of("level_at_zero", float(fit[0]), "DN", [u[0]], n, method, curve),
        nonlinearity=Measurement.of("exposure_nonlinearity", float(-fit[2] * bend), "%", [u[2].times(bend)], n, method, curve),
        curve=curve,
    )
