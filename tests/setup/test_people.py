"""People: one at a terminal, the twin's, and what is kept of their answers."""

from __future__ import annotations

import io
import math
from contextlib import closing

import pytest
from rich.console import Console

from hil.bench import open_rig, open_twin
from hil.cli.person import Shown, Terminal, number
from hil.drivers.person import Answer, Witness
from hil.errors import UserError
from hil.rig import load, twin_spec
from hil.rig.tasks import Again, Fitted, Glow, Ohms, Power, Volts
from hil.sim.person import SimPerson

# -- at a terminal ----------------------------------------------------------------------------------------------------


class Typing(Console):
    """A console at which somebody types these lines."""

    def __init__(self, *lines):
        super().__init__(file=io.StringIO(), width=200, highlight=False)
        self._lines = list(lines)

    def input(self, prompt="", **_):
        self.print(prompt, end="")
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)

    @property
    def shown(self):
        return self.file.getvalue()


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1.78", 1.78), ("1,78 V", 1.78), ("10.1k", 10_100.0), ("2M", 2e6), ("250 mV", 0.25), ("OL", math.inf), ("open", math.inf)],
)
def test_numbers_are_taken_as_a_meter_shows_them(typed, read):
    assert number(typed) == pytest.approx(read)


def test_what_is_no_number_is_asked_for_again():
    console = Typing("about 2", "", "1.98")
    assert Terminal(console).ask_number(Volts("a.X", "a.GND"), "V") == 1.98
    assert "meter on volts: red on a.X, black on a.GND" in console.shown
    assert console.shown.count("a number as the meter shows it") == 2


def test_the_beginning_of_an_option_will_do():
    console = Typing("x", "rem")
    assert Terminal(console).ask_choice(Fitted("gs", "R11"), ("fitted", "removed")) == "removed"
    assert "one of fitted, removed" in console.shown


def test_an_input_that_ends_is_the_callers_mistake():
    with pytest.raises(UserError, match="the input has ended"):
        Terminal(Typing()).ask_ready("put the cap on")


def test_a_prompt_shows_brackets_as_they_are():
    console = Typing("")
    Terminal(console).ask_ready("lines in its section [all]")
    assert "section [all], then press Enter" in console.shown


# -- the twin's -------------------------------------------------------------------------------------------------------


def test_the_twins_person_sees_what_is_really_on_a_board():
    person = SimPerson(twin_spec(load("gs-trigger"), ["cameras.gs.R11=fitted"]), 0)
    assert person.ask_choice(Fitted("gs", "R11"), ("fitted", "removed")) == "fitted"
    assert person.ask_choice(Again("", "", ""), ("again", "stop")) == "stop"


def test_its_meter_reads_nothing_without_power_and_no_ohms_with_it():
    person = SimPerson(twin_spec(load("hq-pair")), 0)
    assert person.ask_number(Volts("source.XVS", "source.GND"), "V") == 0.0
    person.ask_ready(Power(("pi-a", "pi-b"), on=True))
    assert person.ask_number(Ohms("source.GND", "sink.GND"), "ohm") == math.inf


def test_its_meter_has_its_own_errors_by_seed():
    def read(seed):
        rig = load("hq-pair-pi5")
        with closing(open_twin(rig, seed)) as twin:
            return SimPerson(twin.spec, seed, twin).ask_number(Volts("source.XVS", "source.GND"), "V")

    readings = [read(seed) for seed in range(4)]
    assert len(set(readings)) > 1
    assert all(1.7 < volts < 1.8 for volts in readings)  # 10 MOhm on a weak pull-up
    assert read(2) == readings[2]


def test_a_meter_between_boards_without_common_ground_finds_nothing():
    rig = load("hq-pair")
    with closing(open_twin(rig, 0, ["wiring.GND=off"])) as twin:
        assert SimPerson(twin.spec, 0, twin).ask_number(Volts("sink.XVS", "source.GND"), "V") == 0.0


def test_it_sees_the_led_that_a_pin_switches():
    rig = load("hq-pair-pi5")
    with closing(open_twin(rig, 0)) as twin, open_rig(rig, twin=twin) as bench:
        person = SimPerson(twin.spec, 0, twin)
        assert person.ask_choice(Glow("LED1"), ("lit", "dark")) == "dark"
        bench.gpio["pi5"].level("GPIO22", True)
        bench.clock.sleep(0.01)
        assert person.ask_choice(Glow("LED1"), ("lit", "dark")) == "lit"


def test_what_it_cannot_know_it_does_not_make_up():
    person = SimPerson(twin_spec(load("hq-pair")), 0)
    person.ask_ready("put the cap on")
    with pytest.raises(UserError, match="reads a multimeter only"):
        person.ask_number("the room's temperature", "degrees Celsius")
    with pytest.raises(UserError, match="does not see that"):
        person.ask_choice("colour of the case", ("red", "white"))


# -- evidence ---------------------------------------------------------------------------------------------------------


def test_a_witness_keeps_what_was_asked_and_answered():
    witness = Witness(Terminal(Typing("", "1.78", "fit")))
    witness.ask_ready("put the cap on")
    witness.ask_number(Volts("a.X", "a.GND"), "V")
    witness.ask_choice(Fitted("gs", "Q2"), ("fitted", "absent"))
    assert witness.answers == [
        Answer("put the cap on", "done"),
        Answer("meter on volts: red on a.X, black on a.GND", 1.78, "V"),
        Answer("look at the board of gs: Q2 is", "fitted"),
    ]


def test_answers_of_somebody_else_are_shown():
    console = Typing()
    person = Shown(SimPerson(twin_spec(load("gs-trigger")), 0), console)
    person.ask_choice(Fitted("gs", "Q2"), ("fitted", "absent"))
    assert "look at the board of gs: Q2 is: fitted" in console.shown
