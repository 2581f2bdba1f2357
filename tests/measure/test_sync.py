"""Sync offsets by clock and by light, on frames that drop, start late and wander within a line."""

import numpy as np
import pytest

from hil.measure import EstimatorError, Measurement
from hil.measure.flash import Rolling, flashes
from hil.measure.sync import NoPairs, agree, offset_by_clock, offset_by_light, offset_by_windows, pair_frames
from hil.measure.window import exposure_window
from hil.sim.frame import Frame, Scene, row_exposure_integral
from hil.sim.light import Light, Pulse

PERIOD = 20_000_000
LINE, EXPOSURE, ROWS = 18.0, 720.0, 120


def stamps(frames, late_us=0.0, seed=1, jitter_us=4.0):
    rng = np.random.default_rng(seed)
    return (10**15 + np.arange(frames) * PERIOD + 1e3 * (late_us + rng.exponential(jitter_us, frames))).astype(np.int64)


# -- pairing -------------------------------------------------------------------------------------------------------------


def test_equal_recordings_pair_frame_by_frame():
    pairs = pair_frames(stamps(50), stamps(50, 12.0, seed=2), PERIOD)
    assert np.array_equal(pairs.a, np.arange(50))
    assert np.array_equal(pairs.a, pairs.b)
    assert len(pairs.alone_a) == len(pairs.alone_b) == 0


def test_drops_leave_their_partners_alone_and_shift_nobody():
    pairs = pair_frames(np.delete(stamps(50), [7, 30]), np.delete(stamps(50, 12.0, 2), [20]), PERIOD)
    assert len(pairs.a) == 47
    assert pairs.alone_b.tolist() == [7, 29]
    assert pairs.alone_a.tolist() == [19]


def test_a_start_up_frame_stands_before_the_first_pair():
    sink = np.insert(stamps(50, 12.0, 2), 0, stamps(1)[0] - 9 * PERIOD - 3_000_000)
    pairs = pair_frames(stamps(50), sink, PERIOD)
    assert pairs.before == (0, 1)
    assert np.array_equal(pairs.b, np.arange(1, 51))


def test_one_frame_more_of_the_source_is_before_or_after():
    pairs = pair_frames(stamps(300), stamps(300, 3.0, 2)[1:], PERIOD)
    assert (pairs.before, pairs.after) == ((1, 0), (0, 0))


def test_frames_that_never_meet_are_no_pairs():
    with pytest.raises(NoPairs, match="nearest are"):
        pair_frames(stamps(10), stamps(10) + 160 * PERIOD, PERIOD)


@pytest.mark.parametrize(
    ("times", "says"),
    [([], "no first"), ([1.0, np.nan], "not all numbers"), ([1, 300, 200], "do not rise after frame 1"), ([[1, 2]], "2 dimensions")],
)
def test_what_are_no_timestamps_is_said(times, says):
    with pytest.raises(EstimatorError, match=says):
        pair_frames(times, stamps(5), PERIOD)


# -- by clock ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wander", ["uniform", "sawtooth"])
def test_the_median_by_clock_is_the_median_of_the_frames_whatever_their_wander(wander):
    rng = np.random.default_rng(4)
    within = rng.uniform(0, LINE, 300) if wander == "uniform" else LINE * ((np.arange(300) / 170) % 1)
    a, b = stamps(300), stamps(300, within, seed=2)
    offset = offset_by_clock(a, b, pair_frames(a, b, PERIOD))
    assert abs(offset.median.value - np.median(within)) < 2 * offset.median.u
    assert offset.median.n == len(offset.median.series.y) == 300


def test_the_bridge_counts_in_the_budget():
    a, b = stamps(100), stamps(100, 5.0, seed=2)
    offset = offset_by_clock(a, b, pair_frames(a, b, PERIOD), u_bridge_us=15.0, latency_us=0.0)
    assert offset.median.u == pytest.approx(15.0, rel=0.01)


# -- by light ------------------------------------------------------------------------------------------------------------


def profile(start_us, seed):
    light = Light(pulses=(Pulse(round(start_us * 1e3), round((start_us + 54.0) * 1e3), 1.0, 500.0, 800.0),))
    frame = Frame(1, "hq", 0, 64, ROWS, 12, -720_000, 720e3, 18e3, (0, 0, 64, ROWS), (64, ROWS), scene=Scene("flat", light))
    lit = row_exposure_integral(frame) * 300 / 54e-6
    return 256 + 0.5 * np.random.default_rng(seed).normal(lit, np.sqrt((lit + 9) / 1000))


def timed(offsets):
    starts = np.random.default_rng(9).uniform(14, 40, len(offsets)) * LINE
    dark, flat, camera = np.full(ROWS, 256.0), np.ones(ROWS), Rolling(EXPOSURE, LINE, paired=False)
    a = flashes([profile(s, [1, i]) for i, s in enumerate(starts)], dark, flat, camera)
    b = flashes([profile(s - o, [2, i]) for i, (s, o) in enumerate(zip(starts, offsets, strict=True))], dark, flat, camera, strobe=a.strobe)
    return a.times, b.times


def test_light_finds_every_frames_offset_within_a_twentieth_of_a_line():
    offsets = np.linspace(-9.0, 9.0, 12)
    found = offset_by_light(*timed(offsets))
    assert [m.value for m in found.per_frame] == pytest.approx(offsets, abs=0.05 * LINE)
    assert found.median.value == pytest.approx(0.0, abs=0.05 * LINE)
    assert abs(found.worst.value) == pytest.approx(9.0, abs=0.9)


def test_a_strobe_handed_on_makes_errors_of_its_shape_cancel():
    a, b = timed(np.zeros(8))
    (one, *_) = offset_by_light(a, b).per_frame
    apart = np.hypot(a[0].middle.u, b[0].middle.u)
    assert one.u < apart


def test_flashes_that_one_camera_missed_are_left_out():
    a, b = timed(np.full(6, 4.0))
    found = offset_by_light([None, *a[1:]], [*b[:5], None])
    assert found.median.n == 4
    assert found.median.series.x == (1.0, 2.0, 3.0, 4.0)


def test_no_common_flash_is_no_offset():
    a, b = timed(np.zeros(2))
    with pytest.raises(NoPairs, match="none was timed by both"):
        offset_by_light([a[0], None], [None, b[1]])
    with pytest.raises(EstimatorError, match="2 flashes of one camera, 1 of the other"):
        offset_by_light(a, b[:1])
    with pytest.raises(NoPairs):
        offset_by_light([], [])


def window(start, length, seed):
    light = Light(pulses=(Pulse(0, 10_000, 1.0, 300.0, 500.0),))
    delay = np.concatenate([np.arange(edge - 18, edge + 8, 0.5) for edge in (start, start + length)] + [np.linspace(-60, length + 60, 40)])
    part = np.array([light.integral(0, np.array([(start - at) * 1e3]), length * 1e3)[0] for at in delay]) * 1e5
    return exposure_window(delay, 60 + 400 * part + np.random.default_rng(seed).normal(0, 1, len(delay)), 10.0)


def test_start_and_end_of_two_global_shutters_are_compared_each_for_itself():
    offset = offset_by_windows(window(5.0, 1000.0, 1), window(7.0, 1004.0, 2))
    assert offset.start.value == pytest.approx(2.0, abs=0.3)
    assert offset.stop.value == pytest.approx(6.0, abs=0.3)


# -- agreement -----------------------------------------------------------------------------------------------------------


def us(value, u):
    return Measurement("sync_offset", value, "us", u)


def test_light_and_clock_disagree_only_beyond_a_line_and_4_u():
    clock = us(0.0, 3.0)
    assert agree(us(LINE + 11.9, 0.0), clock, LINE).agrees
    assert not agree(us(LINE + 12.1, 0.0), clock, LINE).agrees
    assert not agree(us(-10_000.0, 0.1), clock, LINE).agrees


def test_a_global_shutter_has_10_us_instead_of_a_line():
    assert agree(us(21.9, 0.0), us(0.0, 3.0), 14.8, global_shutter=True).agrees
    assert not agree(us(22.1, 0.0), us(0.0, 3.0), 14.8, global_shutter=True).agrees
