"""`--set wiring...`: what is really soldered in a twin."""

from __future__ import annotations

import math

import pytest

from hil import shipped
from hil.errors import UserError
from hil.rig import load, twin_spec
from hil.rig.circuit import Circuit, Drive
from hil.rig.overridekeys import KEYS
from hil.rig.spec import TwinAdc, TwinClock, TwinPico, TwinSpec, TwinStrobe


def spec(*overrides: str, rig: str = "hq-pair-page") -> TwinSpec:
    return twin_spec(load(rig), overrides)


def xvs(*overrides: str) -> float:
    return Circuit(spec(*overrides).wiring).solve({}).volts["sink.XVS"]


def test_without_overrides_the_twin_is_soldered_as_the_rig_says() -> None:
    assert spec().wiring == load("hq-pair-page").lines


def test_a_line_may_be_missing() -> None:
    made = spec("wiring.XVS=off")

    assert [line.name for line in made.wiring] == ["GND", "bias", "clock", "flash"]
    assert not Circuit(made.wiring).connected("source.XVS", "sink.XVS")


def test_a_line_may_be_another() -> None:
    assert xvs('wiring.bias="pi-a.5V -- R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND"') == pytest.approx(2.5, abs=1e-3)
    assert xvs("wiring.bias=pi-a.5V -- R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND") == pytest.approx(2.5, abs=1e-3)


@pytest.mark.parametrize(
    ("override", "volts"), [("wiring.R1=open", 0.0), ("wiring.R2=open", 3.3), ("wiring.R1=short", 3.3), ("wiring.R2=4.7k", 1.055)]
)
def test_a_part_may_be_broken_or_another(override: str, volts: float) -> None:
    assert xvs(override) == pytest.approx(volts, abs=1e-3)


def test_the_two_resistors_of_xtr_may_be_swapped() -> None:
    made = spec("wiring.R1=1.8k", "wiring.R2=1.5k", rig="gs-trigger")

    volts = Circuit(made.wiring).solve({"pico.GP28": [Drive(3.3, 0)]}).volts["gs.XTR"]

    assert volts == pytest.approx(1.5, abs=1e-3)
    assert [part.tolerance for line in made.wiring for part in line.parts][:2] == [0.01, 0.01]


def test_an_led_may_be_broken_too() -> None:
    (led,) = [part for line in spec("wiring.LED1=open").wiring for part in line.parts if part.kind == "LED"]

    assert (led.is_open, led.value) == (True, math.inf)
    assert Circuit(spec("wiring.LED1=open").wiring).solve({"pi-a.GPIO22": [Drive(3.3, 40)]}).through["LED1"] == 0


def test_taking_the_ground_between_the_boards_off_leaves_each_its_own() -> None:
    made = spec("wiring.GND=off")
    ribbons = [(f"{camera.name}.GND", f"{camera.host}.GND") for camera in made.cameras]

    apart = Circuit(made.wiring, ribbons=ribbons)

    assert apart.same_ground("source", "pi-a")
    assert not apart.same_ground("source", "sink")
    assert apart.solve({"pi-a.GPIO22": [Drive(3.3, 40)]}).through["LED1"] > 5e-3


def test_everything_on_the_bench_is_in_the_specification() -> None:
    made, trigger = spec(), spec("picos.pico.unplug_at_s=2.5", "strobe.dead=true", rig="gs-trigger")

    assert made.adcs == (TwinAdc("adc", "pi-a", "MCP3008", 0),)
    assert made.clock == TwinClock("pi-a.GPIO17", ("pi-a.GPIO27", "pi-b.GPIO27"))
    assert trigger.picos == (TwinPico("pico", "pi5", unplug_at_s=2.5, board="Raspberry Pi Pico"),)
    assert trigger.strobe == TwinStrobe("pico.GP15", ("gs",), dead=True)


def test_cameras_may_be_late_slow_deaf_or_lie_about_the_light() -> None:
    told = ["frame_stretch=1.5", "late_s=2", "ignores_every=2", "light_offset_ms=10", "always_on=false"]

    source = spec(*(f"cameras.source.{key}" for key in told)).cameras[0]

    assert (source.frame_stretch, source.late_s, source.ignores_every, source.light_offset_ms) == (1.5, 2.0, 2, 10.0)
    assert spec("hosts.pi-b.camera_timeout_ms=100").host("pi-b").camera_timeout_ms == 100


WRONG = {
    "wiring.XSV=off": '--set wiring.XSV: "XSV" is not a line or part of the wiring of hq-pair-page; did you mean "XVS"?  (lines: GND, XVS,',
    "wiring.R1=broken": '--set wiring.R1: "broken"; write open, short or a value such as 10k',
    "wiring.R1=10x": '--set wiring.R1: "10x"; write open, short or a value such as 10k',
    "wiring.LED1=pink": '--set wiring.LED1: "pink"; write open, short or a value such as yellow',
    "wiring.XVS=no": '--set wiring.XVS: "no" joins nothing; write what is soldered together, with " -- " between; or off',
    "wiring.XVS=source.XVS -- sinc.XVS": '--set wiring.XVS: "sinc.XVS"; did you mean "sink.XVS"?',
    "wiring=off": '--set wiring: "" is not a line or part',
    "wiring.R1=[1]": "--set wiring.R1: [...] is not a wiring line in quotes, off, open, short or a value",
    "strobe.dead=1": "--set strobe.dead: 1 is a number; write true or false",
    "strobe.of=true": "--set strobe.of: no such key  (dead)",
    "picos.pico.present=false": '--set picos.pico.present: "pico" is not a pico of hq-pair-page',
    "cameras.source.frame_stretch=0": "--set cameras.source.frame_stretch: 0; must be more than 0",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_override_is_told_with_what_is_allowed(text: str) -> None:
    with pytest.raises(UserError) as caught:
        spec(text)

    assert str(caught.value).startswith(WRONG[text])


def test_a_rig_without_strobe_has_none_to_break() -> None:
    with pytest.raises(UserError, match=r"hq-m12 has no \[strobe\]"):
        spec("strobe.dead=true", rig="hq-m12")


@pytest.mark.parametrize("section", [section for section, keys in KEYS.items() if keys])
def test_the_readme_documents_every_key_that_can_be_set(section: str) -> None:
    readme = (shipped.path("rigs") / "README.md").read_text().partition("## Every `--set`")[2]

    assert [key for key in KEYS[section] if f".{key}`" not in readme] == []
