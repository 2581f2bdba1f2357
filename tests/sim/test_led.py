"""The strobe's flashes: kept while a frame needs them, summed where all rows saw them alike."""

import numpy as np
import pytest

from hil.sim.led import Flashes, Rows
from hil.sim.light import Light


def train(count, *, period_ns=10_000, length_ns=2_000, start_ns=100_000):
    """An LED that flashed so many times."""
    led = Flashes(lux_per_a=1e6, rise_ns=120.0, fall_ns=300.0)
    for number in range(count):
        led.current(start_ns + number * period_ns, 0.01)
        led.current(start_ns + number * period_ns + length_ns, 0.0)
    return led


def dose(pulses, rows, offsets):
    return Light(pulses=pulses).integral(round(rows.start), np.array(offsets), rows.first_stop - rows.start)


def test_a_long_train_within_all_rows_comes_as_one_flash_of_the_same_dose():
    led = train(2000)
    rows = Rows(0.0, 30_000_000.0, 50_000.0, 30_050_000.0)

    whole, summed = led._pulses(0, 2000), led.on(rows)

    assert len(summed) < 10
    assert dose(summed, rows, [0.0, 50_000.0]) == pytest.approx(dose(tuple(whole), rows, [0.0, 50_000.0]), rel=1e-12)


def test_flashes_at_the_ends_of_the_rows_stay_themselves():
    led = train(2000)
    rows = Rows(1_000_000.0, 15_000_000.0, 3_000_000.0, 17_000_000.0)
    offsets = np.linspace(0.0, 2_000_000.0, 50)

    assert dose(led.on(rows), rows, offsets) == pytest.approx(dose(tuple(led._pulses(0, 2000)), rows, offsets), rel=1e-9)


def test_an_led_that_is_still_on_shines_to_the_end_of_the_frame():
    led = train(0)
    led.current(500, 0.02)

    (pulse,) = led.on(Rows(0.0, 5_000.0, 0.0, 5_000.0))

    assert (pulse.start_ns, pulse.lux) == (500, 20_000)
    assert pulse.stop_ns > 5_000


def test_more_current_is_more_light():
    led = train(0)
    for t_ns, amperes in ((0, 0.005), (1000, 0.010), (2000, 0.0)):
        led.current(t_ns, amperes)

    assert [pulse.lux for pulse in led.on(Rows(0.0, 5_000.0, 0.0, 5_000.0))] == [5_000, 10_000]


def test_what_a_camera_still_needs_is_kept():
    led = train(0)
    led.needed("a", 0)
    for number in range(20_000):
        led.current(number * 1000, 0.01)
        led.current(number * 1000 + 500, 0.0)
    assert len(led._starts) == 20_000

    led.needed("a", 19_000_000)
    for number in range(20_000, 45_000):
        led.current(number * 1000, 0.01)
        led.current(number * 1000 + 500, 0.0)

    assert led._starts[0] > 18_000_000
