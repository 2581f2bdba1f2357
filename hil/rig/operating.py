"""What a rig file says of running the rig, beside what is measured: the operator's button and lamps, and who switches the power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator

from hil.errors import UserError
from hil.rig.fields import PinName, plain
from hil.rig.strict import Strict
from hil.rig.wiring import WiringError, pin
from hil.rig.words import kind, quoted

if TYPE_CHECKING:
    from hil.rig.model import Rig

Lamp = Literal["pass", "fail", "busy"]

SWITCH = "{on|off}"
"""Stands in a power command where the word goes."""


@dataclass(frozen=True, slots=True)
class PowerSwitch:
    """Who switches a host's supply: a command of the machine the tests run on, or a relay on a pin."""

    command: str = ""
    """With `SWITCH` in it; "" where a relay does it."""
    relay: str = ""
    """The pin that is high while the host has its supply; "" where a command does it."""


def _power(value: Any) -> PowerSwitch:
    if isinstance(value, PowerSwitch):
        return value
    if isinstance(value, Mapping):
        if list(value) != ["relay"] or not isinstance(value["relay"], str):
            raise plain(f'a table {{ {", ".join(map(str, value))} }}; write {{ relay = "pi-a.GPIO5" }}')
        try:
            return PowerSwitch(relay=str(pin(value["relay"])))
        except WiringError as error:
            raise plain(str(error)) from error
    if not isinstance(value, str):
        raise plain(f'{quoted(value)} is {kind(value)}; write a command with {SWITCH} in it, or {{ relay = "pi-a.GPIO5" }}')
    if SWITCH not in value:
        raise plain(f'{quoted(value)} has no {SWITCH} in it; write "uhubctl -l 1-1 -p 2 -a {SWITCH}", for example')
    return PowerSwitch(command=value)


Power = Annotated[PowerSwitch, PlainValidator(_power, json_schema_input_type=str | dict[Literal["relay"], str])]


class Operator(Strict):
    """Button, lamps, buzzer and relay of a test station, on the header of the machine the tests run on."""

    noun: ClassVar[str] = "[station]"

    start: PinName | None = Field(default=None, examples=["pi5.GPIO5"])
    """The pin of the start button, which joins it to ground while pressed."""
    lamps: dict[Lamp, PinName] = Field(default_factory=dict, examples=[{"busy": "pi5.GPIO6", "pass": "pi5.GPIO13", "fail": "pi5.GPIO19"}])
    """The pins of the lamps `busy`, `pass` and `fail`, lit while high."""
    buzzer: PinName | None = Field(default=None, examples=["pi5.GPIO26"])
    """The pin of a buzzer that sounds by itself while high."""
    relay: PinName | None = Field(default=None, examples=["pi5.GPIO21"])
    """The pin of a relay that is closed from the start of a run to its verdict: a clamp, a supply of the fixture."""
    show_s: float = Field(default=5.0, ge=0, le=3600, allow_inf_nan=False, examples=[5])
    """Seconds that the verdict stays lit when the run is over, unless the start button is pressed."""

    @property
    def pins(self) -> dict[str, str]:
        """What is at which pin: {"start": "pi5.GPIO5", "pass": ...}."""
        said: dict[str, str | None] = {"start": self.start}
        said |= {str(lamp): pin for lamp, pin in self.lamps.items()} | {"buzzer": self.buzzer, "relay": self.relay}
        return {what: pin for what, pin in said.items() if pin is not None}

    @property
    def host(self) -> str:
        """The host on whose header they are."""
        return next(iter(self.pins.values()), "").partition(".")[0]


def refuse_without_button(rig: Rig) -> None:
    """UserError if there is nothing to wait for."""
    if rig.station is None or rig.station.start is None:
        found = "the rig file has no [station]" if rig.station is None else "its [station] has no start button"
        raise UserError(f"{rig.name}: --wait-for-start asked for", found, f'[station] start = "{next(iter(rig.hosts))}.GPIO5"')
