"""A global shutter's window by a strobe scan, on light that the simulator integrates."""

import numpy as np
import pytest

from hil.measure import EstimatorError
from hil.measure.window import NoWindow, WindowClipped, WindowOutside, exposure_window, length_by_width
from hil.sim.light import Light, Pulse

START, LENGTH = 6.3, 2000.6


def delays(width, step=0.5):
    edges = [np.arange(edge - width - 8, edge + 8, step) for edge in (START, START + LENGTH)]
    return np.unique(np.concatenate([*edges, np.linspace(START - width - 30, START + LENGTH + 30, 40)]))


def lit(delay, width, *shares, rise_us=0.4):
    """Light in the window, 1 for a pulse inside; `shares`: (part, fall in us)."""
    light = Light(pulses=tuple(Pulse(0, round(width * 1e3), part, rise_us * 1e3, fall * 1e3) for part, fall in shares or ((1.0, 0.6),)))
    open_ns = [np.array([(START - at) * 1e3]) for at in delay]
    return np.array([light.integral(0, at, LENGTH * 1e3)[0] for at in open_ns]) * 1e6 / width


def signal(delay, part, seed=1, flicker=0.003):
    rng = np.random.default_rng(seed)
    return 60 + 400 * part * (1 + flicker * rng.normal(size=len(delay))) + 0.3 * rng.normal(size=len(delay))


@pytest.mark.parametrize("width", [3.0, 10.0, 20.0])
def test_start_end_and_length_are_found_within_a_third_of_a_microsecond(width):
    delay = delays(width)
    window = exposure_window(delay, signal(delay, lit(delay, width)), width)
    assert window.start.value == pytest.approx(START, abs=0.3)
    assert window.stop.value == pytest.approx(START + LENGTH, abs=0.3)
    assert window.length.value == pytest.approx(LENGTH, abs=0.1)
    assert window.plateau.value == pytest.approx(400, rel=0.05)


def test_the_delay_of_the_led_counts_for_start_and_end_but_not_for_the_length():
    delay = delays(10.0)
    window = exposure_window(delay, signal(delay, lit(delay, 10.0)), 10.0)
    assert window.start.budget[1].type == "B"
    assert window.start.u > window.length.u
    assert len(window.length.budget) == 1


def test_the_order_of_the_readings_does_not_matter():
    delay = delays(10.0)
    seen = signal(delay, lit(delay, 10.0))
    mixed = np.random.default_rng(2).permutation(len(delay))
    assert exposure_window(delay[mixed], seen[mixed], 10.0).start == exposure_window(delay, seen, 10.0).start


def test_an_led_with_a_slow_tail_moves_the_edges_by_less_than_a_microsecond_and_the_length_hardly():
    delay = delays(20.0)
    window = exposure_window(delay, signal(delay, lit(delay, 20.0, (0.8, 0.5), (0.2, 6.0))), 20.0)
    assert window.start.value == pytest.approx(START, abs=1.0)
    assert window.length.value == pytest.approx(LENGTH, abs=0.3)


def test_a_bent_response_leaves_the_length_alone():
    delay = delays(20.0)
    part = lit(delay, 20.0)
    window = exposure_window(delay, signal(delay, part * (1 - 0.02 * part)), 20.0)
    assert window.start.value == pytest.approx(START, abs=0.3)
    assert window.length.value == pytest.approx(LENGTH, abs=0.3)


def test_a_window_shorter_than_the_pulse_is_measured_too():
    light = Light(pulses=(Pulse(0, 100_000, 1.0, 300.0, 300.0),))
    delay = np.arange(-120.0, 60.0, 1.0)
    part = np.array([light.integral(0, np.array([-at * 1e3]), 30e3)[0] for at in delay]) * 1e9 / 30e3
    window = exposure_window(delay, signal(delay, part), 100.0)
    assert window.length.value == pytest.approx(30.0, abs=0.3)


def test_brightness_against_width_gives_the_same_length_without_any_edge():
    widths = np.linspace(50, 500, 10)
    seen = 60 + 0.2 * (widths - 0.4) + np.random.default_rng(1).normal(0, 0.05, 10)
    length = length_by_width(widths, seen, 0.2 * LENGTH, 0.1)
    assert abs(length.value - LENGTH) < 3 * length.u
    assert length.u < 0.005 * LENGTH


NICE = delays(10.0)
SEEN = signal(NICE, lit(NICE, 10.0))
BAD = {
    "empty": ([], [], EstimatorError, "no delays"),
    "NaN": (NICE, np.full(len(NICE), np.nan), EstimatorError, "signals are not all finite"),
    "unequal": (NICE, SEEN[1:], EstimatorError, "delays but"),
    "few": (NICE[:8], SEEN[:8], EstimatorError, "at least 12"),
    "no strobe": (NICE, signal(NICE, 0 * NICE), NoWindow, "its noise"),
    "flat": (NICE, np.full(len(NICE), 60.0), NoWindow, "changes by 0"),
    "clipped": (NICE, np.minimum(SEEN * 3, 1023.0), WindowClipped, "of 1023 DN"),
    "begins inside": (NICE[NICE > 100], SEEN[NICE > 100], WindowOutside, "first delay"),
    "ends inside": (NICE[NICE < 1000], SEEN[NICE < 1000], WindowOutside, "last delay"),
    "shuffled": (NICE, np.random.default_rng(3).permutation(SEEN), NoWindow, "its noise is|no plateau"),
    "coarse": (
        np.arange(-500.0, 2600.0, 50.0),
        signal(np.arange(-500.0, 2600.0, 50.0), lit(np.arange(-500.0, 2600.0, 50.0), 10.0)),
        NoWindow,
        "finer",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_scan_of_a_window_is_refused_by_name(name):
    delay, seen, error, says = BAD[name]
    with pytest.raises(error, match=says):
        exposure_window(delay, seen, 10.0, full_scale_dn=1023.0)


def test_brightness_that_does_not_grow_with_the_width_is_no_measure():
    with pytest.raises(NoWindow, match="does not grow"):
        length_by_width([10, 20, 30, 40], [5, 4, 3, 2], 100.0)
    with pytest.raises(EstimatorError, match="at least 4"):
        length_by_width([10, 20], [1, 2], 100.0)
