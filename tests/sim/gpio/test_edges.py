"""Edges are stamped with the host's CLOCK_MONOTONIC, late by what was drawn for that host."""

from itertools import pairwise

import numpy as np
from header_bench import Bench


class Recorder:
    """Keeps what gpiozero tells; gpiozero itself keeps only a weak reference to it."""

    def __init__(self):
        self.edges = []

    def edge(self, ticks, state):
        self.edges.append((ticks, state))


def stamped(seed, pulses=400):
    """Lateness in us of each stamp, for pulses every 10 ms."""
    with Bench(seed) as bench:
        from gpiozero import InputDevice

        pin, recorder = InputDevice(27, pull_up=None, active_state=True), Recorder()
        pin.pin.when_changed = recorder.edge
        start = bench.world.now_ns
        edges = [(10_000_000 * (n // 2 + 1) + 1_000_000 * (n % 2), n % 2 == 0) for n in range(2 * pulses)]
        bench.play("pi-b.GPIO27", edges)
        bench.clock.sleep(pulses * 0.01 + 0.1)
        true = [bench.clock.to_host(start + t_ns) for t_ns, _ in edges]
        assert [state for _, state in recorder.edges] == [bool(level) for _, level in edges]
        return np.array([ticks * 1e9 - t for (ticks, _), t in zip(recorder.edges, true, strict=True)]) / 1e3


def test_no_edge_is_stamped_before_it_was():
    assert stamped(1).min() > 0


def test_stamps_are_late_by_a_constant_and_a_tail():
    late = stamped(2)
    assert 0.5 < np.median(late) < 12
    assert late.max() > np.median(late) + 5


def test_the_same_seed_gives_the_same_stamps_and_another_one_others():
    assert np.array_equal(stamped(3, 50), stamped(3, 50))
    assert not np.array_equal(stamped(3, 50), stamped(4, 50))


def test_stamps_of_a_line_are_in_order_even_if_edges_are_1_us_apart():
    with Bench() as bench:
        from gpiozero import InputDevice

        pin, recorder = InputDevice(27, pull_up=None, active_state=True), Recorder()
        pin.pin.when_changed = recorder.edge
        bench.play("pi-b.GPIO27", [(1_000_000 + n * 1_000, n % 2 == 0) for n in range(100)])
        bench.clock.sleep(0.1)

    ticks = [ticks for ticks, _ in recorder.edges]
    assert len(ticks) == 100
    assert all(a < b for a, b in pairwise(ticks))
