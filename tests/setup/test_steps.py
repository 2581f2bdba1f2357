"""The steps that a rig is built in, as data: nothing is asked and nothing opened."""

from __future__ import annotations

import pytest

from hil import shipped
from hil.rig import load
from hil.rig.tasks import Edit, Power
from hil.setup.bring_up import config_lines
from hil.setup.build import in_order
from hil.setup.shopping import shopping
from hil.setup.steps import FirstFrames, Levels, steps


def of(name):
    return {step.id: step for step in steps(load(name))}


@pytest.mark.parametrize("name", shipped.names("rigs"))
def test_every_shipped_rig_has_steps_from_parts_to_the_first_frames_of_every_camera(name):
    made = steps(load(name))
    assert len({step.id for step in made}) == len(made)
    assert made[0].id == "parts"
    shown = [camera for step in made for check in step.checks if isinstance(check, FirstFrames) for camera in check.cameras]
    assert sorted(shown) == sorted(load(name).cameras)


@pytest.mark.parametrize("name", shipped.names("rigs"))
def test_every_line_is_soldered_between_power_off_and_power_on(name):
    made = steps(load(name))
    power = [index for index, step in enumerate(made) if isinstance(step.act, Power)]
    soldered = [index for index, step in enumerate(made) if step.id.startswith("solder")]
    assert len(soldered) == len(load(name).lines)
    assert all(power[0] < index < power[1] for index in soldered)


def test_ground_is_soldered_first_and_branches_last():
    assert [line.name for line in in_order(load("hq-pair-page"))] == ["GND", "XVS", "bias", "clock", "flash"]


def test_every_joint_has_a_reading_before_the_next_line():
    assert [str(check.of) for check in of("gs-trigger")["solder pulse"].checks] == [
        "meter on ohms: pico.GP28 to gs.XTR",
        "meter on ohms: gs.XTR to pico.GND",
    ]


def test_the_pages_warnings_stand_where_they_matter():
    gs = of("gs-trigger")
    assert any("void the warranty" in text for text in gs["R11 of gs"].mind)
    assert any("removing an SMD soldered part" in text for text in gs["R11 of gs"].mind)
    assert any("1.8 V" in text for text in gs["solder pulse"].mind)
    assert any("IR filter" in text for text in gs["lens of gs"].mind)
    assert any("static" in text for text in gs["power off"].mind)
    assert not any("1.8 V" in text for text in gs["solder flash"].mind)


def test_a_camera_without_q2_keeps_its_r11(tmp_path):
    file = tmp_path / "rig.toml"
    file.write_text(load("gs-trigger").text.replace('Q2 = "fitted", R11 = "removed"', 'Q2 = "absent", R11 = "fitted"'))
    assert "R11 of gs" not in {step.id for step in steps(load(file))}


def test_overlay_lines_are_those_of_the_overlays_parameters():
    assert config_lines(load("hq-pair"), "pi-b") == ("camera_auto_detect=0", "dtoverlay=imx477,always-on,sync-sink")
    both = config_lines(load("gs-trigger-pair"), "pi5")
    assert both == ("camera_auto_detect=0", "dtoverlay=imx296,always-on,cam0", "dtoverlay=imx296,always-on")
    assert config_lines(load("hq-pair-page"), "pi-a") == ("dtparam=spi=on",)
    assert config_lines(load("camera-module-3"), "pi5") == ()


def test_a_link_frequency_other_than_the_overlays_own_is_a_line_too(tmp_path):
    file = tmp_path / "rig.toml"
    file.write_text(load("camera-module-3").text.replace("= 450", "= 453"))
    edits = [step.act for step in steps(load(file)) if isinstance(step.act, Edit)]
    assert edits[0].lines == ("camera_auto_detect=0", "dtoverlay=imx708,link-frequency=453000000")


def test_levels_are_read_by_the_adc_where_there_is_one_and_by_hand_where_there_is_none():
    assert of("hq-pair-page")["levels on XVS"].checks == (Levels("XVS"),)
    assert "level on XVS" not in of("hq-pair-page")
    assert "meter on volts" in str(of("hq-pair")["level on XVS"].checks[0].of)


def test_the_shopping_list_has_values_lenses_and_the_cable_of_each_board():
    assert "2 x camera cable, 15 to 15 pins   (source and sink)" in map(str, shopping(load("hq-pair")))
    pi5 = [str(item) for item in shopping(load("gs-trigger"))]
    assert "1 x camera cable, 22 to 15 pins (Standard - Mini)   (gs)" in pi5
    assert "1 x resistor 1.5k 1%   (R1)" in pi5
    assert "1 x 6mm lens, CS mount, F1.2   (gs)" in pi5
    assert any(text.startswith("1 x Raspberry Pi Pico") for text in pi5)


def test_a_c_lens_brings_its_adapter(tmp_path):
    file = tmp_path / "rig.toml"
    file.write_text(load("hq-cs").text.replace('lens = "6mm"', 'lens = "16mm", adapter = "C-CS"'))
    bought = [str(item) for item in shopping(load(file))]
    assert any("C-CS adapter ring" in text for text in bought)
    assert any("16mm lens, C mount" in text for text in bought)
