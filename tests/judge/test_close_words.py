"""What is said about a value near a limit is not contradicted by the digits it is said with."""

import math

import pytest

from hil.judge import Limit, Verdict, judge
from hil.measure import Measurement


@pytest.mark.parametrize(("value", "upper"), [(120.0000000001, 120.0), (1000000.0000001, 1e6), (120.00000000000003, 120.0)])
def test_a_value_a_hair_outside_is_not_said_to_be_the_limit(value, upper):
    outcome = judge(Measurement("rate", value, "Hz"), Limit(0.0, upper, "Hz", rule="simple"))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == f"{value!r} Hz is outside 0 .. {upper:.10g} Hz"


def test_the_reason_names_the_guard_band_that_the_rule_has():
    outcome = judge(Measurement("rate", 9.0, "Hz", 1.0), Limit(0.0, 10.0, "Hz", rule="guard 0.82"))
    assert outcome.reason == "9 Hz is inside 0 .. 10 Hz, but closer than 0.82 U = 1.64 Hz"


def test_an_uncertainty_that_doubles_to_infinity_is_none():
    for rule in ("simple", "guard", "nonbinary"):
        assert judge(Measurement("rate", 1.0, "Hz", 1e308), Limit(0.0, None, "Hz", rule=rule)).verdict is Verdict.ERROR
        assert judge(Measurement("rate", 1.0, "Hz", math.inf), Limit(0.0, 2.0, "Hz", rule=rule)).verdict is Verdict.ERROR
