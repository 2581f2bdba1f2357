"""The firmware's language, as conversations with it."""

import pytest


@pytest.fixture
def talk(desk):
    """`talk(line)`: the answer to one line, from the firmware in MicroPython."""
    pico = desk().pico()
    return pico._line._exchange


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("SYST:ERR?", '0,"No error"'),
        ("system:error?", '0,"No error"'),
        ("SYST:VERS?;:SYST:CLOC?", "1999.0;125000000"),
        ("FOO?;:SYST:ERR?", ';-113,"Undefined header; FOO?"'),
        ("SYST:DEAD 3;:SYST:ERR?", '0,"No error"'),
        ("SYST:DEAD 3parsec;:SYST:ERR?", '-131,"Invalid suffix; 3parsec"'),
        ("SYST:DEAD soon;:SYST:ERR?", '-131,"Invalid suffix; soon"'),
        ("SYST:DEAD 1.2.3;:SYST:ERR?", '-104,"Data type error; 1.2.3"'),
        ("SYST:DEAD -1;:SYST:ERR?", '-222,"Data out of range; -1"'),
        ("STR:ON GP24;:SYST:ERR?", '-222,"Data out of range; GP24"'),
        ("TRIG:TRA 28,10us,1ms,2.5;:SYST:ERR?", '-222,"Data out of range; 2.5"'),
        ("TRIG:TRA 28,10us,1ms,5,4,2ms;:SYST:ERR?", '-221,"Settings conflict; mark 4, gap of 250000 ticks"'),
        ("COUN?;:SYST:ERR?", ';-221,"Settings conflict; count what?"'),
    ],
)
def test_one_line_out_one_line_back(talk, said, answer):
    assert talk(said) == answer


def test_a_missing_argument_is_named_as_such(talk):
    assert talk("TRIG:TRA 28;:SYST:ERR?").startswith('-109,"Missing parameter; TRIG:TRA')


def test_errors_wait_in_line_and_an_overflow_is_the_last_of_them(talk):
    talk(";".join(["NONSENSE"] * 20) + ";*OPC?")
    assert talk("SYST:ERR:COUN?") == "16"
    said = [talk("SYST:ERR?") for _ in range(17)]
    assert said[0].startswith("-113")
    assert said[15] == '-350,"Queue overflow"'
    assert said[16] == '0,"No error"'


def test_a_line_that_is_too_long_is_dropped_whole(talk):
    assert talk("*OPC?;" * 200) == ""
    assert talk("SYST:ERR?") == '-363,"Input buffer overrun"'


@pytest.mark.parametrize(
    ("written", "ticks"), [("10us", 1250), ("0.010ms", 1250), ("10000ns", 1250), ("0.00001", 1250), ("10.004us", 1251)]
)
def test_times_are_the_same_in_every_unit_and_rounded_to_a_tick(talk, written, ticks):
    assert talk(f"STR:TRA? 15,{written},1s,1").split(",")[0] == str(ticks)


def test_numbers_keep_more_digits_than_a_float_of_the_rp2040_has(talk):
    assert talk("STR:TRA? 15,1us,10.123456784s,1").split(",")[1] == "1265432098"
