"""Levels that a circuit should not have, explained by the one change to it that gives all of them."""

import pytest

from hil.checks.suspects import Level, explain, suspects
from hil.measure import Measurement
from hil.rig import load
from hil.rig.electrical.state import State

OFF = State(off=("source", "sink"))
LOW = State(pins=(("pico.GP28", False),))
U_V = 0.005


def read(name, meter, state, volts):
    return Level(name, meter, state, Measurement("voltage", volts, "V", U_V))


def trigger_levels(high, low=0.0):
    return [read("level_high", "pico.GP26", State(), high), read("level_low", "pico.GP26", LOW, low)]


def sync_levels(off, idle):
    return [read("level_off", "adc.CH0", OFF, off), read("level_idle", "adc.CH0", State(), idle)]


@pytest.mark.parametrize(
    ("volts", "cause", "says"),
    [
        (1.50, "resistors swapped", "XTR: R1 1.5k 1% and R2 1.8k 1% are swapped"),
        (0.0, "line missing", "XTR: the line `pulse` is not connected"),
        (3.22, "resistor bridged", "XTR: R1 is bridged"),
        (0.7, "camera off", "XTR: left has no supply and clamps the line"),
    ],
)
def test_a_trigger_line_names_what_is_wrong_with_it(volts, cause, says):
    found = explain(load("gs-trigger-pair"), "XTR", trigger_levels(volts))
    assert found.cause == cause
    assert found.says.startswith(says)


@pytest.mark.parametrize(
    ("off", "idle", "cause"),
    [
        (0.0, 1.78, "line missing"),
        (0.0, 0.25, "resistor open"),
        (3.29, 3.29, "resistor bridged"),
        (0.61, 2.25, "5 V, or resistor open"),
        (0.61, 2.45, "5 V, or resistor open"),
        (0.0, 0.0, "meter not connected"),
        (1.2, 1.2, "level unexplained"),
    ],
)
def test_a_sync_line_names_what_is_wrong_with_it(off, idle, cause):
    assert explain(load("hq-pair-page"), "XVS", sync_levels(off, idle)).cause == cause


def test_other_faults_that_would_give_the_same_levels_are_told():
    found = explain(load("gs-trigger"), "XTR", trigger_levels(0.0))
    assert found.says.endswith("; or the wire to pico.GP26 open, or R1 open, or R2 bridged")


def test_a_line_may_be_written_with_wider_gaps_and_have_a_capacitor_on_it(tmp_path):
    mine = tmp_path / "mine.toml"
    capacitor = '[wiring]\nquiet = "XTR -- C1 100p -- GND"\n'
    mine.write_text(load("gs-trigger-pair").text.replace("R1 1.5k 1%", "R1  1.5k  1%").replace("[wiring]\n", capacitor))
    found = explain(load(mine), "XTR", trigger_levels(1.50))
    assert found.says.startswith("XTR: R1 1.5k 1% and R2 1.8k 1% are swapped")


def test_an_open_resistor_is_named_with_its_value():
    found = explain(load("hq-pair-page"), "XVS", sync_levels(0.0, 0.15))
    assert found.says == "XVS: R1 is open"
    assert "10k 1%" in found.do[0]


def test_what_the_pads_hold_at_their_diodes_is_told_as_either_fault():
    found = explain(load("hq-pair-page"), "XVS", sync_levels(0.55, 2.35))
    assert found.says == "XVS: the line `bias` hangs on 5 V, not on 3.3 V, or R2 is open: power off now"
    assert ["5V" in found.do[0], "across R2: 10k 1%" in found.do[1]] == [True, True]


@pytest.mark.parametrize("state", [OFF, State(off=("sink",)), State()])
def test_no_power_state_tells_5_v_from_an_open_lower_resistor(state):
    rig = load("hq-pair-page")
    bands = [suspect.band(read("", "adc.CH0", state, 0.0)) for suspect in suspects(rig, "XVS", "adc.CH0") if is_lifting(suspect)]
    assert len(bands) == 2
    assert abs(bands[0].typical - bands[1].typical) < 0.02 < bands[0].high - bands[0].low


def is_lifting(suspect):
    return suspect.kind == "five_volts" or suspect.words["brief"] == "R2 open"
