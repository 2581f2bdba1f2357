"""Are these readings such as a normal distribution gives? Anderson and Darling's test with estimated mean and deviation.

D'Agostino and Stephens, Goodness-of-Fit Techniques (1986), table 4.9: the p value of the adjusted statistic.
"""

from __future__ import annotations

import math

import numpy as np

from hil.history.stats.spread import Floats, overall

FEWEST = 8


def p_value(values: Floats) -> float:
    """Probability of so odd a sample if all were normal; NaN for fewer than 8 readings, or for readings without spread."""
    n, deviation = len(values), overall(values)
    if n < FEWEST or not deviation > 0:
        return math.nan
    from scipy.special import log_ndtr

    z = (np.sort(values) - values.mean()) / deviation
    weights = 2 * np.arange(1, n + 1) - 1
    squared = -n - float((weights * (log_ndtr(z) + log_ndtr(-z[::-1]))).sum()) / n
    return _p(squared * (1 + 0.75 / n + 2.25 / n**2))


def _p(a: float) -> float:
    if a < 0.2:
        return 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a**2)
    if a < 0.34:
        return 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a**2)
    if a < 0.6:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    return math.exp(1.2937 - 5.709 * a + 0.0186 * a**2) if a < 10 else 0.0
