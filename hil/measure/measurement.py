"""A measurement: a number with its unit, its standard uncertainty and where it came from (GUM, JCGM 100:2008)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace


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
    budget: tuple[tuple[str, float], ...] = field(default=())
    """Contributions to `u` in `unit`: (source, standard uncertainty), e.g. ("host clock, 50 ppm type B", 0.0004)."""

    def __float__(self) -> float:
        return float(self.value)

    @property
    def U(self) -> float:  # noqa: N802 - the GUM's symbol
        """Expanded uncertainty, k = 2."""
        return 2.0 * self.u

    def named(self, name: str) -> Measurement:
        """The same measurement under another name."""
        return replace(self, name=name)


def combined(parts: Sequence[tuple[str, float]]) -> float:
    """Root sum of squares of independent standard uncertainties (GUM 5.1.2)."""
    return math.hypot(*(u for _, u in parts)) if parts else 0.0
