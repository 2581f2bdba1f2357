"""The GUM's arithmetic, against GTC (GUM Tree Calculator), an independent implementation."""

import math

import pytest
from GTC import dof, reporting, tb, uncertainty, ureal
from scipy import stats

from hil.measure.budget import Contribution, combined, coverage_factor, effective_dof, expanded, rectangular, triangular, type_a, type_b

RESISTORS = (0.82, 9.0), (0.33, math.inf), (1.1, 4.0)
"""Standard uncertainties with their degrees of freedom."""


def widened(source: str, s: float, of: float) -> Contribution:
    """A type A contribution as estimators state it: the standard deviation of Student's t."""
    return type_a(source, s * math.sqrt(of / (of - 2.0)) if of < math.inf else s, of)


def test_degrees_of_freedom_and_coverage_are_those_of_gtc():
    parts = [widened("reading", s, of) for s, of in RESISTORS]
    told = sum(ureal(0.0, s, of) for s, of in RESISTORS)

    k, expanded_uncertainty = expanded(parts)

    assert effective_dof(parts) == pytest.approx(dof(told), rel=1e-9)
    assert k == pytest.approx(reporting.k_factor(math.floor(dof(told)), 95.45), rel=1e-6)
    assert expanded_uncertainty == pytest.approx(k * uncertainty(told), rel=1e-9)


def test_half_widths_become_what_gtc_makes_of_them():
    told = ureal(0.0, tb.uniform(0.5)) + ureal(0.0, tb.triangular(0.2)) + ureal(0.0, 0.01)

    assert combined([rectangular("a", 0.5), triangular("b", -0.2), type_b("c", 0.01)]) == pytest.approx(uncertainty(told))


@pytest.mark.parametrize("readings", [3, 4, 7, 12, 50, 300, 9_999])
def test_the_coverage_factor_is_students(readings):
    assert coverage_factor(readings) == pytest.approx(stats.t.ppf(0.5 + 0.9545 / 2, readings), rel=1e-9)
    assert coverage_factor(readings + 0.9) == coverage_factor(readings)


@pytest.mark.parametrize("few", [4, 6, 12, 30])
def test_two_widened_uncertainties_cover_95_percent_of_few_readings_too(few):
    wide = widened("scatter", 1.0, few)
    assert 0.949 < 1.0 - 2.0 * stats.t.sf(2.0 * wide.u, few) < 0.956


def test_what_is_not_in_doubt_has_a_coverage_factor_of_two():
    assert expanded([rectangular("host clock", 1.0)]) == (2.0, pytest.approx(2.0 / math.sqrt(3.0)))
    assert effective_dof([]) == math.inf
    assert combined([]) == 0.0


def test_a_cause_seen_in_another_unit_keeps_its_kind():
    in_ms = type_a("scatter", 3.0, 12).times(-1e-3)
    assert (in_ms.u, in_ms.type, in_ms.dof) == (0.003, "A", 12)


def test_no_readings_give_no_coverage_factor():
    assert math.isnan(coverage_factor(0.0))
    assert math.isnan(coverage_factor(math.nan))
