"""Yields: shares of units with what can be said of them, and the product of several steps.

Clopper and Pearson, Biometrika 26 (1934): the interval that never covers less than it says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """`good` of `n`, with a 95 % interval."""

    good: int
    n: int
    low: float
    """NaN for none of none, as is `high`."""
    high: float

    @property
    def value(self) -> float:
        """The share; NaN for none of none."""
        return self.good / self.n if self.n else math.nan


def share(good: int, n: int) -> Share:
    """A share with its interval (Clopper-Pearson, 95 %)."""
    from scipy.stats import beta

    if n == 0:
        return Share(0, 0, math.nan, math.nan)
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if good == 0 else float(beta.ppf(tail, good, n - good + 1))
    high = 1.0 if good == n else float(beta.ppf(1 - tail, good + 1, n - good))
    return Share(good, n, low, high)


def rolled(shares: Iterable[Share]) -> float:
    """Rolled throughput yield: the product of first-pass yields; NaN where a step has seen no unit."""
    return math.prod(one.value for one in shares)
