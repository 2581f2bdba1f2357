"""Decision rules: how far inside its limits a measured value must be (ILAC-G8:09/2019 4.2, JCGM 106:2012, ISO 14253-1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from hil.errors import UserError

COVERAGE: Final = 2.0
"""k of the expanded uncertainty U = k u that guard bands are made of."""

ALLOWED: Final = 'allowed  "simple", "guard", "guard R" with R from 0 to 1 (0.82 is the ISO 14253-1 default), "nonbinary"'


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision rule: its kind, and the guard band as a multiple of U."""

    kind: str
    """"simple" (no guard band), "guard" (PASS or FAIL) or "nonbinary" (COND_PASS between acceptance limit and limit)."""
    r: float

    def band(self, u: float) -> float:
        """Width w = r U of the guard band for a standard uncertainty `u`, in the same unit."""
        return self.r * COVERAGE * u

    @classmethod
    def parse(cls, text: str) -> Rule:
        """The rule named "simple", "guard", "guard 0.82" or "nonbinary". UserError for any other text."""
        kind, *rest = text.split()
        if kind == "guard" and len(rest) <= 1:
            return cls("guard", _multiple(rest[0], text) if rest else 1.0)
        if kind in ("simple", "nonbinary") and not rest:
            return cls(kind, 0.0 if kind == "simple" else 1.0)
        raise UserError(f'"{text}" is not a decision rule', ALLOWED)


def _multiple(word: str, text: str) -> float:
    try:
        r = float(word)
    except ValueError:
        r = math.nan
    if not 0.0 <= r <= 1.0:
        raise UserError(f'"{text}" is not a decision rule', ALLOWED)
    return r
