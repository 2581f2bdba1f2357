"""Every pulse against every frame, through a host clock of unknown offset and rate."""

import numpy as np
import pytest

from hil.measure import EstimatorError
from hil.measure.ledger import NoPairing, ledger

PERIOD, PULSES, MARK = 33_333.0, 100, 40
SENT = np.arange(PULSES) * PERIOD + (np.arange(PULSES) > MARK) * 0.5 * PERIOD


def frames(*, ppm=80.0, jitter_us=10.0, seed=1):
    """Frame times on a host's clock, one per pulse."""
    return 5e9 + SENT * (1 + ppm * 1e-6) + 6100.0 + np.random.default_rng(seed).exponential(jitter_us, PULSES)


def paired(times, **more):
    return ledger(SENT, times, PERIOD, MARK, **more)


def test_a_frame_for_every_pulse():
    found = paired(frames())
    assert found.paired == tuple((i, i) for i in range(PULSES))
    assert (found.missed, found.doubled, found.extra, found.lag, found.every) == ((), (), (), 0, 1)


def test_the_rate_between_the_clocks_is_fitted():
    found = paired(frames(ppm=80.0))
    assert abs(found.rate_ppm.value - 80.0) < 3 * found.rate_ppm.u
    assert found.rate_ppm.u < 5.0
    assert found.scatter_us == pytest.approx(10.0, rel=0.5)


@pytest.mark.parametrize("ppm", [-150.0, 150.0])
def test_clocks_that_drift_apart_over_a_long_run_are_followed(ppm):
    sent = np.arange(2000) * 20_000.0 + (np.arange(2000) > 1200) * 10_000.0
    found = ledger(sent, 1e9 + np.delete(sent, 77) * (1 + ppm * 1e-6), 20_000.0, 1200)
    assert found.missed == (77,)
    assert found.rate_ppm.value == pytest.approx(ppm, abs=0.5)


def test_missed_pulses_are_named():
    assert paired(np.delete(frames(), [3, 50, 51])).missed == (3, 50, 51)


def test_missed_pulses_at_both_ends_are_named_too():
    found = paired(np.delete(frames(), [0, 1, 60, 98, 99]))
    assert (found.missed, found.lag) == ((0, 1, 60, 98, 99), 0)


def test_a_second_frame_of_a_pulse_is_doubled():
    times = frames()
    assert paired(np.sort(np.append(times, times[20] + 300.0))).doubled == (20,)


def test_a_frame_between_pulses_is_extra():
    times = frames()
    found = paired(np.sort(np.append(times, times[20] + 0.45 * PERIOD)))
    assert found.extra == (21,)
    assert found.missed == ()


def test_frames_that_come_one_pulse_late_lag_and_are_not_lost():
    found = paired(frames()[1:])
    assert (found.lag, found.held, found.missed) == (1, (99,), ())
    assert found.paired[0] == (0, 0)


def test_who_knows_that_frames_do_not_lag_finds_the_first_pulse_missed():
    found = paired(frames()[1:], may_lag=False)
    assert (found.lag, found.missed) == (0, (0,))


@pytest.mark.parametrize(("first", "every"), [(0, 2), (1, 2), (0, 3)])
def test_every_nth_pulse_answered_is_a_pattern(first, every):
    found = paired(frames()[first::every])
    assert found.every == every
    assert len(found.paired) == len(range(first, PULSES, every))
    assert found.paired[0][0] == first


def test_latency_of_milliseconds_does_not_shift_the_pairing():
    rng = np.random.default_rng(3)
    late = frames() + np.where(rng.random(PULSES) < 0.05, 5000.0, 0.0)
    assert len(paired(late).paired) == PULSES


def test_without_a_mark_bridged_clocks_are_needed():
    train = np.arange(50) * PERIOD
    found = ledger(train, 4000.0 + np.delete(train, [0, 9]), PERIOD, None, delay_us=4100.0)
    assert found.missed == (0, 9)
    with pytest.raises(NoPairing, match="without a mark"):
        ledger(train, train, PERIOD, None)


BAD = {
    "no frames": ([], EstimatorError, "no frames"),
    "two frames": (frames()[:2], EstimatorError, "at least 3"),
    "NaN": (np.full(10, np.nan), EstimatorError, "not all finite"),
    "shuffled": (np.random.default_rng(1).permutation(frames()), EstimatorError, "run backwards"),
    "the mark not among them": (frames()[:30], NoPairing, "the mark is not among the frames"),
    "unrelated": (np.sort(np.random.default_rng(2).uniform(5e9, 5.0035e9, 60)), NoPairing, "shift"),
}


@pytest.mark.parametrize("name", BAD)
def test_frames_that_cannot_be_paired_are_refused_by_name(name):
    times, error, says = BAD[name]
    with pytest.raises(error, match=says):
        paired(times)


def test_a_mark_of_whole_periods_is_no_mark():
    sent = np.arange(20) * PERIOD + (np.arange(20) > 9) * PERIOD
    with pytest.raises(EstimatorError, match="looks like missed pulses"):
        ledger(sent, sent, PERIOD, 9)
    with pytest.raises(EstimatorError, match="the mark follows pulse 30"):
        ledger(sent, sent, PERIOD, 30)
