"""Uncertainty budgets (GUM, JCGM 100:2008; JCGM 101:2008): what a standard uncertainty is made of, and what its sum is worth.

`u` of a contribution is the standard deviation of what may be true, as JCGM 101 has it. For a scatter s of few readings that is
Student's t, wider than s by sqrt(dof / (dof - 2)) (6.4.9.4): whoever makes a type A contribution states the wider one, so that k = 2
covers 95 % with few readings too. `Contribution.s` is what the GUM calls the standard uncertainty; Welch-Satterthwaite takes that one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

LEVEL: Final = 0.9545
"""Coverage probability of k = 2 for a normal distribution (GUM G.1.3)."""

MANY: Final = 1e4
"""Degrees of freedom from which on Student's t is taken for normal: k differs by less than 2e-4."""


class Contribution(NamedTuple):
    """One cause of uncertainty, with its sensitivity already applied: in the measurement's own unit."""

    source: str
    u: float
    """Standard deviation of what it may add; at least 0."""
    type: str = "B"
    """"A" where readings of this run show it, "B" where it is known or assumed beforehand (GUM 2.3.2, 2.3.3)."""
    shape: str = "normal"
    """Distribution it is taken for: "normal", "rectangular", "triangular", "t"."""
    dof: float = math.inf
    """Degrees of freedom of the scatter behind it; infinite where it is not in doubt."""

    @property
    def s(self) -> float:
        """The GUM's standard uncertainty: without the widening for few readings."""
        return self.u * math.sqrt((self.dof - 2.0) / self.dof) if 2.0 < self.dof < math.inf else self.u

    def times(self, factor: float) -> Contribution:
        """The same cause seen through a further sensitivity, e.g. of another unit."""
        return self._replace(u=self.u * abs(factor))


def type_a(source: str, u: float, dof: float = math.inf) -> Contribution:
    """Shown by the scatter of this run's readings. With a finite `dof`, `u` has the factor sqrt(dof / (dof - 2)) in it."""
    return Contribution(source, float(u), "A", "t" if dof < MANY else "normal", float(dof))


def type_b(source: str, u: float) -> Contribution:
    """Known beforehand as a standard uncertainty."""
    return Contribution(source, float(u))


def rectangular(source: str, half_width: float) -> Contribution:
    """Known beforehand to lie within +/- `half_width`, anywhere there alike (GUM 4.3.7)."""
    return Contribution(source, abs(float(half_width)) / math.sqrt(3.0), shape="rectangular")


def triangular(source: str, half_width: float) -> Contribution:
    """The difference of two roundings, each within +/- half of `half_width` (GUM 4.3.9)."""
    return Contribution(source, abs(float(half_width)) / math.sqrt(6.0), shape="triangular")


def combined(parts: Iterable[Contribution]) -> float:
    """Root sum of squares of independent contributions (GUM 5.1.2); 0 for none."""
    return math.hypot(*(part.u for part in parts))


def effective_dof(parts: Iterable[Contribution]) -> float:
    """Degrees of freedom of a sum of independent contributions, by Welch and Satterthwaite (GUM G.4.1); infinite if none is in doubt."""
    told = list(parts)
    doubt = sum(part.s**4 / part.dof for part in told if part.dof < math.inf)
    return math.hypot(*(part.s for part in told)) ** 4 / doubt if doubt > 0.0 else math.inf


def expanded(parts: Iterable[Contribution]) -> tuple[float, float]:
    """K and U = k u_c by the GUM (G.4): Student's t for the effective degrees of freedom, rounded down, at `LEVEL`."""
    told = list(parts)
    k = coverage_factor(effective_dof(told))
    return k, k * math.hypot(*(part.s for part in told))


def coverage_factor(dof: float, level: float = LEVEL) -> float:
    """Student's t: k within which `level` of the probability lies, for floor(`dof`) degrees of freedom (GUM G.3). NaN under 1.

    By bisection on P(|T| < k) = c times the integral of cos^(dof - 1) from 0 to atan(k / sqrt(dof)), Gauss and Legendre's way; to 1e-9.
    """
    if not dof >= 1.0:
        return math.nan
    if dof >= MANY:
        from statistics import NormalDist

        return 2.0 if level == LEVEL else NormalDist().inv_cdf(0.5 + level / 2.0)
    n = math.floor(dof)
    c = 2.0 * math.exp(math.lgamma((n + 1) / 2.0) - math.lgamma(n / 2.0)) / math.sqrt(math.pi)
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(96)

    def inside(angle: float) -> float:
        return c * angle / 2.0 * float(weights @ np.cos(angle / 2.0 * (nodes + 1.0)) ** (n - 1))

    low, high = 0.0, math.pi / 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if inside(middle) < level else (low, middle)
    return math.sqrt(n) * math.tan(low)
