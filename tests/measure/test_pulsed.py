"""What is added to every pulse, from levels under steady light whose response bends, on made truth."""

from types import SimpleNamespace

import numpy as np
import pytest

from hil.measure import EstimatorError, exposure_line
from hil.measure.looks import PlaneLevels
from hil.measure.pulsed import SentPulses

RATES = np.array([[1.1, 2.5], [2.5, 1.75]])
OFFSET = 14.3
PERIOD = 33_333.0


def taken(low_us, rng, *, bend=0.006, black=60.05, gone=(), rates=RATES, pulses=20):
    light = rates * (low_us + OFFSET) * (1 + 3e-4 * rng.normal())
    level = np.minimum(black + light - bend * light**2 / 1023, 1023.0)
    looks = [PlaneLevels(level + 0.01 * rng.normal(size=(2, 2)), np.where(level >= 1015, 0.5, 1e-5)) for _ in range(pulses - len(gone))]
    times = np.arange(pulses) * PERIOD
    stamps = np.delete(times, gone) * 1e3 * (1 + 2e-5) + 7e9
    burst = SimpleNamespace(timestamps_ns=stamps.astype(np.int64))
    return SimpleNamespace(burst=burst, reduced=looks, achieved=SimpleNamespace(bits=10, black_dn=60.0), pulses=SentPulses(times, low_us))


def shots(seed=1, lows=(100.0, 500.0, 2_000.0, 8_000.0), **how):
    rng = np.random.default_rng(seed)
    return [taken(low, rng, **how) for low in lows]


def test_the_offset_is_found_from_the_pulses_that_do_not_saturate():
    line = exposure_line(shots())
    assert line.offset_us.value == pytest.approx(OFFSET, abs=2 * line.offset_us.u)
    assert line.offset_us.u < 0.35
    assert line.saturated_us == (2_000.0, 8_000.0)


def test_its_uncertainty_is_honest_whatever_black_bend_and_light():
    rng = np.random.default_rng(7)
    pulls = []
    for seed in range(200):
        made = shots(seed, bend=rng.uniform(0.002, 0.008), black=60 + 0.12 * rng.normal(), rates=RATES * rng.uniform(0.5, 1.0))
        found = exposure_line(made).offset_us
        pulls.append((found.value - OFFSET) / found.u)
    assert np.mean(np.abs(pulls) < 2) >= 0.92
    assert abs(np.mean(pulls)) < 0.2


def test_pulses_without_a_frame_are_counted_in_saturated_trains_too():
    rng = np.random.default_rng(1)
    line = exposure_line([taken(100.0, rng), taken(8_000.0, rng, gone=(0, 7, 8, 19))])
    assert line.lost_pulses.value == 4
    assert line.lost_pulses.n == 40


def test_a_train_that_made_no_frame_is_lost_altogether():
    rng = np.random.default_rng(1)
    line = exposure_line([taken(100.0, rng), taken(500.0, rng, gone=tuple(range(20)))])
    assert line.lost_pulses.value == 20


BAD = {
    "nothing": (list, "no captures"),
    "saturated": (lambda: shots(lows=(100.0, 2_000.0, 8_000.0)), "pulses of 1 lengths do not saturate"),
    "dark": (lambda: shots(rates=RATES * 1e-4), "no light"),
    "free": (lambda: [SimpleNamespace(**{**vars(shots()[0]), "pulses": None})], "no counted pulses"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_line_is_refused_in_a_sentence(name):
    made, says = BAD[name]
    with pytest.raises(EstimatorError, match=says):
        _ = exposure_line(made()).offset_us
