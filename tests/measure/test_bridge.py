"""Two clocks bridged by coded pulses, on truth that we made. The table over many seeds: benchmarks/bridge.py."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hil.measure import EstimatorError
from hil.measure.bridge import bridge, code_gaps

_SPEC = importlib.util.spec_from_file_location("bridge_table", Path(__file__).parents[2] / "benchmarks/bridge.py")
table = importlib.util.module_from_spec(_SPEC)
sys.modules["bridge_table"] = table  # dataclasses look their module up by name
_SPEC.loader.exec_module(table)

A, B = table.Clock(1e12, 8.0), table.Clock(3.7e12, -5.0)


def pulses(n=200, seed=1):
    rng = np.random.default_rng(seed)
    return np.cumsum(np.concatenate([[0.2], code_gaps(n - 1)]) / 20 * 1e9) + rng.exponential(40e3, n)


def stamped(clock, t_ns, seed=2):
    return clock(t_ns + np.random.default_rng(seed).exponential(2e3, len(t_ns)))


def test_three_gaps_in_a_row_come_once():
    levels = np.rint((code_gaps(12_166) - 1) / 0.02).astype(int)
    words = set(zip(levels, levels[1:], levels[2:], strict=False))

    assert len(words) == 12_164
    assert code_gaps(12_166).mean() == pytest.approx(1.0, abs=1e-3)
    assert code_gaps(500).max() <= 1.22


def test_a_code_is_as_long_as_asked():
    assert [len(code_gaps(n)) for n in (0, 1, 2, 5)] == [0, 1, 2, 5]


def test_instants_of_b_come_out_on_the_clock_of_a():
    t_ns = pulses()
    bridged = bridge(stamped(A, t_ns, 3), stamped(B, t_ns, 4))
    frames = np.linspace(t_ns[0], t_ns[-1], 50)

    assert bridged.matched == 200
    assert np.max(np.abs(bridged.to_a(B(frames)) - A(frames))) < 2_000
    assert bridged.ppm.value == pytest.approx(13.0, abs=0.3)
    assert bridged.changes == ()


def test_the_order_of_stamps_does_not_matter():
    t_ns = pulses()
    a, b = stamped(A, t_ns, 3), stamped(B, t_ns, 4)
    rng = np.random.default_rng(5)

    assert bridge(rng.permutation(a), rng.permutation(b)).offset == bridge(a, b).offset


def test_edges_are_taken_as_the_driver_gives_them():
    t_ns = pulses()
    a, b = stamped(A, t_ns, 3), stamped(B, t_ns, 4)
    both = SimpleNamespace(t_ns=np.sort(np.concatenate([a, a + 500_000])), rising=np.tile([True, False], len(a)))

    assert bridge(both, b).offset == bridge(a, b).offset


def test_a_recording_that_begins_late_and_ends_early_is_matched():
    t_ns = pulses()
    bridged = bridge(stamped(A, t_ns[37:]), stamped(B, t_ns[:150]))

    assert (bridged.matched, bridged.only_a, bridged.only_b) == (113, 50, 37)
    assert np.max(np.abs(bridged.to_a(B(t_ns[37:150])) - A(t_ns[37:150]))) < 20_000


def test_missed_and_extra_edges_are_left_out():
    t_ns = pulses()
    a, b = np.delete(stamped(A, t_ns), [20, 60, 61]), np.append(np.delete(stamped(B, t_ns), [90, 120]), B(t_ns[[30, 70]] + 17e6))
    bridged = bridge(a, b)

    assert (bridged.matched, bridged.only_a, bridged.only_b) == (195, 2, 5)


def test_a_slew_is_found_and_named():
    t_ns = pulses(400)
    slewed = table.Clock(1e12, 8.0, bends=((8e9, 40.0),))
    (slew,) = bridge(stamped(slewed, t_ns, 3), stamped(B, t_ns, 4)).changes

    assert slew.kind == "slew"
    assert slew.size.value == pytest.approx(40.0, abs=2.0)
    assert slew.at_ns == pytest.approx(B(np.array([8e9]))[0], abs=0.4e9)
    assert str(slew).startswith("slew of +39.9 ppm at 3707.9")


def test_a_step_is_found_and_named_and_instants_on_both_sides_are_right():
    t_ns = pulses(400)
    stepped = table.Clock(1e12, 8.0, steps=((8e9, 5e6),))
    bridged = bridge(stamped(stepped, t_ns, 3), stamped(B, t_ns, 4))
    frames = np.array([2e9, 7.9e9, 8.1e9, 15e9])

    assert [change.kind for change in bridged.changes] == ["step"]
    assert bridged.changes[0].size.value == pytest.approx(5000, abs=2)
    assert np.max(np.abs(bridged.to_a(B(frames)) - stepped(frames))) < 4_000


def test_u_grows_away_from_the_pulses_and_at_a_step():
    t_ns = pulses(400)
    stepped = table.Clock(1e12, 8.0, steps=((8e9, 5e6),))
    bridged = bridge(stamped(stepped, t_ns, 3), stamped(B, t_ns, 4))
    u = bridged.u_ns(B(np.array([4e9, 8e9, t_ns[-1] + 20e9])))

    assert u[0] < 5_000
    assert u[1] > 1_000_000
    assert u[2] > 1_000_000


def test_a_train_without_a_code_is_refused():
    t_ns = np.arange(200) * 50e6
    with pytest.raises(EstimatorError, match="their gaps carry no code"):
        bridge(stamped(A, t_ns), stamped(B, t_ns[3:], 4))


def test_pulses_of_another_train_are_refused():
    with pytest.raises(EstimatorError, match="edges at one host"):
        bridge(stamped(A, pulses()), stamped(B, np.cumsum(np.random.default_rng(3).uniform(30e6, 70e6, 200))))


@pytest.mark.parametrize(
    ("a", "said"),
    [([], "no pulses stamped at A"), ([1.0, np.nan], "not all numbers"), ([[1, 2]], "2 dimensions"), ([1, 2, 3], "3 edges at one host")],
)
def test_what_holds_no_pulses_is_refused_by_name(a, said):
    with pytest.raises(EstimatorError, match=said):
        bridge(np.array(a), stamped(B, pulses()))


@pytest.mark.parametrize("truth", table.TRUTHS, ids=lambda truth: truth.name.replace(" ", "_"))
def test_bridged_instants_are_within_20_us_and_as_good_as_they_say(truth):
    found = np.array([table.estimate(truth, seed)[:2] for seed in range(15)])
    error, u = found[:, 0], found[:, 1]

    assert np.max(np.abs(error)) < 20
    assert np.sqrt(np.mean((error / u) ** 2)) < 1.3
    assert np.max(u) < 6


def test_scatter_alone_is_as_large_as_it_says():
    """Without the latencies of the hosts, which are type B: 100 bridges of normal noise."""
    ratios = []
    for seed in range(100):
        rng = np.random.default_rng([9, seed])
        t_ns = pulses(100, seed)
        a, b = A(t_ns + rng.normal(0, 3e3, 100)), B(t_ns + rng.normal(0, 3e3, 100))
        bridged = bridge(a, b)
        middle = np.array([(t_ns[0] + t_ns[-1]) / 2])
        scatter_ns = bridged.offset.budget[0].u * 1e3
        ratios.append((bridged.to_a(B(middle)) - A(middle))[0] / scatter_ns)

    assert 0.8 < np.sqrt(np.mean(np.square(ratios))) < 1.2
