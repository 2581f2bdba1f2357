"""Limits and decision rules: Measurement x Limit -> Outcome."""

from hil.judge.decide import Outcome, attribute, judge
from hil.judge.limit import Limit, overridden, with_plan
from hil.judge.rule import Rule
from hil.judge.verdict import EXIT_CODES, Verdict, worst

__all__ = ["EXIT_CODES", "Limit", "Outcome", "Rule", "Verdict", "attribute", "judge", "overridden", "with_plan", "worst"]
