"""[station] and power: what may be written, and what is said of what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.errors import Faults, UserError
from hil.rig import load
from hil.rig.operating import PowerSwitch, refuse_without_button
from hil.rig.overrides import twin_spec

TEXT = """name = "st"
unit = "gs"
[hosts]
pi5 = {{ board = "Raspberry Pi 5"{power} }}
far = {{ board = "Raspberry Pi 4", connect = "ssh:far.local" }}
[cameras]
gs = {{ module = "GS Camera", host = "pi5", port = "CAM1" }}
[wiring]
flash = "pi5.GPIO22 -- R4 150 5% -- LED1 yellow -- pi5.GND"
{station}
"""
STATION = '[station]\nstart = "pi5.GPIO5"\nlamps = { pass = "pi5.GPIO13", fail = "pi5.GPIO19" }'


@pytest.fixture
def rig_of(tmp_path: Path):  # type: ignore[no-untyped-def]
    """`rig_of(station, power)`: such a rig, loaded."""

    def write(station: str = STATION, power: str = ""):  # type: ignore[no-untyped-def]
        path = tmp_path / "st.toml"
        path.write_text(TEXT.format(station=station, power=f", power = {power}" if power else ""))
        return load(str(path))

    return write


def test_a_station_is_its_pins(rig_of) -> None:
    station = rig_of().station
    assert station.pins == {"start": "pi5.GPIO5", "pass": "pi5.GPIO13", "fail": "pi5.GPIO19"}
    assert (station.host, station.show_s) == ("pi5", 5.0)


BAD = {
    "unknown lamp": ('[station]\nlamps = { ok = "pi5.GPIO5" }', '"ok"; write "pass", "fail" or "busy"'),
    "no such pin": ('[station]\nstart = "pi5.GPIO99"', "GPIO99"),
    "far away": ('[station]\nstart = "far.GPIO5"', "the panel is on the machine the tests run on"),
    "twice": ('[station]\nstart = "pi5.GPIO5"\nbuzzer = "pi5.GPIO5"', "[station] buzzer: pi5.GPIO5 is start already"),
    "soldered": ('[station]\nstart = "pi5.GPIO22"', "pi5.GPIO22 is in [wiring] flash already"),
    "empty": ("[station]", "[station] is empty"),
    "unknown key": ('[station]\nstart = "pi5.GPIO5"\nbuton = "pi5.GPIO6"', "no such key"),
}


@pytest.mark.parametrize(("station", "said"), BAD.values(), ids=BAD)
def test_what_a_station_cannot_be_is_said(rig_of, station: str, said: str) -> None:
    with pytest.raises(Faults) as refused:
        rig_of(station)
    assert said in str(refused.value)


def test_power_is_a_command_or_a_relay(rig_of) -> None:
    assert rig_of(power='"uhubctl -a {on|off}"').hosts["pi5"].power == PowerSwitch(command="uhubctl -a {on|off}")
    assert rig_of(power='{ relay = "far.GPIO5" }').hosts["pi5"].power == PowerSwitch(relay="far.GPIO5")


POWER = {
    '"uhubctl"': 'has no {on|off} in it; write "uhubctl -l 1-1 -p 2 -a {on|off}", for example',
    "3": "3 is a number; write a command with {on|off} in it",
    '{ pin = "far.GPIO5" }': 'write { relay = "pi-a.GPIO5" }',
    '{ relay = "GPIO5" }': "GPIO5",
    '{ relay = "pi5.GPIO5" }': "drops when pi5 loses its supply",
}


@pytest.mark.parametrize(("power", "said"), POWER.items())
def test_what_power_cannot_be_is_said(rig_of, power: str, said: str) -> None:
    with pytest.raises(Faults) as refused:
        rig_of(power=power)
    assert said in str(refused.value)


def test_the_twin_has_an_operator(rig_of) -> None:
    assert twin_spec(rig_of(), ["station.start_at_s=7"]).station.start_at_s == 7.0
    with pytest.raises(Faults, match=r"has no \[station\]"):
        twin_spec(rig_of(""), ["station.held=true"])


def test_without_a_button_there_is_nothing_to_wait_for(rig_of) -> None:
    refuse_without_button(rig_of())
    with pytest.raises(UserError, match=r"the rig file has no \[station\]"):
        refuse_without_button(rig_of(""))
