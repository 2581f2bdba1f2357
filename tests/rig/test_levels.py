"""Where a meter of the rig must read: bands over all tolerances, with the meter in the network."""

from __future__ import annotations

import random

import pytest

from hil import shipped
from hil.rig import load
from hil.rig.circuit import Clamp, Drive
from hil.rig.electrical import State, expected_level, findings, level_table
from hil.rig.electrical.model import Model
from hil.rig.electrical.pullup import pull_ups


def test_xvs_reads_high_only_while_both_cameras_are_powered() -> None:
    rig = load("hq-pair-page")

    powered, half = expected_level(rig, "adc.CH0"), expected_level(rig, "adc.CH0", State(off=("source",)))

    assert powered.low > 1.5
    assert powered.high < 1.95
    assert 0.40 < half.low < 0.60 < half.typical < 0.70 < half.high < 0.85


def test_xtr_reads_what_the_divider_makes() -> None:
    rig = load("gs-trigger")

    high, low = expected_level(rig, "pico.GP26"), expected_level(rig, "pico.GP26", State(pins=(("pico.GP28", False),)))

    assert 1.6 < high.low < 1.78 < 1.79 < high.high < 1.95
    assert low.high < 0.3


def test_a_band_at_the_adc_of_a_pico_knows_its_100_kohm() -> None:
    assert 3.3 * 1.8 / 3.3 - expected_level(load("gs-trigger"), "pico.GP26").typical > 0.015


@pytest.mark.parametrize(
    ("swap", "outside"),
    [("R1 1.8k 1% -- XTR -- R2 1.5k", True), ("R1 1.5k 1% -- XTR -- R2 1.79k", False), ("R1 1.5k 1% -- XTR -- R2 18k", True)],
)
def test_wrong_resistors_leave_the_band_and_right_ones_do_not(tmp_path, swap: str, outside: bool) -> None:
    (tmp_path / "mine.toml").write_text(load("gs-trigger").text.replace("R1 1.5k 1% -- XTR -- R2 1.8k", swap))
    band = expected_level(load("gs-trigger"), "pico.GP26")

    true = expected_level(load(tmp_path / "mine.toml"), "pico.GP26").typical

    assert (not band.low < true < band.high) == outside


@pytest.mark.parametrize("rig", ["hq-pair-page", "gs-trigger"])
def test_no_corner_of_the_tolerances_lies_outside_its_band(rig: str) -> None:
    model, chance = Model(load(rig)), random.Random(5)
    levels = [level for level in level_table(load(rig)) if level.pin in model.roles.pads]

    for level in levels * 20:
        values = {part: chance.choice([span.low, span.high]) for part, span in model.tolerances.items()}
        attached = {
            pin: [
                (Clamp if load.clamp else Drive)(
                    chance.uniform(load.volts.low, load.volts.high), chance.choice([load.ohms.low, load.ohms.high])
                )
                for load in loads
            ]
            for pin, loads in model.loads(level.state).items()
        }
        assert level.volts.low - 1e-9 <= model.circuit.with_values(values).solve(attached).volts[level.pin] <= level.volts.high + 1e-9


def test_the_clock_wire_swings_far_enough_for_logic() -> None:
    high = next(level for level in level_table(load("hq-pair")) if level.pin == "pi-a.GPIO27" and level.state.pins)

    assert high.volts.low > 2.0


def test_a_meter_that_is_not_wired_has_no_band() -> None:
    with pytest.raises(KeyError):
        expected_level(load("gs-trigger"), "pico.GP27")


@pytest.mark.parametrize("name", ["gs-trigger", "gs-trigger-pair"])
def test_a_pull_up_keeps_xtr_high_in_reset_and_never_above_2_1_v(name: str) -> None:
    (made,) = pull_ups(load(name))

    assert made.text == "pico.3V3 -- R4 1k 1% -- pico.GP28"
    assert made.released.low > 1.26
    assert made.high.high < 2.1
    assert made.low.high < 0.3


def test_two_pins_that_pulse_get_a_pull_up_each(tmp_path) -> None:
    shared, apart = '"left.XTR -- right.XTR -- pico.GP26"', '"left.XTR -- pico.GP26"\nother = "right.XTR"'
    second = 'pulse2 = "pico.GP22 -- R5 1.5k 1% -- right.XTR -- R6 1.8k 1% -- pico.GND"\n'
    mine = tmp_path / "mine.toml"
    mine.write_text(load("gs-trigger-pair").text.replace(shared, apart).replace('other = "right.XTR"\n', second))

    first, last = pull_ups(load(mine))

    assert [first.text, last.text] == ["pico.3V3 -- R4 1k 1% -- pico.GP28", "pico.3V3 -- R7 1k 1% -- pico.GP22"]
    assert [line for line in last.rig.wiring.values() if "3V3" in line] == [last.text, first.text]


def test_with_the_pull_up_nothing_is_left_to_note_of_the_pico() -> None:
    (made,) = pull_ups(load("gs-trigger"))

    assert [finding.severity for finding in findings(made.rig)] == ["warn"]


@pytest.mark.parametrize("name", [name for name in shipped.names("rigs") if load(name).wiring])
def test_every_signal_of_a_shipped_rig_has_levels(name: str) -> None:
    assert {level.net for level in level_table(load(name))} >= {line.name for line in load(name).lines if line.name.startswith("X")}
