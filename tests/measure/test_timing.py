"""Frame timing on truth we made, then on everything that is no series of frames."""

import numpy as np
import pytest

from hil.measure import EstimatorError, frame_timing
from hil.measure.budget import combined

PERIOD = 17_850_123.4
START = 987_654_321_000_123


def stamps(frames, period=PERIOD, jitter_ns=0.0, seed=1, resolution=1):
    rng = np.random.default_rng(seed)
    exact = START + np.arange(frames) * period + rng.exponential(jitter_ns or 1e-9, frames)
    return (exact // resolution * resolution).astype(np.int64)


def without(array, *gone):
    return np.delete(array, gone)


def test_the_rate_of_even_frames_is_exact():
    timing = frame_timing(stamps(100), np.arange(100), clock_ppm=0)
    assert timing.rate.value == pytest.approx(1e9 / PERIOD, rel=1e-9)
    assert timing.period.value == pytest.approx(PERIOD / 1e3, rel=1e-9)
    assert (timing.dropped.value, timing.doubled.value, timing.late.value) == (0, 0, 0)


def test_the_host_clock_is_the_greater_part_of_the_uncertainty_unless_it_is_disciplined():
    plain, bridged = (frame_timing(stamps(100, jitter_ns=8e3), clock_ppm=ppm).rate for ppm in (50.0, 0.0))
    assert plain.u / plain.value == pytest.approx(50e-6 / 3**0.5, rel=0.01)
    assert bridged.u / bridged.value < 3e-6
    assert plain.budget[0].source == "host clock, 50 ppm"


def test_the_budget_adds_up():
    rate = frame_timing(stamps(100, jitter_ns=8e3)).rate
    assert combined(rate.budget) == pytest.approx(rate.u)
    assert len(rate.budget) == 3


def test_a_late_interrupt_does_not_move_the_rate_beyond_its_uncertainty():
    late = stamps(100, jitter_ns=5e3)
    late[40] += 5_000_000
    timing = frame_timing(late, np.arange(100), clock_ppm=0)
    assert timing.late.value == 1
    assert abs(timing.period.value - PERIOD / 1e3) < 3 * timing.period.u


def test_a_frame_two_thirds_of_a_period_late_is_late_not_lost():
    late = stamps(60)
    late[30] += 12_000_000
    timing = frame_timing(late, np.arange(60))
    assert (timing.late.value, timing.dropped.value, timing.doubled.value) == (1, 0, 0)


def test_a_sequence_gap_with_the_period_intact_is_the_hosts():
    timing = frame_timing(without(stamps(100), 10, 50, 51), without(np.arange(100), 10, 50, 51))
    assert (timing.dropped.value, timing.dropped_host.value, timing.dropped_sensor.value) == (3, 3, 0)
    assert timing.period.value == pytest.approx(PERIOD / 1e3, rel=1e-8)


def test_a_timestamp_gap_without_a_sequence_gap_is_the_sensors():
    timing = frame_timing(without(stamps(100), 10, 50, 51), np.arange(97))
    assert (timing.dropped.value, timing.dropped_host.value, timing.dropped_sensor.value) == (3, 0, 3)


def test_a_sequence_gap_where_no_time_is_missing_is_the_hosts_too():
    sequence = np.arange(100)
    sequence[60:] += 1
    timing = frame_timing(stamps(100), sequence)
    assert (timing.dropped_host.value, timing.dropped_sensor.value) == (1, 0)
    assert timing.period.value == pytest.approx(PERIOD / 1e3, rel=1e-8)


def test_both_at_once_are_told_apart():
    sequence = without(np.arange(100), 30)
    sequence[69:] -= 1
    timing = frame_timing(without(stamps(100), 30, 70), without(sequence, 69))
    assert (timing.dropped_host.value, timing.dropped_sensor.value) == (1, 1)


def test_without_sequence_numbers_nobody_can_say_whose_fault_a_gap_is():
    timing = frame_timing(without(stamps(100), 10))
    assert timing.dropped.value == 1
    assert np.isnan([timing.dropped_host.value, timing.dropped_sensor.value]).all()
    assert timing.dropped_host.method == "cannot be told without sequence numbers"


@pytest.mark.parametrize("sequence", [True, False])
def test_a_frame_handed_over_twice_is_doubled_and_moves_nothing(sequence):
    doubled = np.insert(stamps(100), 20, stamps(100)[20])
    numbers = np.insert(np.arange(100), 20, 20) if sequence else None
    timing = frame_timing(doubled, numbers)
    assert (timing.doubled.value, timing.dropped.value, timing.rate.n) == (1, 0, 100)
    assert timing.period.value == pytest.approx(PERIOD / 1e3, rel=1e-9)


def test_most_frames_lost_is_still_the_sensors_period():
    kept = np.sort(np.random.default_rng(3).choice(400, 60, replace=False))
    timing = frame_timing(stamps(400, jitter_ns=5e3)[kept], kept)
    assert timing.period.value == pytest.approx(PERIOD / 1e3, rel=2e-6)
    blind = frame_timing(stamps(400, jitter_ns=5e3)[kept], nominal_period_ns=PERIOD)
    assert blind.period.value == pytest.approx(PERIOD / 1e3, rel=2e-6)


def test_microsecond_timestamps_are_known_for_what_they_are():
    timing = frame_timing(stamps(20, resolution=1000), clock_ppm=0)
    assert timing.period.budget[2].u == pytest.approx(1.0 / 6**0.5 / 19)
    assert abs(timing.period.value - PERIOD / 1e3) < 3 * timing.period.u


def test_two_frames_of_220_s_are_enough_for_a_long_exposure():
    timing = frame_timing([START, START + 220_416_800_000], [7, 8])
    assert timing.period.value == pytest.approx(220_416_800.0)
    assert timing.period.u / timing.period.value == pytest.approx(29e-6, rel=0.01)
    assert "assumed" in timing.period.budget[1].source


def test_jitter_is_what_was_put_in():
    assert frame_timing(stamps(5000, jitter_ns=8e3)).jitter.value == pytest.approx(8.0, rel=0.05)


def test_the_intervals_are_kept_for_a_picture():
    series = frame_timing(stamps(50)).rate.series
    assert len(series.x) == len(series.y) == 49
    assert series.y[0] == pytest.approx(PERIOD / 1e3, abs=0.01)


BAD = {
    "empty": ([], None, "no timestamps"),
    "one frame": ([5], None, "no two different ones"),
    "stuck": ([5, 5, 5, 5], None, "no two different ones"),
    "stuck sequence": ([1, 2, 3], [4, 4, 4], "sequence numbers never change"),
    "NaN": ([1.0, float("nan"), 3.0], None, "timestamps are not all numbers"),
    "infinite": ([1.0, float("inf"), 3.0], None, "timestamps are not all numbers"),
    "words": (["a", "b"], None, "timestamps are not all numbers"),
    "shuffled": ([1, 300, 200, 400], None, "timestamps run backwards after frame 1: 300 then 200"),
    "shuffled sequence": ([1, 100, 200, 300], [0, 2, 1, 3], "sequence numbers run backwards"),
    "unequal": ([1, 2, 3], [1, 2], "3 timestamps but 2 sequence numbers"),
    "a table": ([[1, 2], [3, 4]], None, "timestamps in 2 dimensions"),
    "no rhythm": (np.cumsum(np.random.default_rng(1).exponential(1e7, 60)), None, "no steady period"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_series_of_frames_is_said_in_a_sentence(name):
    times, sequence, says = BAD[name]
    with pytest.raises(EstimatorError, match=says):
        frame_timing(times, sequence)
