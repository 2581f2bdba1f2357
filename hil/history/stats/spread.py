"""Standard deviations: over all readings, and from one reading to the next.

NIST/SEMATECH e-Handbook 6.3.2.2: from moving ranges of two, sigma is their mean over d2 = 2/sqrt(pi) = 1.128. Its degrees of freedom are
about 0.62 (n - 1) (Hoyt and Palm, as tabled for moving ranges in Nelson, JQT 14 (1982)).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

D2 = 2 / math.sqrt(math.pi)
MOVING_RANGE_DOF = 0.62
Floats = NDArray[np.float64]


def finite(values: ArrayLike) -> Floats:
    """The readings that are numbers, in their order."""
    told = np.asarray(values, dtype=np.float64).ravel()
    return told[np.isfinite(told)]


def overall(values: Floats) -> float:
    """Of all readings (n - 1); NaN for fewer than two; exactly 0 where all are equal, whatever rounding does to their mean."""
    if len(values) < 2:
        return math.nan
    return float(values.std(ddof=1)) if values.min() != values.max() else 0.0


def within(values: Floats) -> float:
    """From one reading to the next, in the order given; NaN for fewer than two."""
    return float(np.abs(np.diff(values)).mean() / D2) if len(values) >= 2 else math.nan
