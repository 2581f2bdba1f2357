"""Measurement x limit -> outcome, by the rules of ILAC-G8 and JCGM 106."""

import math

import pytest

from hil.judge import Limit, Verdict, attribute, judge
from hil.judge.decide import probability_outside
from hil.measure import Measurement


def rate(value, u=0.1, unit="Hz"):
    return Measurement("frame_rate", value, unit, u)


def limit(lower=10.0, upper=20.0, rule="guard", **more):
    return Limit(lower, upper, "Hz", "made up", rule, "frame rate", **more)


@pytest.mark.parametrize(
    ("rule", "value", "verdict"),
    [
        ("simple", 10.0, "PASS"),
        ("simple", 9.999999999, "FAIL"),
        ("guard", 10.2, "PASS"),
        ("guard", 10.199999999, "FAIL"),
        ("guard 0.82", 10.164, "PASS"),
        ("guard 0.82", 10.163, "FAIL"),
        ("guard 0", 10.0, "PASS"),
        ("nonbinary", 10.2, "PASS"),
        ("nonbinary", 10.1, "COND_PASS"),
        ("nonbinary", 9.9, "FAIL"),
        ("nonbinary", 9.0, "FAIL"),
    ],
)
def test_a_rule_decides_how_far_inside_a_value_must_be(rule, value, verdict):
    assert judge(rate(value), limit(rule=rule)).verdict == verdict
    assert judge(rate(30.0 - value), limit(rule=rule)).verdict == verdict


@pytest.mark.parametrize(
    "bad", [rate(math.nan), rate(math.inf), rate(15.0, math.nan), rate(15.0, -0.1), rate(15.0, math.inf), rate(15.0, unit="us")]
)
def test_what_is_no_number_or_has_another_unit_is_an_error_with_its_reason(bad):
    outcome = judge(bad, limit())
    assert outcome.verdict is Verdict.ERROR
    assert outcome.reason


def test_the_unrounded_value_is_judged():
    assert judge(rate(20.0 + 1e-12, 0.0), limit()).verdict is Verdict.FAIL
    assert judge(rate(20.0, 0.0), limit()).verdict is Verdict.PASS


def test_an_uncertainty_that_leaves_nothing_between_the_limits_is_not_the_units_fault():
    outcome = judge(rate(15.0, 2.5), limit())
    assert outcome.verdict is Verdict.ERROR
    assert outcome.reason == "not capable: U = 5 Hz leaves nothing of the limits 10 .. 20 Hz"
    assert judge(rate(15.0, 2.49), limit()).verdict is Verdict.PASS


def test_without_a_limit_a_value_is_recorded_and_not_judged():
    assert judge(rate(15.0), None).verdict is None
    assert judge(rate(15.0), Limit(None, None, "Hz")).verdict is None
    assert judge(rate(math.nan), None).verdict is Verdict.ERROR


def test_counts_are_exact_and_one_sided_limits_have_no_ratio():
    count = Measurement("dropped_frames", 0, "frames")
    outcome = judge(count, Limit(None, 0, "frames"))
    assert (outcome.verdict, outcome.tur, outcome.p_nonconform) == ("PASS", None, 0.0)


def test_the_risk_and_the_ratio_are_stated():
    outcome = judge(rate(10.2), limit())
    assert outcome.tur == pytest.approx(25.0)
    assert outcome.p_nonconform == pytest.approx(0.02275, abs=1e-5)
    assert (outcome.accept_lower, outcome.accept_upper) == pytest.approx((10.2, 19.8))


def test_the_probability_counts_both_tails():
    assert probability_outside(0.0, 1.0, -1.0, 1.0) == pytest.approx(0.3173, abs=1e-4)
    assert probability_outside(3.0, 0.0, None, 2.0) == 1.0


def test_a_conditional_fail_is_a_fail_that_says_so():
    assert "conditional fail" in judge(rate(9.9), limit(rule="nonbinary")).reason
    assert "conditional fail" not in judge(rate(9.0), limit(rule="nonbinary")).reason


@pytest.mark.parametrize(("about", "in_unit", "verdict"), [("unit", True, "FAIL"), ("unit", False, "ERROR"), ("host", True, "ERROR")])
def test_only_the_unit_under_test_can_fail(about, in_unit, verdict):
    limits = limit(about=about)
    outcome = attribute(judge(rate(25.0), limits), limits, in_unit=in_unit)
    assert outcome.verdict == verdict
    assert outcome.reason.startswith("25 Hz is outside 10 .. 20 Hz")


def test_a_pass_is_nobodys_fault():
    outcome = judge(rate(15.0), limit(about="host"))
    assert attribute(outcome, limit(about="host"), in_unit=False) is outcome
