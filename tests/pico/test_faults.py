"""Everything that can happen to a plug, and the name it gets."""

import pytest

from hil.drivers.pico import FIRMWARE, Pico, PicoAbsent, PicoBusy, PicoGarbled, PicoLost, PicoOutdated, PicoSilent, Train
from hil.drivers.pico_board import firmware
from hil.errors import RigError
from hil.rig.spec import TwinPico

XTR = "pico.GP28"


def test_none_on_usb_is_said_with_what_to_do(desk):
    with pytest.raises(PicoAbsent) as absent:
        desk(present=False).pico()
    assert "no Pico with MicroPython on USB" in absent.value.found
    assert "hil pico deploy" in absent.value.hint


def test_another_one_than_the_rigs_is_named(desk):
    with pytest.raises(PicoAbsent, match="serial number begins with DEAD") as absent:
        desk(id="E66141").pico(id="DEAD")
    assert "E66141" in absent.value.found


def test_the_beginning_of_its_serial_number_chooses(desk):
    assert desk(id="E66141").pico(id="e661").info().id.startswith("E66141")


def test_of_several_one_has_to_be_chosen_in_the_rig_file(desk):
    here = desk(id="E66141", others=(TwinPico("second", "pi5", id="E66142"),))
    with pytest.raises(PicoAbsent, match="several Picos fit") as several:
        here.pico()
    assert 'pico = { ..., id = "E66141' in several.value.hint
    assert here.pico(id="E66142").info().id == here.devices["second"].id


def test_a_second_program_does_not_get_the_port(desk):
    here = desk()
    first = here.pico()
    with pytest.raises(PicoBusy, match="another program has its port open"):
        here.pico()
    assert first.info().firmware == FIRMWARE


def test_unplugged_in_the_middle_of_a_run_it_is_lost(desk):
    here = desk(unplug_at_s=3.0)
    pico = here.pico()
    pico.trigger(Train(XTR, 100, 20_000))
    here.clock.sleep(4.0)
    with pytest.raises(PicoLost, match="lost while asked for TRIG:LEDG"):
        pico.ledger()
    assert here.wires.driven[-1][2] is None
    pico.close()


def test_unplugged_while_an_answer_is_awaited_it_is_lost_at_once(desk):
    here = desk()
    pico = here.pico()
    here.device.silent = True
    begun = here.world.now_ns
    here.world.after(500_000_000, here.device.unplug)
    with pytest.raises(PicoLost):
        pico.ledger()
    assert here.world.now_ns - begun == 500_000_000


def test_plugged_in_again_it_boots_and_lets_the_pin_go_meanwhile(desk):
    here = desk()
    here.pico().close()
    here.device.unplug()
    here.clock.sleep(1.0)
    here.device.plug()
    back = here.world.now_ns
    assert here.pico().info().firmware == FIRMWARE
    high = next(t for t, level in here.wires.edges(XTR) if t > back and level)
    assert (high - back) / 1000 == pytest.approx(here.device.true.boot_us, rel=1e-3)


def test_a_silent_one_is_named_after_its_deadline(desk):
    here = desk()
    pico = here.pico()
    here.device.silent = True
    begun = here.clock.now_ns()
    with pytest.raises(PicoSilent, match="no answer to TRIG:LEDG"):
        pico.ledger()
    assert (here.clock.now_ns() - begun) / 1e9 == pytest.approx(2.0, abs=0.01)


def test_garbage_is_named_and_shown(desk):
    here = desk()
    pico = here.pico()
    here.device.garbage = b"\xff\x00noise;;"
    with pytest.raises(PicoGarbled, match="noise"):
        pico.ledger()
    assert pico.ledger().sent == 0


def test_what_lies_in_the_line_when_it_is_opened_does_no_harm(desk):
    here = desk()
    here.device.port.write(b"old news\r\nhalf a li")
    assert here.pico().info().firmware == FIRMWARE


def test_other_firmware_is_refused_with_its_version(desk):
    here = desk()
    main = here.device.flash / "main.py"
    main.write_text(main.read_text().replace(f'VERSION = "{FIRMWARE}"', 'VERSION = "0.9.0"'))
    here.device.reset()
    with pytest.raises(PicoOutdated, match=r"rpi-camera-hil 0\.9\.0"):
        here.pico()


def test_a_pico_without_our_firmware_is_garbled_or_silent_and_the_hint_is_deploy(desk):
    here = desk()
    (here.device.flash / "main.py").unlink()
    here.device.reset()
    with pytest.raises(RigError, match="hil pico deploy") as error:
        here.pico()
    assert isinstance(error.value, PicoGarbled | PicoSilent)


def test_every_error_is_the_rigs_and_has_a_cause_and_a_place(desk):
    with pytest.raises(PicoAbsent) as absent:
        desk(present=False).pico()
    assert (absent.value.cause, absent.value.where) == ("pico absent", "pico")


def test_many_mistakes_in_a_row_do_not_bring_it_out_of_step(desk):
    pico: Pico = desk().pico()
    for wrong in ("NONSENSE?", "TRIG:TRA 28", "TRIG:TRA 28,1km,2s", "COUN?", "\x00\xff", "A" * 600, "*IDN?;;;SYST:VERS?"):
        with pytest.raises(RigError):
            pico._line.ask(wrong, 99)
        pico._line.synchronise()
    assert pico.info().firmware == FIRMWARE


def test_the_driver_and_the_firmware_are_of_one_version():
    assert f'VERSION = "{FIRMWARE}"'.encode() in firmware()["main.py"]


def test_ctrl_c_in_the_middle_of_an_exchange_still_leaves_it_idle(desk, monkeypatch):
    here = desk()
    pico = here.pico()
    pico.trigger(Train(XTR, 5_000, 10_000))
    here.clock.sleep(0.1)

    def interrupted():
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(here.device._child, "_serve_link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pico.ledger()
    pico.close()
    before = len(here.wires.edges(XTR))
    here.clock.sleep(0.5)
    assert len(here.wires.edges(XTR)) == before
    assert here.wires.edges(XTR)[-1][1] == 1
