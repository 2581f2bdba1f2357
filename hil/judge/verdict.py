"""Verdicts and which of several one record ends in."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """What is said of a measurement, a test or a unit, the worst first."""

    ERROR = "ERROR"
    """The rig, not the unit: nothing is said of the unit."""
    INVALID = "INVALID"
    """The station may not judge, e.g. its calibration is overdue."""
    FAIL = "FAIL"
    """A measurement of the unit is outside its limits."""
    INCOMPLETE = "INCOMPLETE"
    """Something required was not measured; what was, passed."""
    COND_PASS = "COND_PASS"
    """Inside the limits, but closer to one than the measurement's uncertainty can tell; counts as passed only where the plan says so."""
    PASS = "PASS"
    """Measured, and inside the limits by more than its uncertainty."""


EXIT_CODES: Final = {
    Verdict.ERROR: 3,
    Verdict.INVALID: 3,
    Verdict.FAIL: 1,
    Verdict.INCOMPLETE: 4,
    Verdict.COND_PASS: 1,
    Verdict.PASS: 0,
}
"""Exit status of a run by its verdict; a plan that accepts COND_PASS turns that one into 0."""

_WORST_FIRST: Final = tuple(Verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a record with these parts: ERROR, INVALID, FAIL, INCOMPLETE, COND_PASS, PASS in this order; ERROR if there are none.

    A skipped required test is INCOMPLETE, so it loses to a FAIL; nothing measured is never PASS.
    """
    return min(verdicts, key=_WORST_FIRST.index, default=Verdict.ERROR)
