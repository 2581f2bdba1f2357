"""The rig file, as a shape: which keys there are, what each may hold, and how a missing one is written.

`hil.rig.loader` reads a file into these; what only the catalog can judge (ports, lenses, link frequencies) is in
`hil.rig.rules`. Every key is described once more, for people, in rigs/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, PrivateAttr

from hil.rig.fields import Connect, DeviceName, Names, PinName, Pins
from hil.rig.operating import Operator, Power
from hil.rig.strict import Strict
from hil.rig.wiring import Line, parse

__all__ = ["Adc", "Camera", "Clock", "Host", "Light", "Pico", "Rig", "Shifter", "Strict", "Strobe", "Target"]


class Host(Strict):
    """A Raspberry Pi of the rig."""

    noun: ClassVar[str] = "a host"

    board: str = Field(min_length=1, examples=["Raspberry Pi 5"])
    """The Raspberry Pi's product name."""
    connect: Connect = Field(default="local", examples=["local", "ssh:pi-a.local"])
    """How to reach it: "local" for the machine the tests run on, or "ssh:" and a host name."""
    power: Power | None = Field(default=None, examples=["uhubctl -l 1-1 -p 2 -a {on|off}"])
    """What switches its supply: a command with {on|off} in it, or { relay = "pi-a.GPIO5" }, high while it has its supply."""


class Camera(Strict):
    """A camera of the rig."""

    noun: ClassVar[str] = "a camera"

    module: str = Field(min_length=1, examples=["Camera Module 3"])
    """The camera's product name."""
    host: str = Field(min_length=1, examples=["pi5"])
    """The host its ribbon cable goes to."""
    port: str = Field(default="", min_length=1, examples=["CAM1"])
    """The connector on that host; may be left out where the board has only one."""
    lens: str | None = Field(default=None, min_length=1, examples=["6mm"])
    """The lens on it, where lenses can be changed."""
    adapter: Literal["C-CS"] | None = Field(default=None, examples=["C-CS"])
    """The C-CS adapter ring, which a C lens needs on a CS mount."""
    link_frequency_mhz: float | None = Field(default=None, gt=0, allow_inf_nan=False, examples=[450])
    """MHz of the CSI-2 link that the camera is set up for; the overlay's default when left out."""
    driver: str | None = Field(default=None, min_length=1, examples=["current"])
    """The generation of its kernel driver, where that matters; found out at the bench when left out."""
    sync: Literal["source", "sink", "trigger"] | None = Field(default=None, examples=["source"])
    """Its part in synchronised capture: source or sink on XVS, or trigger for a GS Camera on XTR."""
    always_on: bool = Field(default=False, examples=[True])
    """True where the overlay's always-on option keeps the sensor's supply up; the role then comes from the device tree."""
    Q2: Literal["fitted", "absent"] | None = Field(default=None, examples=["fitted"])
    """Transistor Q2 of a GS Camera."""
    R11: Literal["fitted", "removed"] | None = Field(default=None, examples=["removed"])
    """Resistor R11 of a GS Camera; it must be removed for triggering where Q2 is fitted."""
    MAS: Literal["bridged", "open"] | None = Field(default=None, examples=["bridged"])
    """The MAS pad of a GS Camera; bridged on the sinks of an XVS rig."""


class Pico(Strict):
    """A Raspberry Pi Pico on the USB of a host."""

    noun: ClassVar[str] = "a Pico"

    host: str = Field(min_length=1, examples=["pi5"])
    """The host whose USB it hangs on."""
    board: Literal["Raspberry Pi Pico", "Raspberry Pi Pico 2"] = Field(default="Raspberry Pi Pico", examples=["Raspberry Pi Pico"])
    """Its product name; the pads of a Pico 2 must not be on nets of high resistance (RP2350 erratum E9)."""
    id: str | None = Field(default=None, min_length=1, examples=["E66141"])
    """The start of its serial number, needed only where a host has several."""


class Adc(Strict):
    """An analogue to digital converter on the SPI of a host, which is also where its supply and ground come from."""

    noun: ClassVar[str] = "an ADC"

    chip: Literal["MCP3008"] = Field(examples=["MCP3008"])
    """Its type: eight inputs of 10 bits."""
    host: str = Field(min_length=1, examples=["pi-a"])
    """The host on whose SPI0 it is."""
    select: int = Field(default=0, ge=0, le=1, examples=[0])
    """Its chip select line: 0 for CE0 (GPIO8), 1 for CE1 (GPIO7)."""


class Shifter(Strict):
    """One channel that makes logic levels of another voltage: IN is what it reads, OUT what it drives."""

    noun: ClassVar[str] = "a shifter"

    kind: Literal["shifter", "comparator"] = Field(examples=["comparator"])
    """A level shifter, or a comparator against a fixed voltage."""
    threshold_v: float = Field(gt=0, lt=5, allow_inf_nan=False, examples=[0.9])
    """Volts at IN above which OUT is high."""
    high_v: float = Field(default=3.3, gt=0, le=5, allow_inf_nan=False, examples=[3.3])
    """Volts of OUT when high."""


class Clock(Strict):
    """One edge that several Pis time-stamp."""

    noun: ClassVar[str] = "[clock]"

    drive: PinName = Field(examples=["pi-a.GPIO17"])
    """The pin that makes the edges."""
    stamp: Pins = Field(examples=[["pi-a.GPIO27", "pi-b.GPIO27"]])
    """The pins that time-stamp them."""


class Strobe(Strict):
    """A light that a pin switches."""

    noun: ClassVar[str] = "[strobe]"

    drive: PinName = Field(examples=["pico.GP15"])
    """The pin that switches it."""
    seen_by: Names = Field(examples=[["gs"]])
    """The cameras that look at it."""


class Light(Strict):
    """A light that is simply there."""

    noun: ClassVar[str] = "[light]"

    kind: Literal["steady"] = Field(examples=["steady"])
    """What it does: "steady" is a uniform light that does not change."""
    seen_by: Names | None = Field(default=None, examples=[["hq"]])
    """The cameras in front of which it is; all when left out."""
    lux: float = Field(default=1000.0, gt=0, allow_inf_nan=False, examples=[1000])
    """Illuminance in lux of the sheet they look at, as far as known."""


class Target(Strict):
    """What the cameras look at."""

    noun: ClassVar[str] = "[target]"

    chart: str = Field(min_length=1, examples=["slanted-edge"])
    """The printed chart's name."""
    distance_m: float | None = Field(default=None, gt=0, allow_inf_nan=False, examples=[0.5])
    """Metres from the lens to it."""
    seen_by: Names | None = Field(default=None, examples=[["hq"]])
    """The cameras that look at it; all when left out."""


class Rig(Strict):
    """A rig as written down: passive facts, product names as in the catalog, `unit` and `port` always filled in."""

    noun: ClassVar[str] = "a rig"

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80, examples=["camera-module-3"])
    """The rig's name in reports and folder names."""
    unit: Names = Field(examples=["cm3"])
    """The camera or cameras under test; everything else is the rig."""
    gnss: Names = Field(default=(), examples=[["GPS L1"]])
    """Satellite navigation bands received next to this rig."""
    hosts: dict[DeviceName, Host] = Field(examples=[{"pi5": {"board": "Raspberry Pi 5", "connect": "local"}}])
    """The Raspberry Pis."""
    cameras: dict[DeviceName, Camera] = Field(examples=[{"cm3": {"module": "Camera Module 3", "host": "pi5", "port": "CAM1"}}])
    """The cameras."""
    picos: dict[DeviceName, Pico] = Field(default_factory=dict, examples=[{"pico": {"host": "pi5"}}])
    """The Picos."""
    adcs: dict[DeviceName, Adc] = Field(default_factory=dict, examples=[{"adc": {"chip": "MCP3008", "host": "pi-a"}}])
    """The analogue to digital converters, beside those of the Picos."""
    shifters: dict[DeviceName, Shifter] = Field(default_factory=dict, examples=[{"xvs33": {"kind": "comparator", "threshold_v": 0.9}}])
    """The level shifters and comparators, one channel each."""
    wiring: dict[DeviceName, str] = Field(default_factory=dict, examples=[{"GND": "source.GND -- sink.GND"}])
    """What is soldered, one line a net or branch."""
    clock: Clock | None = None
    """A clock wire between Pis."""
    strobe: Strobe | None = None
    """A timed light."""
    light: Light | None = None
    """A steady light."""
    target: Target | None = None
    """A chart in front of the cameras."""

    station: Operator | None = None
    """The operator's button, lamps, buzzer and relay."""

    _path: Path = PrivateAttr(default=Path())
    _text: str = PrivateAttr(default="")
    _sha256: str = PrivateAttr(default="")

    def read_from(self, path: Path, text: str, sha256: str) -> Rig:
        """Itself, knowing the file it was read from."""
        self._path, self._text, self._sha256 = path, text, sha256
        return self

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._path

    @property
    def text(self) -> str:
        """That file's text."""
        return self._text

    @property
    def sha256(self) -> str:
        """Hash of what the file says; comments and spacing do not change it."""
        return self._sha256

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The wiring as trees, in file order."""
        return tuple(parse(name, text) for name, text in self.wiring.items())

    def with_lines(self, lines: Sequence[Line]) -> Rig:
        """The same rig soldered otherwise."""
        other = self.model_copy(update={"wiring": {line.name: str(line) for line in lines}})
        # As trees: a broken part, or a bridged one, has no text that could be read again.
        other.__dict__["lines"] = tuple(lines)
        return other

    def cameras_on(self, host: str) -> dict[str, Camera]:
        """The cameras whose cables go to `host`."""
        return {name: camera for name, camera in self.cameras.items() if camera.host == host}

    def lit(self) -> tuple[str, ...]:
        """The cameras that the steady light shines into."""
        if self.light is None:
            return ()
        return self.light.seen_by or tuple(self.cameras)
