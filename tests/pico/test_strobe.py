"""The strobe: locked to the trigger, on its own, or steady."""

from itertools import pairwise

import pytest

from hil.drivers.pico import PicoRefused, Train

TICKS = 125
XTR, LED = "pico.GP28", "pico.GP15"


def test_a_flash_follows_every_trigger_pulse_to_the_tick(desk):
    here = desk()
    pico = here.pico()
    granted = pico.strobe(LED, 20, 345.6)
    pico.trigger(Train(XTR, 1_000, 20_000, 5))
    pico.wait_done()
    falls = [tick for tick, level in here.ticks(XTR) if not level]
    on = [tick for tick, level in here.ticks(LED) if level]
    off = [tick for tick, level in here.ticks(LED) if not level][-5:]
    assert [rise - fall for fall, rise in zip(falls, on, strict=True)] == [43_200] * 5
    assert [dark - lit for lit, dark in zip(on, off, strict=True)] == [2_500] * 5
    assert granted == (20, 345.6)


def test_the_shortest_delay_is_forty_nanoseconds_and_it_says_so(desk):
    here = desk()
    pico = here.pico()
    assert pico.strobe(LED, 10, 0) == (10, pytest.approx(0.04))
    pico.trigger(Train(XTR, 1_000, 20_000, 1))
    pico.wait_done()
    fall = next(tick for tick, level in here.ticks(XTR) if not level)
    assert next(tick for tick, level in here.ticks(LED) if level) - fall == 5


def test_a_flash_in_the_middle_of_650_s_arrives(desk):
    here = desk()
    pico = here.pico()
    pico.strobe(LED, 100, 300e6)
    pico.trigger(Train(XTR, 650e6, 660e6, 1))
    pico.wait_done()
    fall = next(tick for tick, level in here.ticks(XTR) if not level)
    lit = next(tick for tick, level in here.ticks(LED) if level)
    assert (lit - fall) / TICKS == pytest.approx(300e6, abs=0.2)


def test_flashes_of_their_own_run_free(desk):
    here = desk()
    pico = here.pico()
    pico.strobe_train(LED, 50, 10_000, 4, start_delay_us=1_000)
    here.clock.sleep(0.1)
    on = [tick for tick, level in here.ticks(LED) if level]
    assert [after - before for before, after in pairwise(on)] == [10_000 * TICKS] * 3


def test_a_steady_light_goes_on_and_off(desk):
    here = desk()
    pico = here.pico()
    pico.strobe_on(LED)
    pico.strobe_off()
    assert [level for _, level in here.wires.edges(LED)][-2:] == [1, 0]


def test_idle_makes_it_dark(desk):
    here = desk()
    pico = here.pico()
    pico.strobe_train(LED, 50_000, 100_000)
    here.clock.sleep(0.22)
    pico.idle()
    count = len(here.wires.edges(LED))
    here.clock.sleep(1.0)
    assert here.wires.edges(LED)[-1][1] == 0
    assert len(here.wires.edges(LED)) == count


def test_a_flash_longer_than_its_period_is_refused(desk):
    with pytest.raises(PicoRefused, match="a flash of"):
        desk().pico().strobe_train(LED, 20, 10)


def test_a_steady_light_outlasts_a_long_exposure(desk):
    here = desk()
    pico = here.pico()
    pico.strobe_on(LED)
    here.clock.sleep(500.0)
    assert here.wires.edges(LED)[-1][1] == 1
