"""How alike the rows of a global shutter open: flashes that its exposure cuts, on light that the simulator integrates."""

import numpy as np
import pytest

from hil.measure import EstimatorError
from hil.measure.tilt import NotGlobal, shutter_tilt
from hil.sim.light import Light, Pulse

ROWS, EXPOSURE, WIDTH, CYCLE = 64, 600.0, 200.0, 1240.0
DARK = np.full(ROWS, 60.0)


def frames(starts_us=0.0, ends_us=0.0, *, count=48, seed=1, level=2.5, bend=0.006):
    """Profiles and places; the last row opens and closes so much later than the first."""
    rng = np.random.default_rng(seed)
    place = (rng.uniform(0, CYCLE) + 0.382 * CYCLE * np.arange(count)) % CYCLE - 400.0
    response = level * (1 + 0.1 * np.cos(np.linspace(0, 3, ROWS)))
    height = np.linspace(-0.5, 0.5, ROWS)
    profiles = []
    for at in place:
        on, off = at + rng.exponential(8.0), at + WIDTH + rng.exponential(8.0)
        light = Light(pulses=(Pulse(round(on * 1e3), round(off * 1e3), 1.0, 100.0, 300.0),))
        seen = [
            light.integral(0, np.array([s * 1e3]), (EXPOSURE + e - s) * 1e3)[0]
            for s, e in zip(height * starts_us, height * ends_us, strict=True)
        ]
        dn = np.array(seen) * 1e6 * response
        profiles.append(DARK + dn * (1 - bend * dn / 1000) + 0.04 * rng.normal(size=ROWS))
    return profiles, place


def test_rows_that_open_together_are_found_to_within_a_fraction_of_a_microsecond():
    profiles, place = frames()
    tilt = shutter_tilt(profiles, DARK, place, CYCLE, WIDTH)
    assert abs(tilt.skew.value) < 2.5 * tilt.skew.u
    assert tilt.skew.u < 0.3


@pytest.mark.parametrize(("starts", "ends"), [(5.0, 5.0), (0.0, 6.0), (-4.0, 4.0)])
def test_rows_that_open_or_close_one_after_the_other_are_told(starts, ends):
    profiles, place = frames(starts, ends)
    tilt = shutter_tilt(profiles, DARK, place, CYCLE, WIDTH)
    # The bent response under uneven light tilts both, against each other.
    assert tilt.starts.value == pytest.approx(starts, abs=1.6)
    assert tilt.ends.value == pytest.approx(ends, abs=1.6)
    assert abs(tilt.skew.value - (starts + ends) / 2) < 2.5 * tilt.skew.u < 5.0


def test_the_true_skew_lies_within_the_stated_uncertainty():
    pulls = []
    for seed in range(24):
        profiles, place = frames(2.0, 2.0, seed=seed)
        skew = shutter_tilt(profiles, DARK, place, CYCLE, WIDTH).skew
        pulls.append((skew.value - 2.0) / skew.u)
    assert np.mean(np.abs(pulls) < 2) >= 0.92


def test_a_rolling_shutter_is_told_from_a_global_one():
    profiles, place = frames(5_000.0, 5_000.0)
    with pytest.raises(NotGlobal, match="a rolling shutter"):
        shutter_tilt(profiles, DARK, place, CYCLE, WIDTH)


def test_too_few_cut_flashes_and_darkness_are_refused():
    profiles, place = frames(count=6)
    with pytest.raises(EstimatorError, match=r"too few|at least 3"):
        shutter_tilt(profiles, DARK, place, CYCLE, WIDTH)
    with pytest.raises(EstimatorError, match="no flash"):
        shutter_tilt([DARK] * 48, DARK, np.arange(48.0), CYCLE, WIDTH)
