"""What holds for every estimator: input untouched, numbers finite or an error, units in their place, the same answer twice."""

import math

import numpy as np
import pytest

from hil import measure
from hil.measure import EstimatorError, Link, Measurement, Range

RNG = np.random.default_rng(8)
TIMES = np.sort((np.arange(40) * 1e7 + RNG.exponential(5e3, 40)).astype(np.int64))
EXPOSURES = np.linspace(100.0, 1900.0, 9)
LEVELS = 64.0 + 0.35 * EXPOSURES + RNG.normal(0, 0.05, 9)
FRAME = RNG.normal(300, 5, (64, 64)).astype(np.uint16)
PERIOD = Measurement("frame_period", 5e5, "us", 15.0, 2)


def by_light(means):
    half = measure.light_reading(means, 1000.0, 1.0)
    tenth = measure.light_reading((np.asarray(means) - 64.0) / 10 + 64.0, 100.0, 1.0)
    return measure.exposure_by_light([Link(half, tenth)], 1000.0, Range(64.0, 0.3, 1023.0))


ESTIMATORS = {
    "frame_timing": (measure.frame_timing, (TIMES, np.arange(40))),
    "light_reading": (lambda means: measure.light_reading(means, 100.0, 1.0), (LEVELS,)),
    "exposure_by_light": (by_light, (RNG.normal(700, 0.5, 6),)),
    "level_line": (measure.level_line, (EXPOSURES, LEVELS)),
    "exposure_by_interval": (lambda us: measure.exposure_by_interval(PERIOD, float(us[0])), (np.array([641.0]),)),
    "content": (lambda frame: measure.content(frame, 10, 64.0), (FRAME,)),
    "row_profile": (measure.row_profile, (FRAME,)),
}
UNITS = {"us", "Hz", "frames", "DN", "DN/us", "%"}


def measurements(result):
    if isinstance(result, Measurement):
        return [result]
    return [getattr(result, name) for name in getattr(result, "__slots__", ()) if isinstance(getattr(result, name), Measurement)]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_estimator_never_changes_its_input(name):
    estimate, inputs = ESTIMATORS[name]
    before = [array.copy() for array in inputs]
    estimate(*inputs)
    assert all(np.array_equal(a, b) for a, b in zip(inputs, before, strict=True))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_an_estimator_gives_the_same_answer_twice(name):
    estimate, inputs = ESTIMATORS[name]
    assert repr(estimate(*inputs)) == repr(estimate(*inputs))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_number_is_finite_with_an_uncertainty_of_at_least_0_and_a_unit(name):
    estimate, inputs = ESTIMATORS[name]
    for m in measurements(estimate(*inputs)):
        assert math.isfinite(m.value)
        assert m.u >= 0
        assert m.unit in UNITS
        assert m.name == m.name.lower()


@pytest.mark.parametrize("kind", ["empty", "nan", "scalar"])
@pytest.mark.parametrize("name", sorted(set(ESTIMATORS) - {"exposure_by_interval"}))
def test_what_holds_no_numbers_is_refused_by_name(name, kind):
    estimate, inputs = ESTIMATORS[name]
    spoilt = {"empty": lambda a: a[:0], "nan": lambda a: np.full(a.shape, np.nan), "scalar": lambda a: a.ravel()[0]}[kind]
    with pytest.raises(EstimatorError):
        estimate(*(spoilt(array) for array in inputs))
