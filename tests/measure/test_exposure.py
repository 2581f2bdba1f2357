"""Exposure from light and from the frame interval, on truth we made."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hil.measure import (
    EstimatorError,
    Link,
    Measurement,
    Range,
    exposure_by_interval,
    exposure_by_light,
    exposure_offset,
    level_line,
    light_reading,
)
from hil.measure.budget import combined, type_b

BLACK, FULL = 64.5, 1023.0
LEVELS = Range(BLACK, 0.2, FULL)


def level(exposure_us, gain=1.0, added_us=14.26, bend=0.0):
    light = 0.35 * gain * (exposure_us + added_us)
    return BLACK + light * (1 - bend * light / (FULL - BLACK))


def read(exposure_us, gain=1.0, seed=1, noise=0.05, **truth):
    rng = np.random.default_rng([seed, int(exposure_us * 10), int(gain * 10)])
    return light_reading(level(exposure_us, gain, **truth) + rng.normal(0, noise, 6), exposure_us, gain)


def chain():
    return [Link(read(1900), read(300)), Link(read(300, 6.0), read(15, 6.0))]


def test_a_chain_finds_the_shortest_exposure_from_the_longest():
    m = exposure_by_light(chain(), 1914.26, LEVELS)
    assert m.value == pytest.approx(29.26, abs=3 * m.u)
    assert 0.1 < m.u < 0.8
    assert m.unit == "us"
    assert combined(m.budget) == pytest.approx(m.u)


def test_the_set_exposures_are_labels_and_not_believed():
    lying = [replace(link, short=replace(link.short, exposure_us=1.0)) for link in chain()[1:]]
    assert exposure_by_light([chain()[0], *lying], 1914.26, LEVELS).value == pytest.approx(29.26, abs=1.0)


def test_an_uncertain_black_weighs_most_at_the_dark_end():
    sure, unsure = (exposure_by_light(chain(), 1914.26, Range(BLACK, u, FULL)).u for u in (0.0, 2.0))
    assert unsure > 2 * sure


BROKEN = {
    "no links": ([], "no links"),
    "too bright": ([Link(read(2500), read(300))], r"exposure 2500 us at gain 1: level at 91.* not within 5% .. 80%"),
    "too dark": ([Link(read(1900), read(50))], r"exposure 50 us at gain 1: level at 2\.3% of full scale"),
    "clipped": ([Link(replace(read(1900), clipped=0.01), read(300))], r"0\.01 of the pixels are clipped"),
    "two gains": ([Link(read(1900), read(300, 2.0))], "gain 1 and 2 in one step"),
    "gap": ([Link(read(1900), read(300)), Link(read(250, 6.0), read(15, 6.0))], "the chain is broken: 300 us, then 250 us"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_chain_that_proves_nothing_is_refused_by_the_reading_at_fault(name):
    links, says = BROKEN[name]
    with pytest.raises(EstimatorError, match=says):
        exposure_by_light(links, 1914.26, LEVELS)


def test_a_step_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr("hil.measure.light.LONGEST_STEP", 5.0)
    with pytest.raises(EstimatorError, match="a step from 1900 to 300 us is longer than 5 times"):
        exposure_by_light(chain(), 1914.26, LEVELS)


@pytest.mark.parametrize("bad", [[1.0, 2.0, 3.0, 4.0], [], [1.0, np.nan, 2.0, 3.0, 4.0], [[1.0, 2.0], [3.0, 4.0]]])
def test_a_reading_needs_five_frames_that_are_numbers(bad):
    with pytest.raises(EstimatorError):
        light_reading(bad, 100.0, 1.0)


@pytest.mark.parametrize(("exposure_us", "gain"), [(0.0, 1.0), (100.0, 0.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_a_reading_needs_a_setting(exposure_us, gain):
    with pytest.raises(EstimatorError, match="is no setting"):
        light_reading([1.0] * 5, exposure_us, gain)


def points(gain=1.0, noise=0.03, seed=1, **truth):
    times = np.linspace(100, 1900, 9) / gain
    return times, level(times, gain, **truth) + np.random.default_rng([seed, int(gain)]).normal(0, noise, 9)


def test_a_line_finds_what_is_added_to_every_exposure():
    offset = level_line(*points()).offset(BLACK)
    assert offset.value == pytest.approx(14.26, abs=3 * offset.u)


def test_lines_at_two_gains_need_no_black():
    offset = exposure_offset(level_line(*points()), level_line(*points(8.0)))
    assert offset.value == pytest.approx(14.26, abs=3 * offset.u)
    with pytest.raises(EstimatorError, match="higher gain"):
        exposure_offset(level_line(*points(8.0)), level_line(*points()))


def test_a_bent_sensor_is_seen_and_does_not_move_the_offset():
    line = level_line(*points(bend=0.04))
    # A parabola x - b x^2 leaves its chord by b/4 of the span, here 66 % of the range.
    assert line.nonlinearity.value == pytest.approx(0.04 / 4 * 66, abs=0.08)
    offset = line.offset(BLACK)
    assert offset.value == pytest.approx(14.26, abs=3 * offset.u)


def test_equal_weights_are_the_default():
    times, levels = points()
    assert level_line(times, levels).slope == level_line(times, levels, np.ones(9)).slope


NO_LINE = {
    "too few": (([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), "5 different exposures, at least 6"),
    "one exposure": (([7.0] * 8, range(8)), "1 different exposures"),
    "NaN": ((range(8), [np.nan] * 8), "levels are not all finite"),
    "unequal": ((range(8), range(7)), "8 exposures, 7 levels"),
    "covered": ((range(8), [5.0] * 8), "does not rise"),
    "falling": ((range(8), range(8, 0, -1)), "does not rise"),
    "no weight": ((range(8), range(8), [0.0] * 8), "not all positive"),
}


@pytest.mark.parametrize("name", NO_LINE)
def test_what_is_no_line_is_said(name):
    given, says = NO_LINE[name]
    with pytest.raises(EstimatorError, match=says):
        level_line(*given)


def test_the_frame_interval_less_the_blanking_is_the_exposure():
    period = Measurement("frame_period", 112_015_737.7, "us", 3200.0, 2, budget=(type_b("host clock", 3200.0),))
    m = exposure_by_interval(period, 641.3, 10.0)
    assert (m.name, m.unit) == ("exposure_longest", "us")
    assert m.value == pytest.approx(112_015_096.4)
    assert m.u == pytest.approx(3200.0, rel=1e-4)


@pytest.mark.parametrize("value", [math.nan, 0.0, 600.0])
def test_a_period_that_leaves_no_exposure_is_refused(value):
    with pytest.raises(EstimatorError, match="leaves no exposure"):
        exposure_by_interval(Measurement("frame_period", value, "us"), 641.3)
