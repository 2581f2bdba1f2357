"""Whether the means of two groups of readings differ, and their spreads.

Means: Welch, Biometrika 34 (1947), which does not ask for equal spreads. Spreads: Brown and Forsythe (1974), Levene's test about medians,
which does not ask for normal readings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hil.history.stats.spread import Floats, finite, overall

FEWEST = 3
"""In each group; with fewer there is nothing to compare."""
CONFIDENCE = 0.95
DIFFERENT = 0.05


@dataclass(frozen=True, slots=True)
class Group:
    """One group of readings."""

    n: int
    mean: float
    s: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of a first group with a second one."""

    first: Group
    second: Group
    difference: float
    """Second mean less first."""
    low: float
    """95 % interval of the difference; NaN where it cannot be told, as is `high`."""
    high: float
    t: float
    dof: float
    p_means: float
    p_spreads: float
    refused: str

    @property
    def means_differ(self) -> bool:
        """Whether the difference is more than chance gives in one of twenty such comparisons."""
        return self.p_means < DIFFERENT

    @property
    def spreads_differ(self) -> bool:
        """The same of the spreads."""
        return self.p_spreads < DIFFERENT


def compare(first: ArrayLike, second: ArrayLike) -> Comparison:
    """Two groups; readings that are no numbers are left out."""
    a, b = finite(first), finite(second)
    groups = [Group(len(x), float(x.mean()) if len(x) else math.nan, overall(x)) for x in (a, b)]
    difference = groups[1].mean - groups[0].mean
    refused = _refusal(*groups)
    if refused:
        return Comparison(groups[0], groups[1], difference, *(math.nan,) * 6, refused)
    return Comparison(groups[0], groups[1], difference, *_welch(difference, groups[0], groups[1]), _spreads(a, b), "")


def _refusal(first: Group, second: Group) -> str:
    if min(first.n, second.n) < FEWEST:
        return f"n = {first.n} and {second.n} are too few, {FEWEST} are needed in each"
    return "" if first.s > 0 or second.s > 0 else "in both groups all readings are the same"


def _welch(difference: float, a: Group, b: Group) -> tuple[float, float, float, float, float]:
    from scipy.stats import t as student

    va, vb = a.s**2 / a.n, b.s**2 / b.n
    error = math.sqrt(va + vb)
    dof = (va + vb) ** 2 / (va**2 / (a.n - 1) + vb**2 / (b.n - 1))
    half = float(student.ppf((1 + CONFIDENCE) / 2, dof)) * error
    return difference - half, difference + half, difference / error, dof, float(2 * student.sf(abs(difference / error), dof))


def _spreads(a: Floats, b: Floats) -> float:
    """Levene's p about medians: an analysis of variance of the distances from each group's median."""
    from scipy.stats import f

    za, zb = np.abs(a - np.median(a)), np.abs(b - np.median(b))
    n, inside = len(za) + len(zb), float(((za - za.mean()) ** 2).sum() + ((zb - zb.mean()) ** 2).sum())
    middle = (za.sum() + zb.sum()) / n
    between = float(len(za) * (za.mean() - middle) ** 2 + len(zb) * (zb.mean() - middle) ** 2)
    if inside == 0:
        return 1.0 if between == 0 else 0.0
    return float(f.sf(between / (inside / (n - 2)), 1, n - 2))
