"""The bands of a meter's readings, against the meter of the twin's person."""

from __future__ import annotations

import math

import pytest

from hil import shipped
from hil.rig import load, twin_spec
from hil.rig.tasks import Ohms, Solder
from hil.setup.build import in_order
from hil.setup.readings import Reading, at_rest, of_line, of_supplies, shown
from hil.sim.person import SimPerson

WIRED = [name for name in shipped.names("rigs") if load(name).wiring]


def read(rig, person):
    """Each reading with what the meter shows, as the rig is soldered line by line."""
    before = []
    for line in in_order(rig):
        person.ask_ready(Solder(line.name))
        for reading in of_line(rig, line, before):
            yield reading, person.ask_number(reading.of, reading.unit)
        before.append(line)


@pytest.mark.parametrize("name", WIRED)
def test_no_healthy_twin_is_outside_its_bands(name):
    rig = load(name)
    for seed in range(6):
        person = SimPerson(twin_spec(rig), seed)
        assert not [(str(reading.of), value) for reading, value in read(rig, person) if not reading.fits(value)]


@pytest.mark.parametrize("name", WIRED)
def test_every_resistor_that_is_open_or_bridged_shows(name):
    rig = load(name)
    for part in (part.name for line in rig.lines for part in line.parts if part.kind == "R"):
        for how in ("open", "short"):
            person = SimPerson(twin_spec(rig, [f"wiring.{part}={how}"]), seed=1)
            assert [reading for reading, value in read(rig, person) if not reading.fits(value)], f"{part} {how}"


@pytest.mark.parametrize("name", WIRED)
def test_every_line_that_is_missing_shows(name):
    rig = load(name)
    for line in rig.lines:
        person = SimPerson(twin_spec(rig, [f"wiring.{line.name}=off"]), seed=1)
        assert [reading for reading, value in read(rig, person) if not reading.fits(value)], line.name


def test_a_resistor_beside_another_path_has_a_band_from_both():
    gnd, xvs, bias, *_ = load("hq-pair-page").lines
    readings = {str(reading.of): reading for reading in of_line(load("hq-pair-page"), bias, [gnd, xvs])}
    r1 = readings["meter on ohms: pi-a.3V3 to source.XVS"]
    assert r1.low < 5_000 * 0.99  # the rail may be as good as ground
    assert 10_100 < r1.high < 10_300


def test_what_lies_beyond_the_band_says_what_to_look_at():
    reading = Reading(Ohms("a.X", "b.X"), 90.0, 110.0, "below", "above", "R1", (("R2", 180.0),))
    assert reading.wrong(10.0) == "below"
    assert reading.wrong(math.inf) == "above"
    assert reading.wrong(184.0) == "that is R2: R1 and R2 are swapped; exchange them"
    assert reading.out_by(math.inf) > reading.out_by(184.0) > 1 > reading.out_by(100.0)


def test_nan_fits_no_band():
    assert not Reading(Ohms("a.X", "b.X"), 0.0, math.inf, "").fits(math.nan)


def test_a_level_by_hand_is_judged_against_the_pads_thresholds_and_the_circuit():
    rest = at_rest(load("hq-pair"), "XVS", "source.XVS")
    assert (rest.low, round(rest.high, 2)) == (1.26, 1.91)
    assert "above what a camera's pad stands" in rest.wrong(2.4)
    assert "has no supply" in rest.wrong(0.6)


def test_supplies_that_the_wiring_draws_from_are_read_with_power():
    assert [str(reading.of) for reading in of_supplies(load("hq-pair-page"))] == ["meter on volts: red on pi-a.3V3, black on pi-a.GND"]
    assert of_supplies(load("hq-pair")) == ()


@pytest.mark.parametrize(
    ("value", "said"), [(0.23, "0.23 ohm"), (15_900.0, "15.9 kohm"), (2.5e6, "2.5 Mohm"), (math.inf, "overload (open)")]
)
def test_readings_are_shown_as_a_meter_shows_them(value, said):
    assert shown(value, "ohm") == said
