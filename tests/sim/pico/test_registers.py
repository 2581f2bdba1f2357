"""PWM slices and the crystal, from their registers."""

import pytest

from hil.sim.pico.clock import PicoClock
from hil.sim.pico.pwm import Levels, Slice


def edges(one, until):
    tick, found, before = 0, [], one.outputs(0)[0]
    while tick < until:
        tick = one.next_change(tick)
        if one.outputs(tick)[0] != before:
            before = one.outputs(tick)[0]
            found.append((tick, before))
    return found


def test_the_pages_registers_give_the_pages_waveform():
    one = Slice()
    one.write(Levels(1018, 65487, (53727, 0)), 0)
    (fall, _), (rise, _), (again, _) = edges(one, 9_000_000)[:3]
    assert rise == 65488 * 1018 // 16
    assert (rise - fall) * 8 / 1000 == pytest.approx(5986.349, abs=0.008)
    assert again - fall == 65488 * 1018 // 16


def test_the_dividers_fraction_is_not_lost_from_period_to_period():
    one = Slice()
    one.write(Levels(17, 2, (1, 0)), 0)  # a period of 3 * 17/16 = 3.1875 ticks
    assert sum(1 for _, level in edges(one, 31_875) if level) == pytest.approx(10_000, abs=1)


def test_new_levels_wait_for_the_wrap():
    one = Slice()
    one.write(Levels(16, 99, (50, 0)), 0)
    one.write(Levels(16, 99, (80, 0)), 10)
    assert edges(one, 250)[:4] == [(50, 0), (100, 1), (180, 0), (200, 1)]


@pytest.mark.parametrize(("cc", "level"), [(0, 0), (100, 1)])
def test_full_and_empty_duty_have_no_edges(cc, level):
    one = Slice()
    one.write(Levels(16, 99, (cc, 0)), 0)
    assert edges(one, 1000) == []
    assert one.outputs(1050)[0] == level


@pytest.mark.parametrize("ppm", [-30.0, 0.0, 12.34])
def test_ticks_and_nanoseconds_agree_both_ways(ppm):
    clock = PicoClock(777, ppm)
    for tick in (0, 1, 124, 10**6 + 1, 10**12 + 7):
        assert clock.tick(clock.ns(tick)) == tick
        assert clock.ns(tick) - 777 == pytest.approx(tick * 8 / (1 + ppm * 1e-6), abs=0.6 + tick * 1e-10)


def test_no_error_adds_up_over_an_hour():
    clock = PicoClock(0, 0.0)
    assert clock.ns(3600 * 125_000_000) == 3600 * 10**9
    assert clock.us(3600 * 10**9) == 3600 * 10**6
    assert clock.us(clock.at_us(123_457)) == 123_457
