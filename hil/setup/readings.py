"""Readings of a meter that tell whether a wiring line is soldered as the rig file has it, with the band in which each must lie.

In a circuit without power the resistance between two points grows with every single resistor in it (Rayleigh's monotonicity law), so its
bounds are those with all resistors, and all that is not known of boards without supply, at one end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hil.rig import Rig
from hil.rig.circuit import SUPPLIES, Circuit
from hil.rig.electrical import State, expected_level
from hil.rig.electrical.facts import PAD_LIMIT_V, PAD_VIH_V, RESISTOR_TOLERANCE, SUPPLY_TOLERANCE
from hil.rig.network import Element
from hil.rig.resistance import between, node
from hil.rig.roles import PADS, circuit_of
from hil.rig.tasks import JOINT, Ohms, Volts, place
from hil.rig.wiring import Item, Line, Part, Pin

WIRE_OHMS = 1.5
"""Of a wire with its joints and the meter's leads: 0.3 ohm is usual; a bad joint has more."""

METER_PART, METER_OHMS = 0.012, 0.5
"""Limits of error of a handheld meter on ohms: relative, and leads (assumed)."""

METER_VOLTS_PART = 0.01
"""On direct voltage (assumed)."""

SAME_PART = 0.07
"""Within this part of its value a reading is taken for a resistor of 5 %."""

OFF_PIN_OHMS = 100e3
"""Least resistance of a pad or pin to ground on a board without supply, at a meter's small voltage (assumed)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a meter, and where it must lie."""

    of: Ohms | Volts
    low: float
    high: float
    """inf: no upper bound."""
    amiss: str
    """What to look at where it does not lie there."""
    above: str = ""
    """The same, for readings above the band, where that says more."""
    part: str = ""
    """The resistor that is read."""
    others: tuple[tuple[str, float], ...] = ()
    """Other resistors of the line, with their ohms: what lies there instead where two are swapped."""

    @property
    def unit(self) -> str:
        """Of the value: "ohm" or "V"."""
        return "ohm" if isinstance(self.of, Ohms) else "V"

    def fits(self, value: float) -> bool:
        """Whether a value lies in the band; NaN does not."""
        return self.low <= value <= self.high

    def out_by(self, value: float) -> float:
        """By which factor a value lies outside the band; 1 and less inside."""
        tiny = 0.01
        below = max(self.low, tiny) / max(value, tiny)
        return max(below, max(value, tiny) / max(self.high, tiny))

    def wrong(self, value: float) -> str:
        """What to look at where a value lies outside the band."""
        swapped = [name for name, ohms in self.others if abs(value - ohms) <= SAME_PART * ohms]
        if swapped:
            return f"that is {swapped[0]}: {self.part} and {swapped[0]} are swapped; exchange them"
        return self.above if self.above and value > self.high else self.amiss

    @property
    def band(self) -> str:
        """In words: "under 1.5 ohm", "9.87k to 10.2k ohm"."""
        if self.low <= 0:
            return f"under {shown(self.high, self.unit)}"
        if self.high == math.inf:
            return f"over {shown(self.low, self.unit)}"
        return f"{shown(self.low, self.unit)} to {shown(self.high, self.unit)}"


def shown(value: float, unit: str) -> str:
    """A reading as a meter has it: "1.78 V", "14.2 kohm", "overload"."""
    if value == math.inf:
        return "overload (open)"
    if unit == "V":
        return f"{value:.3f} V"
    for scale, prefix in ((1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:.3g} {prefix}ohm"
    return f"{value:.3g} ohm"


# -- ohms, as soon as a line is soldered ------------------------------------------------------------------------------


def of_line(rig: Rig, line: Line, before: Sequence[Line] = ()) -> tuple[Reading, ...]:
    """What to read once `line` is soldered after those `before` it: wires, resistors, and that no camera's pad is short to ground."""
    return (*_wires(rig, line), *_resistors(rig, line, before), *_not_short(rig, line))


def _wires(rig: Rig, line: Line) -> Iterator[Reading]:
    points = [_point(rig, item) for item in line.items if not isinstance(item, Part)] if line.is_net else []
    pairs = [(points[0], other) for other in points[1:]]
    if not line.is_net:
        neighbours = zip(line.items, line.items[1:], strict=False)
        pairs = [(_point(rig, a), _point(rig, b)) for a, b in neighbours if not isinstance(a, Part) and not isinstance(b, Part)]
    for a, b in pairs:
        yield Reading(Ohms(a, b), 0.0, WIRE_OHMS, f"the wire between {a} and {b} is open or has a bad joint: solder it again")


def _resistors(rig: Rig, line: Line, before: Sequence[Line]) -> Iterator[Reading]:
    circuit, so_far = circuit_of(rig), Circuit((*before, line))
    for index, part in enumerate(line.items):
        if not isinstance(part, Part) or part.kind != "R":
            continue
        ends = [_end(rig, line, part, at) for at in (index - 1, index + 1)]
        if None in ends:
            continue
        a, b = str(ends[0]), str(ends[1])
        low, high = expected_ohms(circuit, a, b, so_far)
        ends_said = f"{place(a)} and {place(b)}"
        amiss = f"{part} does not lie alone between {ends_said}: look for its colour bands, a bridge of solder, a wire too many"
        above = f"{part} between {ends_said} is open, another value, or soldered elsewhere: its colour bands first, then its joints"
        others = tuple((other.name, other.value) for other in line.parts if other.kind == "R" and other.value and other.value != part.value)
        yield Reading(Ohms(a, b), low, high, amiss, above, part.name, others)


def _not_short(rig: Rig, line: Line) -> Iterator[Reading]:
    circuit = circuit_of(rig)
    for item in line.items:
        if isinstance(item, Pin) and item.device in rig.cameras and item.pin in PADS:
            ground = f"{item.device}.GND"
            least = 0.0 if ground not in circuit.nodes else expected_ohms(circuit, str(item), ground)[0]
            if least > WIRE_OHMS:
                amiss = f"{item} is bridged to ground, or something else than this rig's wiring hangs on it"
                yield Reading(Ohms(str(item), ground), 0.5 * least, math.inf, amiss)
            return


def expected_ohms(circuit: Circuit, a: str, b: str, so_far: Circuit | None = None) -> tuple[float, float]:
    """Bounds of what a meter reads between two points of the rig's circuit, its own error in it. `so_far`: what is soldered already."""
    one, other = node(circuit, a), node(circuit, b)
    assert one is not None, a
    assert other is not None, b
    low = between(_at(circuit, -1.0), one, other, _to_ground(circuit))
    least = circuit if so_far is None else so_far
    ends = node(least, a), node(least, b)
    high = math.inf if None in ends else between(_at(least, 1.0), ends[0] or 0, ends[1] or 0)
    return low * (1 - METER_PART) - METER_OHMS, high * (1 + METER_PART) + METER_OHMS


def _at(circuit: Circuit, sign: float) -> Circuit:
    parts = [branch.part for branch in circuit.branches if branch.part.kind == "R" and branch.part.value]
    return circuit.with_values(
        {p.name: (p.value or 0.0) * (1 + sign * (RESISTOR_TOLERANCE if p.tolerance is None else p.tolerance)) for p in parts}
    )


def _to_ground(circuit: Circuit) -> Iterator[Element]:
    """What boards without supply conduct at most: their rails anything, their pads and pins little."""
    for pin in circuit.pins:
        device, _, name = pin.partition(".")
        ground = circuit.nodes.get(f"{device}.GND")
        if ground is not None and ground != circuit.nodes[pin]:
            yield Element(circuit.nodes[pin], ground, 0.0, 0.01 if name in SUPPLIES else OFF_PIN_OHMS)


def _end(rig: Rig, line: Line, part: Part, at: int) -> str | None:
    """The point at one end of a part; None where it is soldered to nothing."""
    if not 0 <= at < len(line.items):
        return None
    item = line.items[at]
    return f"{part.name}{JOINT}{item.name}" if isinstance(item, Part) else _point(rig, item)


def _point(rig: Rig, item: Item) -> str:
    """Where to hold the meter's tip: a pin, or the first pin of a net."""
    lines = {line.name: line for line in rig.lines if line.is_net}
    if isinstance(item, Pin) or str(item) not in lines or not lines[str(item)].pins:
        return str(item)
    return str(lines[str(item)].pins[0])


# -- volts, with power ------------------------------------------------------------------------------------------------


def of_supplies(rig: Rig) -> tuple[Reading, ...]:
    """The supplies that the wiring draws from."""
    pins = dict.fromkeys(str(pin) for line in rig.lines for pin in line.pins if pin.pin in ("3V3", "5V"))
    return tuple(_supply(pin) for pin in pins)


def _supply(pin: str) -> Reading:
    device, _, name = pin.partition(".")
    volts, slack = SUPPLIES[name].volts, SUPPLY_TOLERANCE + METER_VOLTS_PART
    amiss = f"power off at once: something draws {device}'s {name} down, or the wire is in another hole"
    return Reading(Volts(pin, f"{device}.GND"), volts * (1 - slack), volts * (1 + slack), amiss)


def at_rest(rig: Rig, net: str, pad: str) -> Reading:
    """The level of a camera's pad while every camera on the net is powered and silent, read by hand.

    The weak pull-up of a powered sensor is all that holds a wire without resistors, and a meter pulls it down: from the level on that is
    surely high, all is well.
    """
    band = expected_level(rig, pad, State())
    low = min(band.low * (1 - METER_VOLTS_PART), PAD_VIH_V)
    amiss = f"{net} does not rest high: a camera on it has no supply (always-on missing), or it is bridged to ground"
    above = f"power off at once: {net} is above what a camera's pad stands ({PAD_LIMIT_V} V)"
    high = min(band.high * (1 + METER_VOLTS_PART), PAD_LIMIT_V)
    return Reading(Volts(pad, f"{pad.partition('.')[0]}.GND"), low, high, amiss, above)
