"""The slope of a straight line with an uncertainty that does not believe in white noise.

Ordinary least squares over the frame index is unbiased whatever the noise looks like, interrupt latency being one-sided
and skewed. Its textbook uncertainty is not: it counts every residual as fresh news, so a sawtooth beat makes it too large and slow
wander too small. Here the noise is measured where the slope is sensitive to it, at the few lowest frequencies: the
residuals are projected on `BANDS` cosines orthogonal to line and parabola (equal-weighted cosine estimator of the long-run
variance, Müller 2007; Lazarus, Lewis, Stock and Watson 2018). A drift of the rate itself, a parabola, is no noise: the
slope is then the mean rate. What no estimator sees is latency that wanders more slowly than the burst lasts: that is a rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BANDS = 12
"""Cosines used. More trust white noise (less spread of u), fewer trust it less; see benchmarks/honesty.py for what 12 gives."""

WHITE_SHARE = 0.08
"""Share of u^2 that the plain scatter of all residuals keeps. A beat between sensor and a timer is a single line in the spectrum: it can
hide from all 12 cosines at once (RMS(error / u) was 1.4 .. 2.0 without this share), but not from the plain scatter."""

FEWEST = 7
"""Points below which the scatter says nothing about itself: line and parabola take 3, and u needs more than 2 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A fitted line y = start + slope x."""

    slope: float
    start: float
    """y at x = 0."""
    u: float
    """Standard uncertainty of `slope` from the scatter; NaN with fewer than `FEWEST` points."""
    dof: float
    residuals: NDArray[np.float64]
    leverage: float
    """u of the slope per unit of independent standard uncertainty in each y."""


def fit_slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> Slope:
    """Least squares line through at least 2 points with increasing `x`, in the units of y per x."""
    middle = x.mean()
    arm = x - middle
    weight = arm / (arm @ arm)
    slope = float(weight @ y)
    start = float(y.mean() - slope * middle)
    leverage = float(np.linalg.norm(weight))
    u, dof = _low_frequency_scatter(arm, y, leverage)
    return Slope(slope, start, u, dof, y - (start + slope * x), leverage)


def _low_frequency_scatter(arm: NDArray[np.float64], y: NDArray[np.float64], leverage: float) -> tuple[float, float]:
    bands = min(BANDS, len(y) - 3)
    if len(y) < FEWEST:
        return math.nan, 0.0
    parabola, cosines = _basis(arm, bands)
    # bands / (bands - 2) is the variance of Student's t: so u is the standard deviation of what may be true (JCGM 101, 6.4.9.4).
    low = float(np.mean((cosines.T @ y) ** 2)) * bands / (bands - 2)
    rest = y - parabola @ (parabola.T @ y)
    white = float(rest @ rest) / (len(y) - 3)
    return leverage * math.sqrt((1.0 - WHITE_SHARE) * low + WHITE_SHARE * white), float(bands)


def _basis(arm: NDArray[np.float64], bands: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    unit = arm / np.abs(arm).max()
    phase = np.pi * (np.arange(len(arm)) + 0.5) / len(arm)
    columns = [np.ones_like(unit), unit, unit**2, *(np.cos(order * phase) for order in range(2, bands + 2))]
    orthonormal, _ = np.linalg.qr(np.column_stack(columns))
    return orthonormal[:, :3], orthonormal[:, 3:]
