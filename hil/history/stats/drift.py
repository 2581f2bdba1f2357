"""Drift: a straight line through readings over time, with what can be said of its slope."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

FEWEST = 10
CONFIDENCE = 0.95
SURE = 0.0027
"""A slope that chance gives less often is called a drift: as rarely as it gives a reading outside three sigma, the chart's own rule."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A slope, per unit of the times given."""

    n: int
    slope: float
    low: float
    """95 % interval; NaN where it cannot be told, as is `high`."""
    high: float
    p: float
    refused: str

    @property
    def is_one(self) -> bool:
        """Whether the slope is more than chance gives."""
        return self.p < SURE


def drift(times: ArrayLike, values: ArrayLike) -> Drift:
    """The slope by least squares; it takes readings as independent, which several of one unit in a row may not be."""
    x, y = np.asarray(times, float).ravel(), np.asarray(values, float).ravel()
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = x[kept], y[kept]
    n = len(x)
    if n < FEWEST:
        return Drift(n, *(math.nan,) * 4, f"n = {n} is too few, {FEWEST} are needed")
    x, y = x - x.mean(), y - y.mean()
    across = float(x @ x)
    if across == 0:
        return Drift(n, *(math.nan,) * 4, "all at one time")
    slope = float(x @ y) / across
    error = math.sqrt(float(((y - slope * x) ** 2).sum()) / (n - 2) / across)
    return Drift(n, slope, *_interval(slope, error, n - 2), "")


def _interval(slope: float, error: float, dof: int) -> tuple[float, float, float]:
    from scipy.special import stdtr, stdtrit

    if error == 0:
        return slope, slope, 1.0 if slope == 0 else 0.0
    half = float(stdtrit(dof, (1 + CONFIDENCE) / 2)) * error
    return slope - half, slope + half, float(2 * stdtr(dof, -abs(slope) / error))
