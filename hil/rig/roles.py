"""What each pin of a rig is for, as its wiring and its sections tell.

A Pico or Pi pin that reaches a camera's pad through a resistor drives it. One that is soldered straight to the pad reads
it where somebody else drives: by ADC where the pin has one (GP26 to GP28 of a Pico), else as a logic input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from hil.rig.circuit import SUPPLIES, Circuit
from hil.rig.model import Rig

PADS = ("XVS", "XHS", "XTR")
"""Pads of a camera that carry signals of 1.8 V."""

_LOGIC = re.compile(r"(GPIO|GP)\d+$")
_ADC_PINS = ("GP26", "GP27", "GP28")


def circuit_of(rig: Rig) -> Circuit:
    """The circuit as the rig file has it; cables join the grounds of cameras, Picos and ADCs with those of their hosts."""
    hang_on = [(name, device.host) for group in (rig.cameras, rig.picos, rig.adcs) for name, device in group.items()]
    return Circuit(rig.lines, ribbons=[(f"{name}.GND", f"{host}.GND") for name, host in hang_on])


class Roles:
    """Outputs, inputs, meters and pads of a rig."""

    def __init__(self, rig: Rig) -> None:
        """Looks at `[wiring]`, `[clock]` and `[strobe]`."""
        self.rig, self.circuit = rig, circuit_of(rig)

    @cached_property
    def pads(self) -> tuple[str, ...]:
        """The cameras' signal pads that are wired."""
        return tuple(pin for pin in self.circuit.pins if pin.partition(".")[0] in self.rig.cameras and pin.partition(".")[2] in PADS)

    def pads_with(self, pin: str) -> tuple[str, ...]:
        """The pads on one node with `pin`."""
        return tuple(other for other in self.circuit.pins_with(pin) if other in self.pads)

    @cached_property
    def said_outputs(self) -> tuple[str, ...]:
        """The wired pins that sections of the rig say drive something."""
        said = (section.drive for section in (self.rig.clock, self.rig.strobe) if section is not None)
        return tuple(pin for pin in said if pin in self.circuit.nodes)

    def drivers_of(self, pad: str) -> tuple[str, ...]:
        """The pins of Pis and Picos that drive the net of `pad`: through resistors, else straight where nothing else can."""
        through = tuple(pin for pin in self.behind_resistors(pad) if _is_logic(pin))
        straight = tuple(pin for pin in self.circuit.pins_with(pad) if _is_logic(pin))
        said = tuple(pin for pin in straight if pin in self.said_outputs)
        return through + said or (straight if pad.endswith(".XTR") else ())

    def trigger_pin(self, camera: str) -> str | None:
        """The pin that pulses XTR of `camera`; None where nothing does."""
        pad = f"{camera}.XTR"
        return next(iter(self.drivers_of(pad)), None) if pad in self.pads else None

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """The pins that pulse some camera's XTR, each once."""
        return tuple(dict.fromkeys(pin for pad in self.pads if pad.endswith(".XTR") for pin in self.drivers_of(pad)))

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """Every pin of a Pi, Pico or shifter that drives something."""
        pads = [pin for pad in self.pads for pin in self.drivers_of(pad)]
        shifters = [pin for pin in self.circuit.pins if pin.partition(".")[0] in self.rig.shifters and pin.endswith(".OUT")]
        return tuple(dict.fromkeys([*self.said_outputs, *pads, *shifters]))

    @cached_property
    def meters(self) -> tuple[str, ...]:
        """The analogue inputs that are wired: channels of ADCs, and ADC pins of Picos that neither drive nor stamp."""
        stamps = self.rig.clock.stamp if self.rig.clock else ()
        return tuple(pin for pin in self.circuit.pins if self._is_meter(pin) and pin not in (*self.outputs, *stamps))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Every wired pin of a Pi or Pico that reads a logic level."""
        return tuple(pin for pin in self.circuit.pins if _is_logic(pin) and pin not in (*self.outputs, *self.meters))

    def _is_meter(self, pin: str) -> bool:
        device, _, name = pin.partition(".")
        return (device in self.rig.adcs and name.startswith("CH")) or (device in self.rig.picos and name in _ADC_PINS)

    def behind_resistors(self, pad: str) -> tuple[str, ...]:
        """The pins that a chain of resistors leads to, not through ground or a supply; supplies themselves are among them."""
        if pad not in self.circuit.nodes:
            return ()
        start = self.circuit.nodes[pad]
        ends = {*self.circuit.grounds, *self.supply_nodes}
        seen, edge = {start}, [start]
        while edge:
            node = edge.pop()
            for branch in self.circuit.branches:
                if branch.part.kind == "R" and node in (branch.left, branch.right):
                    far = branch.right if branch.left == node else branch.left
                    if far not in seen:
                        seen.add(far)
                        edge += [] if far in ends else [far]
        return tuple(pin for pin in self.circuit.pins if self.circuit.nodes[pin] in seen - {start} - {*self.circuit.grounds})

    @cached_property
    def supplies(self) -> tuple[str, ...]:
        """The supply pins that are wired."""
        return tuple(pin for pin in self.circuit.pins if pin.partition(".")[2] in SUPPLIES)

    @cached_property
    def supply_nodes(self) -> Iterable[int]:
        """The nodes of those."""
        return {self.circuit.nodes[pin] for pin in self.supplies}


def _is_logic(pin: str) -> bool:
    return bool(_LOGIC.match(pin.partition(".")[2]))
