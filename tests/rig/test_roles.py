"""What each pin of a rig is for, as its wiring tells."""

from __future__ import annotations

from hil.rig import load
from hil.rig.roles import Roles


def test_the_pin_behind_the_divider_pulses_and_the_one_on_the_pad_reads() -> None:
    roles = Roles(load("gs-trigger-pair"))

    assert (roles.trigger_pin("left"), roles.trigger_pin("right")) == ("pico.GP28", "pico.GP28")
    assert roles.meters == ("pico.GP26",)
    assert roles.outputs == ("pico.GP15", "pico.GP28")


def test_the_clock_s_stamps_are_inputs() -> None:
    assert Roles(load("hq-pair")).inputs == ("pi-a.GPIO27", "pi-b.GPIO27")


def test_a_camera_on_xvs_has_no_trigger_pin() -> None:
    assert Roles(load("hq-pair-page")).trigger_pin("source") is None
    assert Roles(load("hq-pair-page")).meters == ("adc.CH0",)


def test_the_pads_on_one_wire_are_found() -> None:
    assert Roles(load("gs-pair")).pads_with("sink.XHS") == ("source.XHS", "sink.XHS")
