"""The trigger on the simulated Pico: edges to the tick, in trains of every kind."""

from itertools import pairwise

import pytest

from hil.drivers.pico import PicoRefused, Train
from hil.errors import UserError

TICKS = 125  # in a microsecond
XTR = "pico.GP28"


def falls(desk, since=0):
    return [tick for tick, level in desk.ticks(XTR, since) if not level]


def rises(desk, since=0):
    return [tick for tick, level in desk.ticks(XTR, since) if level]


def run(desk, train):
    """The ledger of a train that was waited for, and its falls and rises in ticks."""
    pico = desk.pico()
    since = desk.world.now_ns
    pico.trigger(train)
    done = pico.wait_done()
    return done, falls(desk, since), rises(desk, since)


def test_a_train_makes_exactly_its_pulses_to_the_tick(desk):
    done, down, up = run(desk(), Train(XTR, 15.744, 20_000, 7))
    assert [after - before for before, after in pairwise(down)] == [20_000 * TICKS] * 6
    assert {rise - fall for fall, rise in zip(down, up, strict=True)} == {1968}
    assert (done.sent, done.low_us, done.period_us, done.generator, done.running) == (7, 15.744, 20_000, "pio", False)


def test_edges_fall_on_ticks_of_a_clock_that_is_off_by_its_own_ppm(desk):
    here = desk(seed=3)
    run(here, Train(XTR, 10, 1_000_000, 11))
    down = [t for t, level in here.wires.edges(XTR) if not level]
    ppm = (down[10] - down[0]) / 10e9 * -1e6 + 1e6
    assert ppm == pytest.approx(here.device.true.crystal_ppm, abs=0.001)


def test_the_gap_after_the_marked_pulse_is_the_longer_one(desk):
    _, down, _ = run(desk(), Train(XTR, 100, 1_000, 6, mark=2, mark_gap_us=2_500))
    assert [(after - before) // TICKS for before, after in pairwise(down)] == [1000, 1000, 2500, 1000, 1000]


def test_a_train_begins_after_its_delay(desk):
    here = desk()
    done, down, _ = run(here, Train(XTR, 10, 100, 1, start_delay_us=5_000))
    assert 0 <= down[0] / TICKS - 5_000 - done.t0_us < 20


def test_steps_are_of_one_tick(desk):
    here = desk()
    widths = []
    for low_us in (2.000, 2.008, 2.016):
        _, down, up = run(here, Train(XTR, low_us, 50, 1))
        widths.append(up[0] - down[0])
    assert widths == [250, 251, 252]


def test_periods_of_650_s_are_exact_to_the_tick(desk):
    done, down, up = run(desk(), Train(XTR, 649_999_999.992, 700_000_000, 2))
    assert up[0] - down[0] == 649_999_999_992 // 8
    assert down[1] - down[0] == 700_000_000 * TICKS
    assert done.sent == 2


def test_a_mark_in_a_train_of_long_pulses(desk):
    _, down, _ = run(desk(), Train(XTR, 1e6, 20e6, 3, mark=0, mark_gap_us=45e6))
    assert [after - before for before, after in pairwise(down)] == [45_000_000 * TICKS, 20_000_000 * TICKS]


def test_an_endless_train_runs_until_idle_and_leaves_the_pin_high(desk):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 10, 10_000))
    here.clock.sleep(1.0)
    assert pico.ledger().running
    pico.idle()
    sent = pico.ledger().sent
    assert sent == pytest.approx(100, abs=2)
    here.clock.sleep(1.0)
    assert pico.ledger().sent == sent == len(falls(here))
    assert here.wires.edges(XTR)[-1][1] == 1


def test_the_pages_snippet_has_its_true_quantisation(desk):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 5986, 1e6 / 30, generator="pwm"))
    here.clock.sleep(2.0)
    granted, down = pico.ledger(), falls(here)
    assert granted.generator == "pwm"
    assert granted.period_us == pytest.approx(33333.392)
    assert 1e6 / granted.period_us == pytest.approx(29.999947, abs=1e-6)
    assert granted.low_us == pytest.approx(5986.349, abs=1e-3)
    assert granted.low_us + 14.26 == pytest.approx(6000.609, abs=1e-3)
    assert (down[-1] - down[0]) / (len(down) - 1) / TICKS == pytest.approx(33333.392, abs=1e-4)
    assert (rises(here)[-1] - down[-2 if rises(here)[-1] < down[-1] else -1]) / TICKS == pytest.approx(5986.349, abs=0.008)


def test_the_pin_stays_high_when_pwm_takes_it_over(desk):
    here = desk()
    pico = here.pico()
    begun = here.world.now_ns
    pico.trigger(Train(XTR, 5986, 1e6 / 30, generator="pwm"))
    here.clock.sleep(0.2)
    first = next(t for t, level in here.wires.edges(XTR) if t > begun and not level)
    assert first - begun > 27_000_000


@pytest.mark.parametrize(("hertz", "generator"), [(8, "pwm"), (7, "pio"), (1, "pio")])
def test_below_eight_hertz_it_still_works_and_says_how(desk, hertz, generator):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 5986, 1e6 / hertz, generator="pwm"))
    here.clock.sleep(3.0)
    done, down = pico.ledger(), falls(here)
    assert done.generator == generator
    assert (down[2] - down[1]) / TICKS == pytest.approx(1e6 / hertz, abs=0.5)


def test_what_its_clock_cannot_make_is_refused_and_nothing_moves(desk):
    here = desk()
    pico = here.pico()
    with pytest.raises(PicoRefused, match="a pulse of 2500 in a period of 1250 ticks"):
        pico.trigger(Train(XTR, 20, 10, 3))
    here.clock.sleep(1.0)
    assert falls(here) == []


def test_pwm_with_a_number_of_pulses_is_the_callers_mistake(desk):
    with pytest.raises(UserError, match="endless train at a whole number of Hz"):
        desk().pico().trigger(Train(XTR, 100, 1e6 / 30, 5, generator="pwm"))


def test_after_a_silent_minute_the_dead_man_idles_an_endless_train(desk):
    here = desk()
    pico = here.pico()
    pico.deadman(60)
    pico.trigger(Train(XTR, 10, 100_000))
    here.clock.sleep(200.0)
    assert not pico.ledger().running
    assert pico.ledger().sent == pytest.approx(600, abs=2)


def test_the_dead_man_outlasts_the_longest_pulse_by_itself(desk):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 600e6, 650e6))
    here.clock.sleep(1200.0)
    assert pico.ledger().running
    assert len(falls(here)) == 2


def test_five_thousand_pulses_cost_no_round_trip_each(desk):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 100, 16_600, 5_000))
    requests = here.device.requests
    assert pico.wait_done().sent == 5_000
    assert here.device.requests - requests < 50


SNIPPET = """
from machine import Pin, PWM
from time import sleep
pwm = PWM(Pin(28))
framerate = 30
shutter = 6000
frame_length = 1000000 / framerate
pwm.freq(framerate)
pwm.duty_u16(int((1 - (shutter - 14) / frame_length) * 65535))
"""


def test_the_documentation_pages_own_program_runs_on_it_unchanged(desk):
    here = desk()
    (here.device.flash / "main.py").write_text(SNIPPET)
    here.device.reset()
    here.clock.sleep(2.0)
    down, up = falls(here)[2:], rises(here)
    assert (down[-1] - down[0]) / (len(down) - 1) / TICKS == pytest.approx(33333.392, abs=1e-4)
    assert (next(rise for rise in up if rise > down[0]) - down[0]) / TICKS == pytest.approx(5986.349, abs=0.008)


def test_that_program_pulls_the_trigger_low_while_it_starts(desk):
    here = desk()
    (here.device.flash / "main.py").write_text(SNIPPET.replace("pwm.freq", "sleep(0.1)\npwm.freq"))
    here.device.reset()
    here.clock.sleep(1.0)
    fall, rise = next((a, b) for (a, low), (b, _) in pairwise(here.ticks(XTR)) if not low)
    assert (rise - fall) / TICKS == pytest.approx(100_000, abs=10)
