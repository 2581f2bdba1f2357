"""Wiring lines: what they mean, and what their author reads after a mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hil.rig.wiring import Part, WiringError, parse

PAIR = """\
name = "mine"
unit = "sink"

[hosts]
pi-a = { board = "Raspberry Pi 5" }

[cameras]
source = { module = "HQ Camera (CS)", host = "pi-a", port = "CAM0" }
sink = { module = "HQ Camera (CS)", host = "pi-a", port = "CAM1" }

[wiring]
GND  = "source.GND -- sink.GND -- pi-a.GND"

bias = "pi-a.3V3 -- R1 10k 1% -- XVS -- R2 10k 1% -- GND"
XVS  = "source.XVS -- sink.XVS"
"""


@pytest.fixture
def wiring_faults(faults_of: Callable[[str], list[str]]) -> Callable[[str, str], list[str]]:
    return lambda wrong, put: faults_of(PAIR.replace(wrong, put, 1))


def test_the_pair_is_wired_well(wiring_faults: Callable[[str, str], list[str]]) -> None:
    assert wiring_faults("", "") == []


FAULTS = {
    "value": ("R2 10k", "R2 10x", '14  [wiring] bias: "R2 10x" is not a resistor value; write 150, 1.5k or 10k'),
    "device": ("sink.XVS", "sinc.XVS", '15  [wiring] XVS: "sinc.XVS"; did you mean "sink.XVS"?  (cameras: source, sink)'),
    "strange device": (
        "sink.XVS",
        "scope.CH1",
        '15  [wiring] XVS: "scope.CH1": this rig has no scope  (hosts: pi-a; cameras: source, sink)',
    ),
    "pad": ("sink.XVS", "sink.XSV", '15  [wiring] XVS: "sink.XSV"; did you mean "sink.XVS"?  (pins of sink: GND, XVS)'),
    "no such pad": ("sink.XVS", "sink.Q", '15  [wiring] XVS: "sink.Q" does not exist  (pins of sink: GND, XVS)'),
    "header pin": ("pi-a.3V3", "pi-a.GPIO28", '14  [wiring] bias: "pi-a.GPIO28"; did you mean "pi-a.GPIO'),
    "net": (
        "XVS -- R2",
        "XSV -- R2",
        '14  [wiring] bias: "XSV" is neither a net nor a pin of this rig; did you mean "XVS"?  (nets: GND, XVS)',
    ),
    "branch as net": ('-- GND"', '-- bias"', '14  [wiring] bias: "bias" is neither a net nor a pin of this rig  (nets: GND, XVS)'),
    "tolerance": ("10k 1%", "10k 1", '14  [wiring] bias: "R1 10k 1": after the value comes its tolerance; write R1 10k 1%'),
    "no value": ("R1 10k 1%", "R1", '14  [wiring] bias: "R1" is not a resistor value; write 150, 1.5k or 10k'),
    "part twice": ("R2 10k", "R1 10k", '14  [wiring] bias: R1 is in "bias" already; number every part once'),
    "nothing between": (
        "-- XVS",
        "-- -- XVS",
        '14  [wiring] bias: "pi-a.3V3 -- R1 10k 1% -- -- XVS -- R2 10k 1% -- GND" has a -- with nothing beside it',
    ),
    "one thing": (
        '"source.XVS -- sink.XVS"',
        '"source.XVS"',
        '15  [wiring] XVS: "source.XVS" joins nothing; write what is soldered together',
    ),
    "number": ('"source.XVS -- sink.XVS"', "5", '15  [wiring] XVS: 5 is a number; write "source.GND -- sink.GND"'),
    "words": (
        "R1 10k 1%",
        "a resistor",
        '14  [wiring] bias: "a resistor" is not a pin (source.XVS), a net (GND) or a part (R1 10k 1%, LED1 yellow)',
    ),
    "clock": (
        "[wiring]",
        '[clock]\ndrive = "pi-b.GPIO1"\nstamp = "pi-a.GPIO2"\n[wiring]',
        '12  [clock] drive: "pi-b.GPIO1"; did you mean "pi-a.GPIO1"?',
    ),
    "strobe": (
        "[wiring]",
        '[strobe]\ndrive = "GPIO1"\nseen_by = "sink"\n[wiring]',
        '12  [strobe] drive: "GPIO1" is not a pin; write device.PIN, for',
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_mistake_in_the_wiring_is_told_in_one_line(case: str, wiring_faults: Callable[[str, str], list[str]]) -> None:
    wrong, put, message = FAULTS[case]

    (fault,) = wiring_faults(wrong, put)

    assert fault.startswith(f"rigs/mine.toml:{message}")


PARTS = {
    "R1 150": Part("R1", "R", 150.0, None, "150"),
    "R12 1.5k 1%": Part("R12", "R", 1500.0, 0.01, "1.5k 1%"),
    "R3 2M 5%": Part("R3", "R", 2e6, 0.05, "2M 5%"),
    "C1 100n": Part("C1", "C", pytest.approx(1e-7), None, "100n"),
    "LED1 yellow": Part("LED1", "LED", text="yellow"),
    "D2 BAT54": Part("D2", "D", text="BAT54"),
}


@pytest.mark.parametrize("text", PARTS)
def test_a_part_reads_as_it_is_printed(text: str) -> None:
    part = parse("line", f"a.X -- {text} -- GND").parts[0]

    assert part == PARTS[text]
    assert str(part) == text


@pytest.mark.parametrize("text", ["LED1 yelow", "LED1", "C1 100", "D1", "D1 a b", "R1 1% 10k", "R1 -5", "a.b.c", "a."])
def test_what_is_no_part_and_no_pin_is_refused(text: str) -> None:
    with pytest.raises(WiringError):
        parse("line", f"a.X -- {text} -- GND")
