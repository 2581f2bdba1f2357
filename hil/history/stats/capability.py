"""Capability of one characteristic against the limits of its specification, never against guard-banded ones.

Cp and Cpk with the deviation from one unit to the next (moving ranges), Pp and Ppk with that of all units: ISO 22514-2, NIST/SEMATECH
e-Handbook 6.1.6. Intervals (95 %): chi squared for Cp and Pp; for Cpk and Ppk Bissell, Applied Statistics 39 (1990), 331.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from hil.history.stats import normality
from hil.history.stats.spread import MOVING_RANGE_DOF, finite, overall, within

FEWEST = 25
"""Below it, Cpk of a process with 1.33 may show as 0.9 or 1.8: no figure is given."""
CONFIDENCE = 0.95
_Z = 1.959963984540054
NOT_NORMAL = 0.05
"""Below this p the share outside that an index promises is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Capability:
    """What can be said of a characteristic; an index that cannot be given is None, and `refused` says why."""

    n: int
    left_out: int
    """Readings that were no numbers."""
    mean: float
    s: float
    """Standard deviation of all readings."""
    sigma_within: float
    """Standard deviation from one reading to the next."""
    lower: float | None
    upper: float | None
    outside: int
    """Readings outside the limits."""
    cp: Index | None
    """Only where there are two limits, as is `pp`."""
    cpk: Index | None
    """With one limit this is Cpu or Cpl."""
    pp: Index | None
    ppk: Index | None
    p_normal: float
    """Anderson-Darling; NaN where it cannot be told."""
    distinct: int
    """Different values among the readings; few of them are a count or a coarse resolution."""
    refused: str

    @property
    def normal(self) -> bool:
        """Whether nothing speaks against a normal distribution."""
        return not self.p_normal < NOT_NORMAL


def capability(values: ArrayLike, lower: float | None, upper: float | None) -> Capability:
    """Of readings in the order in which they were made, one a unit."""
    told = finite(values)
    n, s, sigma = len(told), overall(told), within(told)
    mean = float(told.mean()) if n else math.nan
    refused = _refusal(n, s, lower, upper)
    nearest = _nearest(mean, lower, upper)
    both = upper - lower if lower is not None and upper is not None else None
    outside = int(((told < (-math.inf if lower is None else lower)) | (told > (math.inf if upper is None else upper))).sum())
    dof = MOVING_RANGE_DOF * (n - 1)
    given = not refused
    return Capability(
        n, _size(values) - n, mean, s, sigma, lower, upper, outside,
        cp=_width(both, sigma, dof) if given else None,
        cpk=_to_the_nearest(nearest, sigma, n, dof) if given else None,
        pp=_width(both, s, n - 1) if given else None,
        ppk=_to_the_nearest(nearest, s, n, n - 1) if given else None,
        p_normal=normality.p_value(told),
        distinct=len(set(told.tolist())),
        refused=refused,
    )  # fmt: skip


def _size(values: ArrayLike) -> int:
    import numpy as np

    return int(np.asarray(values, dtype=float).size)


def _refusal(n: int, s: float, lower: float | None, upper: float | None) -> str:
    if n < FEWEST:
        return f"n = {n} is too few, {FEWEST} are needed"
    if lower is None and upper is None:
        return "it has no limits"
    return "" if s > 0 else "all readings are the same"


def _nearest(mean: float, lower: float | None, upper: float | None) -> float:
    """Distance from the mean to the nearer limit; negative beyond it."""
    return min(math.inf if upper is None else upper - mean, math.inf if lower is None else mean - lower)


def _width(both: float | None, sigma: float, dof: float) -> Index | None:
    if both is None or not sigma > 0:
        return None
    from scipy.stats import chi2

    value, tail = both / (6 * sigma), (1 - CONFIDENCE) / 2
    low, high = (value * math.sqrt(chi2.ppf(part, dof) / dof) for part in (tail, 1 - tail))
    return Index(value, low, high)


def _to_the_nearest(distance: float, sigma: float, n: int, dof: float) -> Index | None:
    if not sigma > 0:
        return None
    value = distance / (3 * sigma)
    half = _Z * math.sqrt(1 / (9 * n) + value**2 / (2 * dof))
    return Index(value, value - half, value + half)
