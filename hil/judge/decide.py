"""The decision: a measurement, its uncertainty and a limit give a verdict with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hil.judge.limit import Limit, brief
from hil.judge.rule import COVERAGE, Rule
from hil.judge.verdict import Verdict
from hil.measure.measurement import Measurement


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided about one measurement. `verdict` is None where there was no limit: recorded, not judged."""

    verdict: Verdict | None
    lower: float | None = None
    upper: float | None = None
    accept_lower: float | None = None
    """`lower` moved inwards by the guard band: what the value was really compared with."""
    accept_upper: float | None = None
    p_nonconform: float | None = None
    """Probability that the true value is outside the limits, for a normal distribution of width u."""
    tur: float | None = None
    """Test uncertainty ratio (upper - lower) / (2 U); None for one-sided limits and exact values."""
    reason: str = ""
    """One sentence; empty for a plain PASS."""


def judge(m: Measurement, limit: Limit | None) -> Outcome:
    """Decide about `m` by the rule of `limit`, on unrounded values (notes: ILAC-G8 4.2, JCGM 106).

    ERROR, never FAIL, where nothing can be said: NaN or infinity, a negative or NaN uncertainty, another unit than the
    limit's, or an uncertainty so large that the acceptance limits cross.
    """
    if limit is None or (limit.lower is None and limit.upper is None):
        problem = _unusable(m, m.unit)
        return Outcome(Verdict.ERROR if problem else None, reason=problem)
    bare = Outcome(Verdict.ERROR, limit.lower, limit.upper)
    problem = _unusable(m, limit.unit)
    if problem:
        return replace(bare, reason=problem)
    rule = Rule.parse(limit.rule)
    known = replace(
        bare,
        accept_lower=None if limit.lower is None else limit.lower + rule.band(m.u),
        accept_upper=None if limit.upper is None else limit.upper - rule.band(m.u),
        p_nonconform=probability_outside(m.value, m.u, limit.lower, limit.upper),
        tur=_ratio(m.u, limit),
    )
    if rule.r and known.tur is not None and known.tur <= rule.r:
        return replace(known, reason=f"not capable: U = {m.U:.3g} {m.unit} leaves nothing of the limits {limit}")
    return _decided(m, limit, rule, known)


def attribute(outcome: Outcome, limit: Limit | None, *, in_unit: bool) -> Outcome:
    """Whose fault a FAIL is: ERROR if the part is not under test, or if kernel or host decide about the value."""
    if outcome.verdict is not Verdict.FAIL:
        return outcome
    if limit is not None and limit.about == "host":
        return replace(outcome, verdict=Verdict.ERROR, reason=f"{outcome.reason}; kernel or host decide this, not the unit")
    if not in_unit:
        return replace(outcome, verdict=Verdict.ERROR, reason=f"{outcome.reason}; this part of the rig is not the unit under test")
    return outcome


def probability_outside(value: float, u: float, lower: float | None, upper: float | None) -> float:
    """Probability that the true value lies outside [lower, upper] if it is normal about `value` with width `u`."""
    if u == 0.0:
        return float((lower is not None and value < lower) or (upper is not None and value > upper))
    below = 0.0 if lower is None else _phi((lower - value) / u)
    above = 0.0 if upper is None else _phi((value - upper) / u)
    return below + above


def _phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _unusable(m: Measurement, unit: str) -> str:
    if not math.isfinite(m.value):
        return f"no number was measured ({m.value})"
    if not (math.isfinite(m.U) and m.u >= 0.0):
        return f"uncertainty {m.u} is not a number of at least 0"
    if m.unit != unit:
        return f"measured in {m.unit or 'no unit'}, limits in {unit or 'no unit'}"
    return ""


def _ratio(u: float, limit: Limit) -> float | None:
    if limit.lower is None or limit.upper is None or u == 0.0:
        return None
    return (limit.upper - limit.lower) / (2.0 * COVERAGE * u)


def _decided(m: Measurement, limit: Limit, rule: Rule, known: Outcome) -> Outcome:
    if _inside(m.value, known.accept_lower, known.accept_upper):
        return replace(known, verdict=Verdict.PASS)
    value = f"{_beside(m.value, limit)} {m.unit}".rstrip()
    if not _inside(m.value, limit.lower, limit.upper):
        return replace(known, verdict=Verdict.FAIL, reason=f"{value} is outside {limit}{_conditionally(m, rule, known)}")
    share = "" if rule.r == 1.0 else f"{rule.r:g} "
    close = f"{value} is inside {limit}, but closer than {share}U = {rule.band(m.u):.3g} {m.unit}".rstrip()
    return replace(known, verdict=Verdict.COND_PASS if rule.kind == "nonbinary" else Verdict.FAIL, reason=close)


def _beside(value: float, limit: Limit) -> str:
    """The value in as few digits as show it on the side of the bounds, as `limit` prints them, where it is."""
    lower, upper = (None if bound is None else float(brief(bound)) for bound in (limit.lower, limit.upper))
    told = brief(value)
    same = _inside(float(told), lower, upper) == _inside(value, limit.lower, limit.upper)
    return told if same else repr(float(value))


def _conditionally(m: Measurement, rule: Rule, known: Outcome) -> str:
    band = rule.band(m.u)
    lower = None if known.lower is None else known.lower - band
    upper = None if known.upper is None else known.upper + band
    near = rule.kind == "nonbinary" and _inside(m.value, lower, upper)
    return f", by less than U = {m.U:.3g} {m.unit} (conditional fail)" if near else ""


def _inside(value: float, lower: float | None, upper: float | None) -> bool:
    return (lower is None or value >= lower) and (upper is None or value <= upper)
