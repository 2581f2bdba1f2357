"""The wiring lines of a rig: "pi-a.3V3 -- R1 10k 1% -- XVS -- R2 10k 1% -- GND" as a small tree.

A line reads as it is soldered: things joined by ` -- `. A thing is a pin ("source.XVS"), a net (a bare name, declared by
a line of that name) or a part ("R1 10k 1%", "LED1 yellow"). A line without parts names a net, a line with parts is a
branch. Whether the circuit is sound is not asked here; only whether every name and value means something.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hil.rig.words import listed, meant, nearest

_PART = re.compile(r"(LED|R|C|D)\d+$")
_RESISTOR = re.compile(r"(\d+(?:\.\d+)?)([kM]?)$")
_CAPACITOR = re.compile(r"(\d+(?:\.\d+)?)([pnu])$")
_TOLERANCE = re.compile(r"(\d+(?:\.\d+)?)%$")
_NAME = re.compile(r"[A-Za-z0-9_+-]+$")
_SCALE = {"": 1.0, "k": 1e3, "M": 1e6, "p": 1e-12, "n": 1e-9, "u": 1e-6}
COLOURS = ("red", "amber", "yellow", "green", "blue", "white", "infrared")


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin of a device of the rig: `source.XVS`."""

    device: str
    pin: str

    def __str__(self) -> str:
        return f"{self.device}.{self.pin}"


@dataclass(frozen=True, slots=True)
class Net:
    """A net by its name: `GND`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Part:
    """A part with two ends, soldered between its neighbours in the line."""

    name: str
    """Its reference, "R1"."""
    kind: str
    """"R", "C", "D" or "LED"."""
    value: float | None = None
    """Ohms or farads; None for diodes. In a twin inf is a broken part and 0 a bridged one, of whatever kind."""
    tolerance: float | None = None
    """Relative: 0.01 for 1%. None where the rig does not say."""
    text: str = ""
    """What follows the reference: "10k 1%", "yellow"."""

    def __str__(self) -> str:
        return f"{self.name} {self.text}".strip()

    @property
    def is_open(self) -> bool:
        """True for a part that was broken on purpose: nothing passes."""
        return self.value == math.inf

    @property
    def is_short(self) -> bool:
        """True for a part that was bridged on purpose: a wire."""
        return self.value == 0


Item = Pin | Net | Part


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `[wiring]`."""

    name: str
    items: tuple[Item, ...]

    def __str__(self) -> str:
        return " -- ".join(map(str, self.items))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its parts, from left to right."""
        return tuple(item for item in self.items if isinstance(item, Part))

    @property
    def pins(self) -> tuple[Pin, ...]:
        """Its pins, from left to right."""
        return tuple(item for item in self.items if isinstance(item, Pin))

    @property
    def is_net(self) -> bool:
        """True when nothing but wire joins what it names; its name is then a net."""
        return not self.parts


@dataclass(frozen=True)
class Devices:
    """Which devices the rig has and which pins each has; an empty set of pins means that any name may be one."""

    hosts: Mapping[str, frozenset[str]]
    cameras: Mapping[str, frozenset[str]]
    picos: Mapping[str, frozenset[str]]
    adcs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shifters: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def groups(self) -> dict[str, Mapping[str, frozenset[str]]]:
        """The devices by what they are, as messages list them."""
        return {"hosts": self.hosts, "cameras": self.cameras, "picos": self.picos, "adcs": self.adcs, "shifters": self.shifters}

    def pins(self) -> dict[str, frozenset[str]]:
        """Pins of every device."""
        return {name: pins for group in self.groups().values() for name, pins in group.items()}


class WiringError(ValueError):
    """A wiring line does not mean anything; the message follows `rigs/mine.toml:14  [wiring] bias: `."""


def parse(name: str, text: str) -> Line:
    """The tree of one line. `WiringError` for what is not a pin, net or part."""
    pieces = [piece.strip() for piece in re.split(r"(?:^|\s)--(?=\s|$)", text)]
    if len(pieces) < 2:
        raise WiringError(f'"{text}" joins nothing; write what is soldered together, with " -- " between')
    if "" in pieces:
        raise WiringError(f'"{text}" has a -- with nothing beside it')
    return Line(name, tuple(_item(piece) for piece in pieces))


def pin(text: str) -> Pin:
    """A pin as `[clock]` and `[strobe]` name it, "pi-a.GPIO17". `WiringError` for anything else."""
    device, dot, name = text.strip().partition(".")
    if not dot or not _NAME.match(device) or not _NAME.match(name):
        raise WiringError(f'"{text}" is not a pin; write device.PIN, for example pi-a.GPIO17')
    return Pin(device, name)


def _item(text: str) -> Item:
    reference, *rest = text.split()
    part = _PART.match(reference)
    if part:
        return _PARTS[part.group(1)](reference, rest)
    if "." in reference and not rest:
        return pin(text)
    if rest or not _NAME.match(reference):
        raise WiringError(f'"{text}" is not a pin (source.XVS), a net (GND) or a part (R1 10k 1%, LED1 yellow)')
    return Net(reference)


def _resistor(reference: str, rest: list[str]) -> Part:
    return _valued(reference, rest, "R", _RESISTOR, "a resistor value; write 150, 1.5k or 10k")


def _capacitor(reference: str, rest: list[str]) -> Part:
    return _valued(reference, rest, "C", _CAPACITOR, "a capacitor value; write 10p, 100n or 1u")


def _valued(reference: str, rest: list[str], kind: str, form: re.Pattern[str], wanted: str) -> Part:
    text = " ".join(rest)
    value = form.match(rest[0]) if rest else None
    if not value:
        raise WiringError(f'"{" ".join([reference, *rest[:1]])}" is not {wanted}')
    if len(rest) > 2 or (len(rest) == 2 and not _TOLERANCE.match(rest[1])):
        raise WiringError(f'"{reference} {text}": after the value comes its tolerance; write {reference} {rest[0]} 1%')
    tolerance = float(rest[1].rstrip("%")) / 100 if len(rest) == 2 else None
    return Part(reference, kind, float(value.group(1)) * _SCALE[value.group(2)], tolerance, text)


def _led(reference: str, rest: list[str]) -> Part:
    text = " ".join(rest)
    if text not in COLOURS:
        written = f"{reference} {text}".strip()
        raise WiringError(f'"{written}" is not an LED; after {reference} comes its colour: {listed(COLOURS, "or")}{meant(text, COLOURS)}')
    return Part(reference, "LED", text=text)


def _diode(reference: str, rest: list[str]) -> Part:
    if len(rest) != 1:
        raise WiringError(f'"{" ".join([reference, *rest])}" is not a diode; write its type, for example {reference} BAT54')
    return Part(reference, "D", text=rest[0])


_PARTS = {"R": _resistor, "C": _capacitor, "LED": _led, "D": _diode}


def unknown_names(line: Line, nets: Iterable[str], devices: Devices) -> Iterator[str]:
    """What in a line names nothing of this rig, one message each."""
    known = tuple(nets)
    for item in line.items:
        if isinstance(item, Pin):
            yield from unknown_pin(item, devices)
        elif isinstance(item, Net) and item.name not in known:
            yield f'"{item}" is neither a net nor a pin of this rig{meant(item.name, known)}{_these("nets", known)}'


def unknown_pin(item: Pin, devices: Devices) -> Iterator[str]:
    """The message when a pin's device or the pin itself does not exist."""
    pins = devices.pins()
    if item.device not in pins:
        yield _unknown_device(item, devices)
    elif pins[item.device] and item.pin not in pins[item.device]:
        close = nearest(item.pin, pins[item.device])
        guess = f'; did you mean "{item.device}.{close}"?' if close else ""
        yield f'"{item}"{guess or " does not exist"}{_these(f"pins of {item.device}", in_order(pins[item.device]))}'


def _unknown_device(item: Pin, devices: Devices) -> str:
    close = nearest(item.device, devices.pins())
    groups = {what: names for what, names in devices.groups().items() if names}
    if close is None:
        everything = "; ".join(f"{what}: {', '.join(names)}" for what, names in groups.items())
        return f'"{item}": this rig has no {item.device}{f"  ({everything})" if everything else ""}'
    what, names = next((what, names) for what, names in groups.items() if close in names)
    return f'"{item}"; did you mean "{close}.{item.pin}"?{_these(what, names)}'


def _these(what: str, names: Iterable[str]) -> str:
    listing = ", ".join(names)
    return f"  ({what}: {listing})" if listing else ""


def in_order(names: Iterable[str]) -> list[str]:
    """Pin names as one reads them: GPIO2 before GPIO10."""
    return sorted(names, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])
