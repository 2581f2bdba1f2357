"""Counting edges and reading voltages, and what a Pico says of itself."""

import pytest

from hil.drivers.pico import FIRMWARE, PicoRefused
from hil.rig.wiring import parse

WIRING = (parse("XVS", "pico.GP14 -- sink.XVS"), parse("XTR", "gs.XTR -- pico.GP26"), parse("pulse", "pico.GP28 -- R1 1k -- XTR"))


def test_it_counts_the_falls_of_a_pin(desk):
    here = desk(wiring=WIRING)
    pico = here.pico()
    pico.count_edges("pico.GP14")
    for n in range(7):
        here.world.after(n * 1_000_000, here.wires.set, "pico.GP14", 3.3)
        here.world.after(n * 1_000_000 + 20_000, here.wires.set, "pico.GP14", 0.0)
    here.clock.sleep(0.1)
    assert pico.read_count() == 7


def test_a_level_of_1v8_is_no_logic_level_for_it(desk):
    here = desk(wiring=WIRING)
    pico = here.pico()
    pico.count_edges("pico.GP14")
    for n in range(7):
        here.world.after(n * 1_000_000, here.wires.set, "pico.GP14", 1.8)
        here.world.after(n * 1_000_000 + 20_000, here.wires.set, "pico.GP14", 0.0)
    here.clock.sleep(0.1)
    assert pico.read_count() == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_voltage_is_read_within_its_uncertainty(desk, seed):
    here = desk(seed=seed, wiring=WIRING)
    here.wires.levels["pico.GP26"] = 1.8
    reading = here.pico().adc_v("pico.GP26")
    assert abs(reading.value - 1.8) < 2 * reading.u
    assert 0.005 < reading.u < 0.05


def test_only_three_pins_have_a_converter(desk):
    with pytest.raises(PicoRefused, match="MEAS:VOLT"):
        desk().pico().adc_v("pico.GP15")


def test_it_says_who_it_is(desk):
    here = desk(id="E66141")
    info = here.pico().info()
    assert info.id.startswith("E66141")
    assert (len(info.id), info.firmware, info.clk_sys_hz) == (16, FIRMWARE, 125_000_000)


def test_it_says_how_long_its_trigger_pin_was_let_go_and_the_wires_saw_the_same(desk):
    here = desk()
    said_us = here.pico().info().asserted_before_boot_us
    first_high = next(t for t, level in here.wires.edges("pico.GP28") if level)
    assert said_us == pytest.approx(first_high / 1000, rel=1e-4)
    assert all(volts is None for t, pin, volts in here.wires.driven if t < first_high)
