"""The rig file, as a shape: which keys there are, what each may hold, and how a missing one is written.

`hil.rig.loader` reads a file into these; what only the catalog can judge (ports, lenses, link frequencies) is in
`hil.rig.rules`. Every key is described once more, for people, in rigs/README.md.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from hil.rig.wiring import Line, WiringError, parse, pin
from hil.rig.words import kind, quoted


class Strict(BaseModel):
    """A table of the file: unknown keys refused, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    noun: ClassVar[str]
    """What a message calls such a table: "a camera"."""
    entry: ClassVar[str] = "key"
    """What a message calls one key of it."""


def plain(said: str) -> PydanticCustomError:
    """A finding of ours, in our words."""
    return PydanticCustomError("plain", "{said}", {"said": said})


def _names(value: Any) -> Any:
    """One name or a list of names, as a tuple."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)):
        raise plain(f"{quoted(value)} is {kind(value)}; write a name in quotes, or a list of them")
    if not value:
        raise plain("the list is empty; write at least one name")
    _refuse_twice([item for item in value if isinstance(item, str)])
    return tuple(value)


def _refuse_twice(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise plain(f"{quoted(twice)} is in the list twice")


def _pin(value: Any) -> Any:
    """A pin's text, "pi-a.GPIO17"."""
    if isinstance(value, str):
        try:
            return str(pin(value))
        except WiringError as error:
            raise plain(str(error)) from error
    return value


def _connect(value: Any) -> Any:
    """How to reach a host: "local" or "ssh:host"."""
    if isinstance(value, str) and value != "local" and not _SSH.fullmatch(value):
        raise plain(f'{quoted(value)}; write "local", or "ssh:" and a host name, for example "ssh:pi-a.local"')
    return value


_SSH = re.compile(r"ssh:([A-Za-z_][\w.-]*@)?[A-Za-z0-9][\w.-]*")

DeviceName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Names = Annotated[tuple[str, ...], BeforeValidator(_names, json_schema_input_type=str | list[str])]
PinName = Annotated[str, BeforeValidator(_pin)]
Pins = Annotated[tuple[PinName, ...], BeforeValidator(_names, json_schema_input_type=str | list[str])]


class Host(Strict):
    """A Raspberry Pi of the rig."""

    noun: ClassVar[str] = "a host"

    board: str = Field(min_length=1, examples=["Raspberry Pi 5"])
    """The Raspberry Pi's product name."""
    connect: Annotated[str, BeforeValidator(_connect)] = Field(default="local", examples=["local", "ssh:pi-a.local"])
    """How to reach it: "local" for the machine the tests run on, or "ssh:" and a host name."""


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
    id: str | None = Field(default=None, min_length=1, examples=["E66141"])
    """The start of its serial number, needed only where a host has several."""


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

    def cameras_on(self, host: str) -> dict[str, Camera]:
        """The cameras whose cables go to `host`."""
        return {name: camera for name, camera in self.cameras.items() if camera.host == host}

    def lit(self) -> tuple[str, ...]:
        """The cameras that the steady light shines into."""
        if self.light is None:
            return ()
        return self.light.seen_by or tuple(self.cameras)
