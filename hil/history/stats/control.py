"""Chart of individuals and moving ranges, and Nelson's eight rules.

L. S. Nelson, The Shewhart control chart: tests for special causes, Journal of Quality Technology 16 (1984), 237. Limits: NIST/SEMATECH
e-Handbook 6.3.2.2; the range's upper limit is D4 = 3.267 of its mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from hil.history.stats.spread import Floats, within

D4 = 1 + 3 * math.sqrt(math.pi / 2 - 1)
"""3.267."""
RULES = {
    1: "beyond 3 sigma",
    2: "nine in a row on one side of the mean",
    3: "six in a row rising, or falling",
    4: "fourteen in a row alternating up and down",
    5: "two of three beyond 2 sigma on one side",
    6: "four of five beyond 1 sigma on one side",
    7: "fifteen in a row within 1 sigma",
    8: "eight in a row beyond 1 sigma, on both sides",
}
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is broken from the reading `first` to the reading `last`, counted from 0; `first` belongs to the pattern."""

    rule: int
    first: int
    last: int

    @property
    def says(self) -> str:
        """The rule in words."""
        return RULES[self.rule]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of individuals."""

    values: Floats
    """All readings; those that are no numbers are NaN and in no pattern."""
    mean: float
    sigma: float
    """From moving ranges; NaN for fewer than two readings."""
    range_mean: float
    violations: tuple[Violation, ...]

    @property
    def low(self) -> float:
        """Lower control limit."""
        return self.mean - 3 * self.sigma

    @property
    def high(self) -> float:
        """Upper control limit."""
        return self.mean + 3 * self.sigma

    @property
    def range_high(self) -> float:
        """Upper control limit of the moving ranges."""
        return D4 * self.range_mean


def chart(values: ArrayLike, baseline: int | None = None) -> Chart:
    """Of readings in the order in which they were made. `baseline`: mean and limits are those of the first so many."""
    told = np.asarray(values, dtype=np.float64).ravel()
    kept = np.flatnonzero(np.isfinite(told))
    numbers = told[kept]
    first = numbers[:baseline]
    mean, sigma = (float(first.mean()), within(first)) if len(first) else (math.nan, math.nan)
    ranges = np.abs(np.diff(first))
    found = _violations((numbers - mean) / sigma, kept) if sigma > 0 else ()
    return Chart(told, mean, sigma, float(ranges.mean()) if len(ranges) else math.nan, found)


def signals(z: Floats) -> dict[int, Flags]:
    """By rule, the readings at which its pattern is complete; `z` are readings in sigma from the mean."""
    return {rule: found(z) for rule, (_, found) in _PATTERNS.items()}


def _violations(z: Floats, kept: NDArray[np.intp]) -> tuple[Violation, ...]:
    found = [one for rule, ends in signals(z).items() for one in _stretches(rule, _PATTERNS[rule][0], ends, kept)]
    return tuple(sorted(found, key=lambda one: (one.last, one.rule, one.first)))


def _stretches(rule: int, length: int, ends: Flags, kept: NDArray[np.intp]) -> list[Violation]:
    """Patterns that are complete at one reading after the other are one violation."""
    edges = np.diff(np.concatenate(([0], ends.astype(np.int8), [0])))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return [Violation(rule, int(kept[max(0, int(start) - length + 1)]), int(kept[stop])) for start, stop in zip(starts, stops, strict=True)]


def _windows(length: int, condition: Flags) -> Flags:
    """The window that ends at each reading; before the first there is nothing that holds."""
    return sliding_window_view(np.concatenate((np.zeros(length - 1, bool), condition)), length)


def _all(length: int, condition: Flags) -> Flags:
    return np.asarray(_windows(length, condition).all(axis=1))


def _some(many: int, length: int, condition: Flags) -> Flags:
    """`many` of the last `length`, and the last one is among them: otherwise the pattern was complete before."""
    return np.asarray(_windows(length, condition).sum(axis=1) >= many) & condition


def _one_side(z: Floats, pattern: Callable[[Flags], Flags], beyond: float) -> Flags:
    return pattern(z > beyond) | pattern(z < -beyond)


def _steady(z: Floats) -> Flags:
    steps = np.diff(z, prepend=math.nan)
    return _all(5, steps > 0) | _all(5, steps < 0)


def _alternating(z: Floats) -> Flags:
    steps = np.diff(z, prepend=math.nan)
    return _all(12, np.asarray(steps * np.concatenate(([math.nan], steps[:-1])) < 0))


_PATTERNS: dict[int, tuple[int, Callable[[Floats], Flags]]] = {
    1: (1, lambda z: np.abs(z) > 3),
    2: (9, lambda z: _one_side(z, lambda side: _all(9, side), 0.0)),
    3: (6, _steady),
    4: (14, _alternating),
    5: (3, lambda z: _one_side(z, lambda side: _some(2, 3, side), 2.0)),
    6: (5, lambda z: _one_side(z, lambda side: _some(4, 5, side), 1.0)),
    7: (15, lambda z: _all(15, np.abs(z) < 1)),
    8: (8, lambda z: _all(8, np.abs(z) > 1) & ~_one_side(z, lambda side: _all(8, side), 0.0)),
}
"""By rule: the number of readings in its pattern, and where it is complete."""
