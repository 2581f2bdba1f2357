"""Statistics on truth we made, on published data, and against capstat-core."""

import csv
import math
from pathlib import Path

import capstat_core
import numpy as np
import pytest
import scipy.stats

from hil.history.stats import capability, compare, control, drift, gauge, normality, proportion

AIAG = Path(__file__).parent / "data" / "aiag-grr.csv"


def normal(n=200, mean=56.0, s=0.2, seed=1):
    return np.random.default_rng(seed).normal(mean, s, n)


def aiag():
    rows = list(csv.DictReader(AIAG.read_text().splitlines()[2:]))
    of = {(r["part"], r["appraiser"], r["trial"]): float(r["value"]) for r in rows}
    return np.array([[[of[str(part), who, trial] for trial in "123"] for who in "ABC"] for part in range(1, 11)])


def test_the_manuals_own_study_gives_the_manuals_figures():
    found = gauge.study(aiag())
    figures = [round(value, 5) for value in (found.ev, found.av, found.grr, found.pv)]
    assert figures == [0.19993, 0.22684, 0.30237, 1.04233]
    assert (round(found.tv, 4), round(found.of_study(found.grr), 2), found.ndc, found.judged) == (1.0853, 27.86, 4, "marginal")


@pytest.mark.parametrize("seed", range(8))
def test_a_study_is_what_capstat_says_pooled_or_not(seed):
    rng = np.random.default_rng(seed)
    x = (
        rng.normal(0, 1, (8, 1, 1))
        + rng.normal(0, 0.2, (1, 3, 1))
        + (seed % 2) * rng.normal(0, 0.3, (8, 3, 1))
        + rng.normal(0, 0.1, (8, 3, 3))
    )
    ours, theirs = gauge.study(x, tolerance=4.0), capstat_core.gage_rr(x, tolerance=4.0)
    assert ours.grr**2 == pytest.approx(theirs.var_gage_rr)
    assert ours.pv**2 == pytest.approx(theirs.var_part)
    assert ours.of_tolerance(ours.grr) == pytest.approx(theirs.pct_tolerance_gage_rr)


def test_a_gauge_of_known_spread_is_found():
    rng = np.random.default_rng(3)
    x = rng.normal(0, 5, (200, 1, 1)) + np.array([-1.0, 0.0, 1.0])[None, :, None] + rng.normal(0, 0.5, (200, 3, 4))
    found = gauge.study(x)
    assert found.ev == pytest.approx(0.5, rel=0.05)
    assert found.av == pytest.approx(1.0, rel=0.02)
    assert found.pv == pytest.approx(5.0, rel=0.15)


def test_a_study_without_appraisers_has_repeatability_only_and_equal_readings_nothing():
    alone = gauge.study(aiag()[:, :1])
    assert (alone.av, alone.ev > 0, math.isnan(alone.p_interaction)) == (0.0, True, True)
    still = gauge.study(np.full((3, 2, 2), 0.1))
    assert (still.grr, still.ndc, still.judged) == (0.0, None, "no variation at all")


@pytest.mark.parametrize("shape", [(1, 3, 3), (3, 3, 1), (3, 3), (0, 0, 0)])
def test_too_small_a_study_is_refused(shape):
    with pytest.raises(ValueError, match="at least 2 parts and 2 trials"):
        gauge.study(np.zeros(shape))
    with pytest.raises(ValueError, match="no number"):
        gauge.study(np.full((2, 2, 2), math.nan))


@pytest.mark.parametrize(("lower", "upper"), [(55.0, 57.0), (55.5, None), (None, 56.2)])
def test_indices_are_what_capstat_says(lower, upper):
    ours, theirs = capability.capability(normal(), lower, upper), capstat_core.capability(normal(), lsl=lower, usl=upper)
    for name in ("cp", "cpk", "pp", "ppk"):
        mine, expected = getattr(ours, name), getattr(theirs, name)
        assert (mine.value if mine else None) == (pytest.approx(expected) if expected is not None else None)


def test_ninety_five_of_a_hundred_intervals_hold_the_truth():
    made = [capability.capability(normal(50, seed=seed), 55.0, 57.0) for seed in range(400)]
    truth = 1.0 / (3 * 0.2)
    for name in ("cp", "cpk", "pp", "ppk"):
        held = np.mean([getattr(one, name).low <= truth <= getattr(one, name).high for one in made])
        assert 0.92 < held < 0.99, name


@pytest.mark.parametrize(
    ("values", "limits", "why"),
    [
        ([], (0, 1), "n = 0 is too few"),
        ([0.5], (0, 1), "n = 1 is too few"),
        (normal(24), (55, 57), "n = 24 is too few, 25 are needed"),
        (normal(25), (None, None), "it has no limits"),
        ([0.1] * 40, (0, 1), "all readings are the same"),
        ([math.nan] * 40, (0, 1), "n = 0 is too few"),
    ],
)
def test_no_index_without_grounds(values, limits, why):
    found = capability.capability(values, *limits)
    assert found.refused.startswith(why)
    assert (found.cp, found.cpk, found.pp, found.ppk) == (None,) * 4


def test_the_order_matters_within_and_not_overall():
    rising = np.sort(normal())
    found, shuffled = capability.capability(rising, 55, 57), capability.capability(np.random.default_rng(2).permutation(rising), 55, 57)
    assert found.ppk.value == pytest.approx(shuffled.ppk.value)
    assert found.cpk.value > 5 * shuffled.cpk.value


def test_what_is_no_number_is_counted_and_left_out():
    found = capability.capability([*normal(), math.nan, math.inf], 55, 57)
    assert (found.n, found.left_out, found.outside) == (200, 2, 0)


@pytest.mark.parametrize("shape", ["normal", "uniform", "exponential"])
def test_normality_is_what_capstat_says(shape):
    values = getattr(np.random.default_rng(5), shape)(size=100)
    p = normality.p_value(values)
    assert p == pytest.approx(capstat_core.anderson_darling(values).p_value)
    assert (p > 0.05) == (shape == "normal")


def test_normality_of_too_few_or_equal_readings_is_not_told():
    assert math.isnan(normality.p_value(normal(7)))
    assert math.isnan(normality.p_value(np.full(50, 0.1)))


@pytest.mark.parametrize("seed", range(10))
def test_rules_fire_where_capstat_says(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, 400) * rng.choice([0.4, 1, 2.5], 400).repeat(20)[:400] + np.cumsum(rng.normal(0, 0.1, 400))
    theirs = capstat_core.i_mr_chart(values)
    expected = {rule: set() for rule in control.RULES}
    for one in capstat_core.nelson_rules(theirs.location):
        expected[one.rule].add(one.point)
    beginning = {5: {0, 1}, 6: {0, 1, 2, 3}}  # where a whole window has not been seen, capstat waits for it and we do not
    ours = control.chart(values)
    assert (ours.low, ours.high) == pytest.approx((theirs.location.limits.lower, theirs.location.limits.upper))
    assert ours.range_high == pytest.approx(theirs.dispersion.limits.upper, rel=1e-3)
    found = {rule: set(np.flatnonzero(one).tolist()) for rule, one in control.signals((values - ours.mean) / ours.sigma).items()}
    for rule, ends in found.items():
        assert ends - beginning.get(rule, set()) == expected[rule] - beginning.get(rule, set()), rule


PATTERNS = {
    1: [0] * 5 + [3.1],
    2: [0.1] * 9,
    3: [-1.5, -1, -0.5, 0, 0.5, 1.5],
    4: [0.5, -0.5] * 7,
    5: [2.1, 0, 2.2],
    6: [1.1, 1.2, 0, 1.3, 1.1],
    7: [0.5, 0.4, -0.5] * 5,
    8: [1.1, -1.2] * 4,
}


@pytest.mark.parametrize("rule", PATTERNS)
def test_each_rule_fires_at_the_reading_that_completes_it_and_not_before(rule):
    found = control.signals(np.array(PATTERNS[rule], float))[rule]
    assert list(np.flatnonzero(found)) == [len(PATTERNS[rule]) - 1]


def test_a_violation_says_from_where_to_where_and_patterns_in_a_row_are_one():
    values = [*normal(60), *(normal(20, mean=57.0))]
    found = control.chart(values, baseline=60)
    shifted = next(one for one in found.violations if one.rule == 2 and one.first >= 58)
    assert (shifted.first, shifted.last, shifted.says) == (60, 79, "nine in a row on one side of the mean")


def test_a_reading_that_is_no_number_is_in_no_pattern_and_the_others_keep_their_places():
    values = normal(100)
    values[[10, 50]], values[70] = math.nan, 60.0
    assert [(one.first, one.last) for one in control.chart(values).violations if one.rule == 1] == [(70, 70)]


@pytest.mark.parametrize("values", [[], [1.0], [0.1] * 30, [math.nan] * 3])
def test_a_chart_of_nothing_or_of_one_value_breaks_no_rule(values):
    assert control.chart(values).violations == ()


def test_two_groups_compare_as_scipy_says():
    a, b = normal(80), normal(60, 56.1, 0.4, seed=2)
    found = compare.compare([*a, math.nan], b)
    t, levene = scipy.stats.ttest_ind(b, a, equal_var=False), scipy.stats.levene(a, b, center="median")
    assert (found.t, found.p_means, found.p_spreads) == pytest.approx((t.statistic, t.pvalue, levene.pvalue))
    assert (found.low, found.high) == pytest.approx(tuple(t.confidence_interval()))
    assert found.spreads_differ


@pytest.mark.parametrize(
    ("a", "b", "why"), [([], [1, 2, 3], "n = 0 and 3 are too few"), ([1] * 5, [1] * 5, "in both groups all readings are the same")]
)
def test_what_cannot_be_compared_is_said(a, b, why):
    found = compare.compare(a, b)
    assert found.refused.startswith(why)
    assert not found.means_differ


def test_a_group_without_spread_compares_with_one_that_has():
    assert compare.compare([1.0] * 10, normal(10)).means_differ


def test_a_drift_is_found_with_its_interval_as_scipy_says():
    days = np.arange(60.0)
    values = normal(60) + 0.01 * days
    found, expected = drift.drift(days, values), scipy.stats.linregress(days, values)
    assert (found.slope, found.p) == pytest.approx((expected.slope, expected.pvalue))
    assert found.low < 0.01 < found.high


def test_a_drift_is_called_one_and_noise_is_not():
    days = np.arange(60.0)
    called = [drift.drift(days, normal(60, seed=n)).is_one for n in range(1000)]
    assert sum(called) <= 8
    assert all(drift.drift(days, normal(60, seed=n) + 0.05 * days).is_one for n in range(100))


def test_no_drift_without_time_or_readings():
    assert drift.drift([], []).refused == "n = 0 is too few, 10 are needed"
    assert drift.drift([5.0] * 20, normal(20)).refused == "all at one time"
    assert drift.drift(range(20), [0.1] * 20).slope == 0


def test_a_share_has_an_interval_that_holds_and_a_rolled_yield_is_the_product():
    found = proportion.share(9, 10)
    expected = scipy.stats.binomtest(9, 10).proportion_ci()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert proportion.rolled([proportion.share(9, 10), proportion.share(4, 5)]) == pytest.approx(0.72)
    assert (proportion.share(5, 5).high, proportion.share(0, 5).low, math.isnan(proportion.share(0, 0).value)) == (1.0, 0.0, True)
