"""A measurement: a number with its unit, its standard uncertainty and where it came from (GUM, JCGM 100:2008)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hil.measure.budget import Contribution, combined, effective_dof


@dataclass(frozen=True, slots=True)
class Series:
    """A measured curve behind a number: equally long `x`, `y` and standard uncertainties `u` (may be empty)."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    u: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured value. Frozen; what was measured is in `name`, e.g. "frame_rate", its unit in `unit`, e.g. "Hz"."""

    name: str
    value: float
    unit: str
    u: float = 0.0
    """Standard uncertainty (k = 1) in `unit`; 0 for counts and exact values."""
    n: int = 1
    """Number of readings behind the value."""
    method: str = ""
    """How, in a few words: "median of SensorTimestamp differences"."""
    series: Series | None = None
    dof: float = math.inf
    """Effective degrees of freedom of `u` (Welch-Satterthwaite)."""
    budget: tuple[Contribution, ...] = ()
    """What `u` is made of, in `unit`; empty for counts, and where another measurement's budget tells it."""

    def __float__(self) -> float:
        return float(self.value)

    @property
    def U(self) -> float:  # noqa: N802 - the GUM's symbol
        """Expanded uncertainty, k = 2."""
        return 2.0 * self.u

    @classmethod
    def of(
        cls,
        name: str,
        value: float,
        unit: str,
        budget: Iterable[Contribution],
        n: int = 1,
        method: str = "",
        series: Series | None = None,
    ) -> Measurement:
        """With `u` and `dof` of a budget of independent contributions."""
        parts = tuple(budget)
        return cls(name, value, unit, combined(parts), n, method, series, effective_dof(parts), parts)

    def named(self, name: str) -> Measurement:
        """The same measurement under another name."""
        return replace(self, name=name)
