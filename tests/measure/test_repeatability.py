"""A gauge study's repeatability in a measurement's budget."""

import math

import pytest

from hil.measure.budget import rectangular, type_a
from hil.measure.measurement import Measurement
from hil.measure.repeatability import Repeatability, repeated

STUDY = Repeatability("frame_rate", "cm3", "", "Hz", 0.005, 20.0, "gauge study G-7")
RATE = Measurement.of("frame_rate", 56.0, "Hz", [type_a("scatter", 0.003), rectangular("host clock", 0.004)])


def test_only_what_the_run_did_not_see_itself_is_added():
    wider = repeated(RATE, STUDY)
    added = wider.budget[-1]
    assert added.s == pytest.approx(math.sqrt(0.005**2 - 0.003**2))
    assert wider.u == pytest.approx(math.hypot(RATE.u, added.u))
    assert (added.type, added.dof, added.source) == ("A", 20.0, "beyond one run: gauge study G-7")


def test_a_run_that_scatters_more_than_the_study_stays_as_it_is():
    noisy = Measurement.of("frame_rate", 56.0, "Hz", [type_a("scatter", 0.006)])
    assert repeated(noisy, STUDY) is noisy


def test_a_count_stays_exact():
    count = Measurement("dropped_frames", 0.0, "frames")
    assert repeated(count, STUDY) is count


def test_a_value_without_a_budget_keeps_its_own_uncertainty_beside_it():
    bare = Measurement("frame_rate", 56.0, "Hz", 0.012)
    assert repeated(bare, STUDY).u == pytest.approx(math.hypot(0.012, 0.005 * math.sqrt(20 / 18)))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_uncertainty_that_is_no_number_stays_none(value):
    odd = Measurement("frame_rate", 56.0, "Hz", value)
    assert repeated(odd, STUDY) is odd


def test_a_study_is_about_one_characteristic_of_one_part_in_one_mode():
    assert STUDY.fits(RATE, "cm3", "")
    assert not STUDY.fits(RATE, "cm3", "1536x864")
    assert not STUDY.fits(RATE.named("page_rate"), "cm3", "")
