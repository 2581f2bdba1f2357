"""How a measured number is shown: U decides the digits, and what is shown never contradicts the verdict.

U (k = 2) is rounded up to two significant digits, value and limits to the same place. If that would move the value across a
limit, or make two different limits look equal, all of them get more digits until it no longer does. Verdicts are made elsewhere, on
unrounded values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

_MORE_PLACES = 9
_DIGITS, _ALL_DIGITS = 12, 17
"""What an exact value is shown with, and what tells any float from its neighbour."""
_LONGEST = 25
"""Characters of a number that is written out; a longer one is in powers of ten."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Texts of one measured value."""

    value: str
    U: str
    lower: str
    upper: str
    unit: str = ""
    """Unit of all of them, if the caller told."""

    @property
    def limits(self) -> str:
        """Both in words: "14.3506 .. 14.3564", "at most 0", "at least 47", "exactly 3", or nothing."""
        if self.lower and self.lower == self.upper:
            return f"exactly {self.lower}"
        if self.lower and self.upper:
            return f"{self.lower} .. {self.upper}"
        if self.upper:
            return f"at most {self.upper}"
        return f"at least {self.lower}" if self.lower else ""


def figures(value: float, u: float = 0.0, lower: float | None = None, upper: float | None = None) -> Figures:
    """Texts for a value with standard uncertainty `u` (k = 1) and its limits, all in one unit."""
    if not math.isfinite(value) or not math.isfinite(2 * u):
        return Figures(short(value), short(2 * u) if u else "", short(lower), short(upper))
    if u <= 0:
        return _exact(value, "", lower, upper, _DIGITS)
    place, expanded = rounded_up(2 * u)
    finest = _ALL_DIGITS - 1 - Decimal(value).adjusted()
    for places in range(min(place, finest), place + _MORE_PLACES):
        if _tells_the_truth(places, value, lower, upper):
            return Figures(_at(value, places), expanded, *_limits(lower, upper, places))
    return _exact(value, expanded, lower, upper, _ALL_DIGITS)


def _exact(value: float, expanded: str, lower: float | None, upper: float | None, digits: int) -> Figures:
    """Texts of at most `digits` significant digits, of all there are where fewer would not tell the truth."""

    def told(bound: float | None) -> float | None:
        return None if bound is None else float(f"{bound:.{digits}g}")

    true = _sides(Decimal(told(value) or 0.0), told(lower), told(upper)) == _sides(Decimal(value), lower, upper)
    shown = [short(each, digits if true else _ALL_DIGITS) for each in (value, lower, upper)]
    return Figures(shown[0], expanded, shown[1], shown[2])


def _sides(value: Decimal, lower: float | None, upper: float | None) -> tuple[bool, bool, bool]:
    """Below the lower limit, above the upper one, and whether the limits are one."""
    return lower is not None and value < Decimal(lower), upper is not None and value > Decimal(upper), lower == upper


def rounded_up(expanded: float) -> tuple[int, str]:
    """Decimal places and text of an expanded uncertainty, rounded up to two significant digits: 0.003345 -> (4, "0.0034")."""
    exact = Decimal(f"{expanded:.8e}")  # repr's last digits are noise: 0.1 * 3 must not round up to 0.31
    place = 1 - exact.adjusted()
    up = exact.quantize(Decimal(1).scaleb(-place), rounding=ROUND_CEILING)
    if up.adjusted() > exact.adjusted():  # 0.0996 -> 0.100: one digit too many
        place -= 1
    return place, _plain(up.quantize(Decimal(1).scaleb(-place), rounding=ROUND_CEILING), place)


def short(value: float | None, digits: int = _DIGITS) -> str:
    """An exact value without trailing zeros; at most 12 significant digits, or `digits`; nothing for no value."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return _odd(value)
    if value == 0.0:
        return "0"
    brief = f"{value:.{digits}g}" if digits < _ALL_DIGITS else repr(float(value))
    text = format(Decimal(brief), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if len(text) <= _LONGEST else brief


def duration(seconds: float | None) -> str:
    """A time for reading: "0.9 s", "47 s", "3 min 44 s", "1 h 05 min"."""
    if seconds is None or not math.isfinite(seconds):
        return "unknown time"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def clock(seconds: float) -> str:
    """Elapsed time as a counter: "00:41", "1:03:44"."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes:02d}:{whole % 60:02d}"


def _tells_the_truth(place: int, value: float, lower: float | None, upper: float | None) -> bool:
    shown = _round(value, place)
    if lower is not None and (shown < _round(lower, place)) != (value < lower):
        return False
    if upper is not None and (shown > _round(upper, place)) != (value > upper):
        return False
    return lower is None or upper is None or lower == upper or _round(lower, place) != _round(upper, place)


def _limits(lower: float | None, upper: float | None, place: int) -> tuple[str, str]:
    """Two limits share the value's place; a single one is shown without needless zeros ("at least 47")."""
    if lower is not None and upper is not None:
        return _at(lower, place), _at(upper, place)
    return tuple(short(float(_round(limit, place))) if limit is not None else "" for limit in (lower, upper))  # type: ignore[return-value]


def _round(value: float, place: int) -> Decimal:
    exact = Decimal(value)
    if exact.adjusted() + place > 26:  # more digits than the arithmetic carries: a float has 17
        return exact
    return exact.quantize(Decimal(1).scaleb(-place), rounding=ROUND_HALF_EVEN)


def _at(value: float, place: int) -> str:
    return _plain(_round(value, place), place)


def _plain(value: Decimal, place: int) -> str:
    text = format(value, "f") if place > 0 else format(value.to_integral_value(), "f")
    if len(text) > _LONGEST:
        text = format(value, f".{min(len(value.as_tuple().digits), _ALL_DIGITS) - 1}e")
    return text.removeprefix("-") if value == 0 else text


def _odd(value: float) -> str:
    return "not a number" if math.isnan(value) else "infinite" if value > 0 else "-infinite"
