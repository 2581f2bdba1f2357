"""Deploying with mpremote onto a real MicroPython, behind a real pty."""

import pytest

from hil.drivers.pico import FIRMWARE, PicoLost, PicoRefused, Train
from hil.drivers.pico_board import deploy, firmware, reset

XTR = "pico.GP28"


def never():
    return False


def test_an_empty_pico_gets_every_file_and_answers(desk):
    here = desk()
    for file in here.device.flash.iterdir():
        file.unlink()
    here.device.reset()
    assert set(deploy("pico", streaming=never).written) == set(firmware())
    assert here.pico().info().firmware == FIRMWARE


def test_only_what_differs_is_written(desk):
    here = desk()
    (here.device.flash / "scpi.py").write_text("garbage(")
    done = deploy("pico", streaming=never)
    assert done.written == ("scpi.py",)
    assert len(done.same) == len(firmware()) - 1


def test_a_deployment_never_lets_the_trigger_pin_go(desk):
    here = desk()
    here.pico().close()
    begun = here.world.now_ns
    deploy("pico", streaming=never)
    here.pico().close()
    assert {volts for t, pin, volts in here.wires.driven if t > begun and pin == XTR} <= {3.3}


def test_a_running_train_is_stopped_high(desk):
    here = desk()
    here.pico().trigger(Train(XTR, 5_000, 10_000))
    here.clock.sleep(0.1)
    deploy("pico", streaming=never)
    before = len(here.wires.edges(XTR))
    here.clock.sleep(0.5)
    assert len(here.wires.edges(XTR)) == before
    assert here.wires.edges(XTR)[-1][1] == 1


def test_a_soft_reset_does_not_change_what_it_says_of_power_on(desk):
    here = desk()
    before = here.pico().info().asserted_before_boot_us
    deploy("pico", streaming=never)
    assert here.pico().info().asserted_before_boot_us == before


@pytest.mark.parametrize("action", [deploy, reset])
def test_while_a_camera_streams_it_is_refused(desk, action):
    here = desk()
    with pytest.raises(PicoRefused, match="while a camera is streaming"):
        action("pico", streaming=lambda: True)
    assert here.device.boots == 1


def test_a_reset_lets_the_pin_go_until_boot(desk):
    here = desk()
    here.pico().close()
    begun = here.world.now_ns
    reset("pico", streaming=never)
    here.clock.sleep(1.0)
    let_go = [t for t, pin, volts in here.wires.driven if t >= begun and pin == XTR and volts is None]
    high = next(t for t, level in here.wires.edges(XTR) if t > let_go[0] and level)
    assert (high - let_go[0]) / 1000 == pytest.approx(here.device.true.boot_us, rel=1e-3)


def test_pulled_out_while_it_is_written_to_it_is_lost(desk):
    here = desk()
    for file in here.device.flash.iterdir():
        file.unlink()
    here.world.after(900_000_000, here.device.unplug)
    with pytest.raises(PicoLost):
        deploy("pico", streaming=never)


def test_after_a_reset_the_driver_goes_on_with_it(desk):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 100, 1_000, 5))
    pico.reset()
    assert pico.ledger().generator == "none"
    assert here.device.boots == 2 + 1  # mpremote's raw REPL begins with a soft reset


def test_the_driver_does_not_reset_it_under_a_streaming_camera(desk):
    here = desk()
    pico = here.pico(streaming=lambda: True)
    with pytest.raises(PicoRefused, match="no reset while a camera is streaming"):
        pico.reset()
    assert pico.info().firmware == FIRMWARE
