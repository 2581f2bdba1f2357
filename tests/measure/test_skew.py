"""Rolling or global, and the line time: by flashes of known phase and by the stripes of a flickering lamp."""

import numpy as np
import pytest

from hil.measure import EstimatorError
from hil.measure.skew import readout_skew, skew_by_flicker
from hil.sim.light import Lamp, Light, Pulse

LINE, EXPOSURE, ROWS = 18.504, 2000.0, 1000
DARK, FLAT = np.full(ROWS, 64.0), 1.0 + 0.05 * np.sin(np.linspace(0, 2, ROWS))


def profile(light, line_us=LINE, exposure_us=EXPOSURE, seed=1):
    rows = light.integral(round(-exposure_us * 1e3), np.arange(ROWS) * line_us * 1e3, exposure_us * 1e3) * 2000
    return 64.0 + rows * FLAT + np.random.default_rng(seed).normal(0, 0.1, ROWS)


def flash(phase_us, width_us=60.0, lux=500.0):
    return Pulse(round(phase_us * 1e3), round((phase_us + width_us) * 1e3), lux, 500.0, 5000.0)


def swept(phases, line_us=LINE, **more):
    return [profile(Light(pulses=(flash(phase),), **more), line_us, seed=i) for i, phase in enumerate(phases)]


PHASES = np.linspace(-500.0, 17_000.0, 20)


def test_the_band_moves_one_row_per_line_time():
    skew = readout_skew(swept(PHASES), DARK, FLAT, PHASES)
    assert skew.rolling
    assert skew.line_time.value == pytest.approx(LINE, rel=2e-4)
    assert abs(skew.line_time.value - LINE) < 3 * skew.line_time.u


def test_ambient_light_that_flickers_does_not_move_the_line_time():
    skew = readout_skew(swept(PHASES, lamps=(Lamp(1.0, 100.0, 0.5),)), DARK, FLAT, PHASES)
    assert skew.line_time.value == pytest.approx(LINE, rel=1e-3)


def test_a_global_shutter_sees_the_flash_in_all_rows_alike():
    phases = np.linspace(-3000.0, 500.0, 20)
    skew = readout_skew(swept(phases, line_us=0.0), DARK, FLAT, phases)
    assert not skew.rolling
    assert skew.line_time.value == 0.0
    assert 0.0 < skew.line_time.u < 1.0


@pytest.mark.parametrize("exposure_us", [1000.0, 4000.0])
def test_stripes_under_flicker_give_the_line_time_within_the_mains(exposure_us):
    skew = skew_by_flicker(profile(Light(lamps=(Lamp(300.0, 100.0, 0.3, 1.0),)), exposure_us=exposure_us), DARK, FLAT, 100.0)
    assert skew.rolling
    assert skew.line_time.value == pytest.approx(LINE, rel=0.002)
    assert skew.line_time.u > 0.001 * LINE


def test_a_global_shutter_shows_no_stripes():
    assert not skew_by_flicker(profile(Light(lamps=(Lamp(300.0, 100.0, 0.3, 1.0),)), line_us=0.0), DARK, FLAT, 100.0).rolling


BAD = {
    "no frames": ([], [], "no profiles"),
    "dark": ([profile(Light(), seed=i) for i in range(6)], np.arange(6.0), "no flash"),
    "NaN": ([np.full(ROWS, np.nan)] * 6, np.arange(6.0), "not all rows are finite"),
    "one phase": (swept([3000.0]), [3000.0], "at 1 phases show an edge"),
    "phases missing": (swept(PHASES), PHASES[1:], "20 profiles, but phases"),
    "shuffled": (swept(PHASES), np.random.default_rng(1).permutation(PHASES), "mixed up|too few rows"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_shows_no_skew_is_refused_in_a_sentence(name):
    profiles, phases, says = BAD[name]
    with pytest.raises(EstimatorError, match=says):
        readout_skew(profiles, DARK, FLAT, phases)
