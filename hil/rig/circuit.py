"""What is soldered, as a circuit: which pins are one node, and what level every node has.

Nodal analysis of resistors, LEDs and whatever the devices do to their pins, at rest: capacitors are open. All levels are
relative to the ground of the board that the pin is on. Boards whose grounds are not joined by wire see nothing of each
other's drives; each ground is solved for itself.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hil.rig.netlist import Branch, Netlist
from hil.rig.network import Element, Network
from hil.rig.wiring import Line

LEAST_OHMS = 1e-3
"""What stands for a short: small beside every part, large enough for double precision."""


_PROBE_OHMS = 1e5
"""Behind which a net's resistance is felt out: of the order of what one finds on a bench."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A source of `volts` behind `ohms`: an output, a pull, a supply."""

    volts: float
    ohms: float


@dataclass(frozen=True, slots=True)
class Clamp:
    """A protection diode of an unpowered pad: takes current above `volts`, behind `ohms`."""

    volts: float
    ohms: float


Attachment = Drive | Clamp
Attachments = Mapping[str, Sequence[Attachment]]
"""What the devices do to their pins: "pico.GP28" -> [Drive(3.3, 40)]. For a supply pin it replaces the supply; () switches it off."""

SUPPLIES: Mapping[str, Drive] = {
    "3V3": Drive(3.3, 0.1),
    "5V": Drive(5.0, 0.1),
    "VBUS": Drive(5.0, 0.1),
    "VSYS": Drive(4.8, 0.1),  # VBUS less the Schottky diode of the board (Pico datasheet, 4.5)
    "ADC_VREF": Drive(3.3, 200.0),  # the 3.3 V rail behind its filter resistor (Pico datasheet, 4.3)
}
"""Pins that are supplies of their board."""

LEDS: Mapping[str, tuple[float, float]] = {
    "infrared": (1.2, 3.0), "red": (1.8, 10.0), "amber": (1.9, 10.0), "yellow": (1.9, 10.0),
    "green": (2.0, 15.0), "blue": (2.8, 15.0), "white": (2.8, 15.0),
}  # fmt: skip
"""Forward voltage and series resistance in ohms by colour: usual values of 5 mm LEDs at 5 to 20 mA, assumed."""

DIODE = (0.3, 1.0)
"""Forward volts and ohms of a signal diode; a BAT54 at 1 mA (assumed for every type)."""


class Wired(Protocol):
    """A device that hangs on a host: camera, Pico, ADC."""

    @property
    def name(self) -> str:
        """Its name in the rig."""

    @property
    def host(self) -> str:
        """The host that its cable goes to."""


def ribbons(devices: Iterable[Wired]) -> tuple[tuple[str, str], ...]:
    """The grounds that cables join without a wiring line: ribbon of a camera, USB of a Pico, SPI of an ADC."""
    return tuple((f"{device.name}.GND", f"{device.host}.GND") for device in devices)


@dataclass(frozen=True)
class Solution:
    """The circuit at rest under certain attachments."""

    volts: Mapping[str, float]
    """Level of every pin relative to its own board's ground; 0 where it floats. Nets are relative to the ground they are with."""
    floating: frozenset[str]
    """Pins that nothing holds at any level."""
    attachments: Attachments
    through: Mapping[str, float]
    """Current in A through every part, from its left end to its right one."""

    def current(self, pin: str) -> float:
        """A, into what is attached to `pin`; negative where that gives current."""
        level = self.volts[pin]
        return sum(_into(attachment, level) for attachment in self.attachments.get(pin, ()))


def _into(attachment: Attachment, level: float) -> float:
    current = (level - attachment.volts) / max(attachment.ohms, LEAST_OHMS)
    return max(current, 0.0) if isinstance(attachment, Clamp) else current


class Circuit:
    """Wiring lines as nodes and branches."""

    def __init__(self, lines: Iterable[Line], values: Mapping[str, float] | None = None, ribbons: Iterable[tuple[str, str]] = ()) -> None:
        """`values`: ohms by part, for those that differ from nominal; inf is open, 0 a short. `ribbons`: pins joined by cables."""
        self._netlist = Netlist(lines, ribbons)
        self._values = dict(values or {})
        self.nodes: Mapping[str, int] = self._netlist.nodes
        """Pins and nets -> the number of their node."""

    def with_values(self, values: Mapping[str, float]) -> Circuit:
        """The same wires with other values of parts."""
        other: Circuit = copy.copy(self)
        other._values = {**self._values, **values}
        return other

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Its parts and the nodes they join."""
        return self._netlist.branches

    def pins_with(self, pin: str) -> tuple[str, ...]:
        """The pins on one node with `pin`, in the order in which they are written; itself where it is not wired."""
        return self._netlist.pins_with(pin)

    def connected(self, pin_a: str, pin_b: str) -> bool:
        """Whether nothing but wire joins two pins or nets."""
        return pin_a == pin_b or (pin_a in self.nodes and self.nodes[pin_a] == self.nodes.get(pin_b))

    @property
    def pins(self) -> tuple[str, ...]:
        """Every pin that a line or cable speaks of."""
        return self._netlist.pins

    @property
    def grounds(self) -> tuple[int, ...]:
        """The nodes that are the ground of some device."""
        return self._netlist.grounds

    def same_ground(self, device_a: str, device_b: str) -> bool:
        """Whether the grounds of two devices are joined by wire or cable."""
        return device_a == device_b or self.connected(f"{device_a}.GND", f"{device_b}.GND")

    def ohms(self, branch: Branch) -> float:
        """The resistance of a part: as given, else nominal; inf for what no direct current passes."""
        if branch.part.name in self._values:
            return self._values[branch.part.name]
        if branch.part.is_open or branch.part.kind == "C":
            return 0.0 if branch.part.is_short else math.inf
        return branch.part.value if branch.part.value is not None else 0.0

    def solve(self, attachments: Attachments) -> Solution:
        """The level of every pin and net when the devices do this to their pins."""
        every = {pin: (SUPPLIES[name],) for pin in self._netlist.pins if (name := pin.partition(".")[2]) in SUPPLIES} | dict(attachments)
        netlist = self._netlist.with_pins(every)
        networks = {ground: self._network(netlist, ground, every) for ground in netlist.grounds}
        volts, floating = {}, set()
        for name, node in netlist.nodes.items():
            network = networks.get(netlist.ground_of(name))
            level = network.volts.get(node) if network else None
            volts[name] = 0.0 if level is None else level
            if level is None:
                floating.add(name)
        through = {
            branch.part.name: sum(network.through.get(branch.part.name, 0.0) for network in networks.values()) for branch in self.branches
        }
        return Solution(volts, frozenset(floating), every, through)

    def thevenin_ohms(self, pin: str, attachments: Attachments | None = None) -> float:
        """The resistance of a net as seen from `pin`; inf where nothing holds it."""
        others = {name: attached for name, attached in (attachments or {}).items() if name != pin}
        high, low = (self.solve(others | {pin: [Drive(volts, _PROBE_OHMS)]}).volts[pin] for volts in (1.0, 0.0))
        through = (1.0 - (high - low)) / _PROBE_OHMS
        return math.inf if through < 1e-12 else (high - low) / through

    def _network(self, netlist: Netlist, ground: int, attachments: Attachments) -> Network:
        """What the devices on one ground do to the wires."""
        elements = [self._element(branch) for branch in self.branches]
        for pin, attached in attachments.items():
            if netlist.ground_of(pin) == ground:
                elements += [_attached(netlist.nodes[pin], ground, attachment) for attachment in attached]
        return Network([element for element in elements if element.ohms < math.inf], ground)

    def _element(self, branch: Branch) -> Element:
        ohms, part = self.ohms(branch), branch.part
        if part.kind in ("LED", "D") and not part.is_open and not part.is_short and part.name not in self._values:
            forward, series = LEDS.get(part.text, DIODE) if part.kind == "LED" else DIODE
            return Element(branch.left, branch.right, forward, series, one_way=True, name=part.name)
        return Element(branch.left, branch.right, 0.0, max(ohms, LEAST_OHMS), name=part.name)


def _attached(node: int, ground: int, attachment: Attachment) -> Element:
    return Element(node, ground, attachment.volts, max(attachment.ohms, LEAST_OHMS), one_way=isinstance(attachment, Clamp))
