"""What a plan asks of a rig, worked out from files alone."""

from types import SimpleNamespace

import pytest

from hil import checks
from hil.errors import UserError
from hil.rig import load, load_plan

RIGS = ["camera-module-1", "camera-module-2", "camera-module-3", "camera-module-3-wide-noir", "hq-cs", "hq-m12", "gs"]

OF_THE_RIG = ("wiring", "shutter", "sync", "trigger")


def ids(check, rig, plan="quick"):
    return [case.id for case in checks.cases(check, load(rig), load_plan(plan))]


@pytest.mark.parametrize("rig", RIGS)
@pytest.mark.parametrize("plan", ["quick", "full"])
def test_every_shipped_rig_has_cases_with_unlike_names_for_every_check_of_the_plan(rig, plan):
    for check in (check for check in load_plan(plan).checks if check not in OF_THE_RIG):
        found = ids(check, rig, plan)
        assert found
        assert len(set(found)) == len(found)


def test_a_case_is_named_after_camera_and_mode():
    assert ids("frame_rate", "camera-module-3") == ["cm3-4608x2592", "cm3-2304x1296", "cm3-1536x864", "cm3-2304x1296-HDR"]
    assert ids("identity", "camera-module-3") == ["cm3"]


def test_bits_are_in_the_name_only_where_they_tell_modes_apart():
    assert ids("modes", "camera-module-1")[0] == "cm1-2592x1944"
    assert {"hq-4056x3040-12", "hq-4056x3040-8"} <= set(ids("modes", "hq-cs"))


def test_a_check_that_the_plan_does_not_ask_for_has_no_cases():
    assert ids("link_settings", "hq-cs", "line") == []


def test_a_plan_that_names_modes_has_those_cases_only():
    assert ids("frame_rate", "hq-cs", "line") == ["hq-2028x1080", "hq-1332x990"]


def test_a_mode_that_not_every_driver_offers_is_not_required():
    cases = {case.id: case for case in checks.cases("frame_rate", load("hq-cs"), load_plan("quick"))}
    assert cases["hq-2028x1080-12"].required
    assert not cases["hq-4056x2160-8"].required
    assert cases["hq-4056x2160-8"].note == "only where the host has the imx477 driver 'current'"


def test_modes_that_no_driver_has_are_a_mistake_of_the_plan():
    plan = SimpleNamespace(label="mine/1", checks={"frame_rate": {"modes": ("800x600",), "frames": 60, "rates": (1.0,), "rates_hz": ()}})
    with pytest.raises(UserError, match=r'plan mine/1, frame_rate: mode "800x600" of cm3 asked for\n.*4608x2592'):
        checks.cases("frame_rate", load("camera-module-3"), plan)


@pytest.mark.parametrize("rig", RIGS)
def test_the_planned_measurements_say_how_long_the_rig_will_take(rig):
    quick, full = (checks.planned(load(rig), load_plan(plan)) for plan in ("quick", "full"))
    assert 0 < sum(each.seconds for each in quick) < sum(each.seconds for each in full)
    assert {each.case for each in quick} == {
        case.id for check in checks.CHECKS for case in checks.cases(check, load(rig), load_plan("quick"))
    }


def test_only_the_first_measurement_of_a_case_takes_time():
    planned = [each for each in checks.planned(load("gs"), load_plan("full")) if each.check == "exposure"]
    assert planned[0].seconds > 30
    assert {each.seconds for each in planned[1:]} == {0.0}


def test_light_brings_the_shortest_exposure_where_the_rig_has_some():
    names = {each.name for each in checks.planned(load("gs"), load_plan("quick"))}
    assert "exposure_shortest" in names
    assert "exposure_shortest" not in {each.name for each in checks.planned(load("camera-module-3"), load_plan("quick"))}


PAIRS = {
    "hq-pair": {"shutter": ["source-1332x990-8"], "sync": ["source+sink"]},
    "hq-pair-page": {"wiring": ["XVS"], "shutter": ["source-1332x990-8", "sink-1332x990-8"], "sync": ["source+sink"]},
    "gs-pair": {"shutter": ["source-1456x1088"], "sync": ["source+sink"]},
    "gs-trigger": {"wiring": ["XTR"], "shutter": ["gs-1456x1088"], "trigger": ["gs"]},
    "gs-trigger-pair": {"wiring": ["XTR"], "shutter": ["left-1456x1088", "right-1456x1088"], "trigger": ["left+right"]},
    "camera-module-3": {},
}


@pytest.mark.parametrize("rig", PAIRS)
def test_what_needs_wires_a_partner_or_a_strobe_has_cases_only_where_the_rig_has_them(rig):
    assert {check: found for check in OF_THE_RIG if (found := ids(check, rig))} == PAIRS[rig]


def test_what_the_plan_asks_for_and_the_rig_cannot_show_is_said_once():
    assert checks.not_shown(load("hq-pair"), load_plan("quick")) == [
        "wiring, trigger (this rig has no ADC on a sync or trigger wire, no Pico on XTR)",
        "modes, frame rate, exposure of sink (it makes frames only on the source's pulses)",
    ]


def test_a_sink_by_device_tree_has_no_cases_that_need_frames_of_its_own():
    assert ids("identity", "hq-pair") == ["source", "sink"]
    assert all(case.startswith("source") for case in ids("frame_rate", "hq-pair"))


@pytest.mark.parametrize("rig", ["gs-pair", "hq-pair", "gs-trigger-pair"])
def test_a_pair_s_measurements_are_about_both_cameras(rig):
    planned = [each for each in checks.planned(load(rig), load_plan("quick")) if each.check in ("sync", "trigger")]
    assert {each.subject for each in planned} <= {"source+sink", "left+right"}
    assert sum(each.seconds for each in planned) > 5
