"""Flashes on a rolling shutter, on light that the simulator integrates, then on everything that is no flash."""

import numpy as np
import pytest

from hil.measure import EstimatorError
from hil.measure.flash import (
    FlashClipped,
    FlashOutside,
    NoFlash,
    Rolling,
    SeveralFlashes,
    Strobe,
    flash_times,
    flashes,
    photon_bound_us,
)
from hil.sim.frame import Frame, Scene, row_exposure_integral
from hil.sim.light import Lamp, Light, Pulse

LINE, EXPOSURE, ROWS, BLACK = 18.0, 720.0, 120, 256.0
DARK, FLAT = np.full(ROWS, BLACK), 1.0 + 0.1 * np.cos(np.linspace(0, 3, ROWS))
CAMERA = Rolling(EXPOSURE, LINE)


def pulse(start_us, width_us, lux=1.0, rise_us=0.5, fall_us=0.8):
    return Pulse(round(start_us * 1e3), round((start_us + width_us) * 1e3), lux, rise_us * 1e3, fall_us * 1e3)


def profile(*pulses, seed=1, electrons=300.0, paired=False, bend=0.0, lamps=(), exposure=EXPOSURE):
    """Row means of a frame read out from 0: `electrons` per row of a pulse of 54 us, 1,000 pixels a row."""
    size = (64, ROWS)
    scene = Scene("flat", Light(pulses=pulses, lamps=lamps))
    frame = Frame(1, "hq", 0, *size, 12, round(-exposure * 1e3), exposure * 1e3, LINE * 1e3, (0, 0, *size), size, scene=scene)
    lit = row_exposure_integral(frame) * electrons / 54e-6
    lit = np.repeat(lit[::2], 2) if paired else lit
    lit = (lit - bend * lit**2 / electrons) * FLAT
    return BLACK + 0.5 * np.random.default_rng(seed).normal(lit, np.sqrt((lit + 9) / 1000))


def series(width_us, frames=16, seed=5, **made):
    rng = np.random.default_rng(seed)
    starts = rng.uniform(14, 40, frames) * LINE
    return starts, [profile(pulse(start, width_us), seed=[seed, i], **made) for i, start in enumerate(starts)]


def middle_errors(found, starts, width_us):
    return np.array([t.middle.value - s - 0.5 * width_us for t, s in zip(found.times, starts, strict=True)]) / LINE


def test_a_single_flash_is_placed_within_a_tenth_of_a_line():
    times = flash_times(profile(pulse(500.0, 54.0)), DARK, FLAT, CAMERA)
    assert times.start.value == pytest.approx(500.0, abs=1.8)
    assert times.stop.value == pytest.approx(554.0, abs=1.8)
    assert times.middle.u < 0.1 * LINE
    assert times.start.unit == times.stop.unit == times.middle.unit == "us"


@pytest.mark.parametrize("width_us", [36.0, 45.0, 54.0, 150.0])
def test_flashes_of_swept_phase_are_placed_within_a_twentieth_of_a_line(width_us):
    starts, profiles = series(width_us)
    found = flashes(profiles, DARK, FLAT, CAMERA)
    assert np.abs(middle_errors(found, starts, width_us)).max() < 0.05
    assert found.misfit == pytest.approx(1.0, abs=0.15)
    assert not found.paired


def test_a_flash_longer_than_the_exposure_is_placed_too():
    starts = np.array([200.0, 310.0, 405.0])
    profiles = [profile(pulse(s, 900.0), seed=i, electrons=20.0, exposure=360.0) for i, s in enumerate(starts)]
    found = flashes(profiles, DARK, FLAT, Rolling(360.0, LINE))
    assert [t.start.value for t in found.times] == pytest.approx(starts, abs=0.2 * LINE)
    assert [t.stop.value for t in found.times] == pytest.approx(starts + 900.0, abs=0.2 * LINE)


def test_rows_read_in_pairs_are_seen_to_be():
    starts, profiles = series(72.0, paired=True)
    found = flashes(profiles, DARK, FLAT, CAMERA)
    assert found.paired
    assert np.abs(middle_errors(found, starts, 72.0)).max() < 0.1


def test_the_true_exposure_shows_where_both_ramps_do():
    _, profiles = series(54.0, exposure=EXPOSURE + 5.0)
    exposure = flashes(profiles, DARK, FLAT, CAMERA).exposure
    assert exposure.value == pytest.approx(EXPOSURE + 5.0, abs=4 * exposure.u + 0.1)


# -- truths of another shape than the model ------------------------------------------------------------------------------


def with_tail(start):
    return pulse(start, 54.0, 0.7), pulse(start, 54.0, 0.2, fall_us=6.0), pulse(start, 54.0, 0.1, fall_us=25.0)


def test_an_led_that_decays_with_three_constants_moves_flashes_by_less_than_a_twentieth_of_a_line_against_each_other():
    starts = np.random.default_rng(3).uniform(14, 40, 16) * LINE
    found = flashes([profile(*with_tail(s), seed=i) for i, s in enumerate(starts)], DARK, FLAT, CAMERA)
    errors = middle_errors(found, starts, 54.0)
    assert np.abs(errors - errors.mean()).max() < 0.05
    assert np.abs(errors).max() < 0.5


@pytest.mark.parametrize("made", [{"bend": 0.02}, {"lamps": (Lamp(0.01, 100.0, 0.8, 0.4),)}, {"lamps": (Lamp(0.02),)}])
def test_bent_response_and_drifting_ambient_light_stay_within_a_twentieth_of_a_line(made):
    starts, profiles = series(54.0, **made)
    found = flashes(profiles, DARK, FLAT, CAMERA)
    assert np.abs(middle_errors(found, starts, 54.0)).max() < 0.05


def test_pulses_of_changing_width_are_fitted_each_for_itself():
    starts, widths = np.linspace(300, 500, 12), np.linspace(120, 240, 12)
    profiles = [profile(pulse(s, w), seed=i) for i, (s, w) in enumerate(zip(starts, widths, strict=True))]
    found = flashes(profiles, DARK, FLAT, CAMERA, strobe=Strobe(jitter_us=100.0))
    assert [t.stop.value - t.start.value for t in found.times] == pytest.approx(widths, abs=0.1 * LINE)


def test_the_photon_bound_falls_with_the_root_of_the_light():
    ramp = np.clip(np.arange(-200, 200)[:, None] / 3 + np.arange(16) / 48, 0, 1) + 0.05
    dim, bright = (photon_bound_us(level * ramp, 1000, LINE) for level in (100.0, 10_000.0))
    assert dim / bright == pytest.approx(10.0, rel=0.01)
    assert photon_bound_us(np.ones(20), 1000, LINE) == np.inf


# -- no flash ------------------------------------------------------------------------------------------------------------

BAD = {
    "darkness": (profile(), NoFlash, "no flash"),
    "steady light": (profile(lamps=(Lamp(0.05),)), NoFlash, "no flash"),
    "cut by the last row": (profile(pulse(85 * LINE, 900.0)), FlashOutside, "partly outside the frame"),
    "began before the frame": (profile(pulse(-900.0, 700.0)), EstimatorError, "partly outside|no flash"),
    "two flashes": (profile(pulse(100.0, 54.0), pulse(1300.0, 54.0)), SeveralFlashes, "2 lit bands"),
    "two overlapping": (profile(pulse(300.0, 54.0), pulse(700.0, 54.0, 0.9)), SeveralFlashes, "overlap"),
    "clipped": (profile(pulse(500.0, 54.0), electrons=7500.0), FlashClipped, "full scale"),
    "NaN": (np.full(ROWS, np.nan), EstimatorError, "not all rows are finite"),
    "empty": (np.zeros(0), EstimatorError, "empty profile"),
    "a table": (np.zeros((3, ROWS)), EstimatorError, "2 dimensions"),
    "too few rows": (np.zeros(5), EstimatorError, "differ in length"),
    "shuffled": (np.random.default_rng(2).permutation(profile(pulse(500.0, 54.0))), SeveralFlashes, "lit bands"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_holds_no_single_whole_flash_is_refused_by_name(name):
    seen, error, says = BAD[name]
    with pytest.raises(error, match=says):
        flash_times(seen, DARK, FLAT, Rolling(EXPOSURE, LINE, full_scale_dn=4095.0))


def test_a_frame_without_flash_among_others_is_left_out_and_named():
    _, profiles = series(54.0, frames=4)
    found = flashes([*profiles, profile()], DARK, FLAT, CAMERA)
    assert found.times[4] is None
    assert [frame for frame, _ in found.refused] == [4]


def test_a_flat_profile_with_black_in_it_is_refused():
    with pytest.raises(EstimatorError, match="rows without response"):
        flash_times(profile(pulse(500.0, 54.0)), DARK, np.where(np.arange(ROWS) < 3, 0.0, FLAT), CAMERA)
