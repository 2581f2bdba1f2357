"""The operator's panel: it waits for the button, and its lamps, buzzer and relay follow the run, as pins of the world show."""

import pytest

from hil.bench.panel import open_panel
from hil.errors import RigError
from hil.plugin.operator import Operator

PINS = {"busy": "pi5.GPIO6", "pass": "pi5.GPIO13", "fail": "pi5.GPIO19", "buzzer": "pi5.GPIO26", "relay": "pi5.GPIO21"}


def lit(twin):
    return {what for what, pin in PINS.items() if twin.wires.volts(pin) > 2.0}


@pytest.fixture
def operator(twin_of):
    """`operator(...)`: at the panel, and the twin behind it."""

    def enter(*changes):
        rig, twin = twin_of(*changes)
        return Operator.at(rig, twin), twin

    return enter


def test_it_waits_until_the_button_is_pressed(operator):
    at, twin = operator("station.start_at_s=7")
    told = []
    at.await_start(told.append)
    assert twin.world.now_ns == pytest.approx(7.0e9, abs=0.1e9)
    assert told[0]["what"] == "waiting for the start button"
    assert lit(twin) == set()


def test_while_it_runs_the_busy_lamp_is_lit_and_the_relay_closed(operator):
    at, twin = operator()
    at.begin()
    assert lit(twin) == {"busy", "relay"}


@pytest.mark.parametrize(("verdict", "lamp"), [("PASS", "pass"), ("FAIL", "fail")])
def test_a_verdict_is_one_lamp_for_a_while_then_everything_is_off(operator, verdict, lamp):
    at, twin = operator("station.start_at_s=0")
    at.begin()
    seen = []
    twin.world.at(twin.world.now_ns + 3_000_000_000, lambda: seen.append(lit(twin)))
    before = twin.world.now_ns
    at.end(verdict)
    assert seen == [{lamp}]
    assert twin.world.now_ns - before == pytest.approx(5e9, abs=0.2e9)
    assert lit(twin) == set()


@pytest.mark.parametrize("verdict", ["ERROR", "INVALID", "INCOMPLETE"])
def test_a_run_that_says_nothing_of_the_unit_blinks(operator, verdict):
    at, twin = operator("station.start_at_s=0")
    edges = []
    twin.wires.watch(PINS["fail"], lambda _t, volts: edges.append(volts > 2.0))
    at.end(verdict)
    assert len(edges) >= 18
    assert edges[:4] == [True, False, True, False]


@pytest.mark.parametrize(("verdict", "beeps"), [("PASS", 1), ("FAIL", 2), ("ERROR", 3)])
def test_the_buzzer_tells_verdicts_apart(operator, verdict, beeps):
    at, twin = operator("station.start_at_s=0")
    edges = []
    twin.wires.watch(PINS["buzzer"], lambda _t, volts: edges.append(volts > 2.0))
    at.end(verdict)
    assert edges.count(True) == beeps


def test_the_button_ends_the_showing(operator):
    at, twin = operator("station.start_at_s=2")
    at.end("PASS")
    assert twin.world.now_ns == pytest.approx(2e9, abs=0.2e9)


def test_a_button_that_is_stuck_starts_nothing(operator):
    at, _ = operator("station.held=true")
    with pytest.raises(RigError, match="it is down for 30 s") as error:
        at.await_start(lambda event: None)
    assert error.value.cause == "start button stuck"


def test_a_rig_without_a_station_has_no_panel(twin_of):
    cameras = '[cameras]\ngs = { module = "GS Camera", host = "pi5", port = "CAM1" }\n'
    assert open_panel(*twin_of(text=f'name = "bare"\nunit = "gs"\n[hosts]\npi5 = {{ board = "Raspberry Pi 5" }}\n{cameras}')) is None
