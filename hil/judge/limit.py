"""A limit: the bounds a measurement is held against, where they come from, and who answers for the value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from hil.errors import UserError


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of one characteristic. A bound of None is no bound: a physical one (a count is at least 0) must be None too."""

    lower: float | None
    upper: float | None
    unit: str
    source: str = ""
    """Where the bounds come from, for the report: "driver imx708, line time x 2650 lines"."""
    rule: str = "guard"
    """Decision rule, see `hil.judge.rule.Rule`."""
    title: str = ""
    """What is limited, in words: "frame rate"."""
    about: str = "unit"
    """"unit", or "host" for what the kernel or the host decides: out of such a limit is ERROR, never FAIL."""

    def __post_init__(self) -> None:
        for bound in (self.lower, self.upper):
            if bound is not None and not math.isfinite(bound):
                raise UserError(f"{self.title or 'a limit'}: bound {bound} asked for", "", "a finite number, or None for no bound")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise UserError(f"{self.title or 'a limit'}: lower bound {self.lower:g} is above upper bound {self.upper:g}")

    def __str__(self) -> str:
        if self.lower is None and self.upper is None:
            return "no limits"
        lower, upper = ("" if bound is None else brief(bound) for bound in (self.lower, self.upper))
        if not lower:
            return f"at most {upper} {self.unit}".rstrip()
        if not upper:
            return f"at least {lower} {self.unit}".rstrip()
        if self.lower == self.upper:
            return f"exactly {lower} {self.unit}".rstrip()
        return f"{lower} .. {upper} {self.unit}".rstrip()


def brief(value: float) -> str:
    """A number in at most ten significant digits."""
    return f"{value:.10g}"


class Override(Protocol):
    """A limit as a plan writes it; at most one of the three bounds is given, none where only the rule is another."""

    @property
    def within(self) -> tuple[float, float] | None:
        """Both bounds."""

    @property
    def at_least(self) -> float | None:
        """Lower bound only."""

    @property
    def at_most(self) -> float | None:
        """Upper bound only."""

    @property
    def rule(self) -> str | None:
        """Decision rule; None keeps the catalog's."""


class Overriding(Protocol):
    """A plan as far as limits go."""

    @property
    def name(self) -> str:
        """The plan's name."""

    @property
    def version(self) -> int:
        """Its version."""

    @property
    def limits(self) -> Mapping[str, Override]:
        """Overrides by the measurement's name, with or without its unit: "frame_rate" or "frame_rate_hz"."""


def overridden(limit: Limit | None, override: Override, unit: str, origin: str) -> Limit:
    """`limit` with the bounds (and the rule, if any) of `override`; `origin` becomes its source, with what it replaced."""
    base = limit or Limit(None, None, unit)
    if override.within is None and override.at_least is None and override.at_most is None:
        return replace(base, rule=override.rule or base.rule, source=f"{base.source}; rule of {origin}")
    lower, upper = override.within or (override.at_least, override.at_most)
    source = origin if limit is None else f"{origin}; instead of {base}"
    return replace(base, lower=lower, upper=upper, rule=override.rule or base.rule, source=source)


def with_plan(limit: Limit | None, name: str, unit: str, plan: Overriding) -> Limit | None:
    """The limit that holds for measurement `name` under `plan`: the plan's own if it has one, else `limit` as it is."""
    for key in (name, f"{name}_{in_names(unit)}"):
        if key in plan.limits:
            return overridden(limit, plan.limits[key], unit, f"plan {plan.name}/{plan.version}, {key}")
    return limit


def in_names(unit: str) -> str:
    """A unit as it stands in names and keys: "Hz" is "hz", "µs" is "us"."""
    return unit.lower().replace("µ", "u").replace("%", "percent").replace("/", "_per_")
