"""What drives: supplies that are shorted, outputs that work against each other or give too much, LEDs that stay dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from hil.rig.circuit import SUPPLIES
from hil.rig.electrical import facts
from hil.rig.electrical.finding import Finding, at_line, at_section
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import band
from hil.rig.words import listed

_LIT_A = 0.5e-3
"""An LED that gets less is too dark for a strobe (assumed)."""


def supplies(model: Model) -> Iterator[Finding]:
    """Supplies that wire alone joins to ground or to each other."""
    for pin in model.roles.supplies:
        if model.circuit.nodes[pin] in model.circuit.grounds:
            yield at_line(model, "refuse", model.named_in(pin), f"{pin} is soldered to ground", "", "take the wire off")
    for one, other in combinations(model.roles.supplies, 2):
        if model.circuit.connected(one, other) and one.partition(".")[2] != "ADC_VREF" != other.partition(".")[2]:
            what = f"{one} and {other} are joined: one supply would feed the other"
            yield at_line(model, "refuse", model.named_in(other), what, "", "take the wire off")


def findings(model: Model) -> Iterator[Finding]:
    """Every output and every supply."""
    yield from _against_each_other(model)
    for pin in model.roles.outputs:
        yield from _too_much(model, pin)
    for pin in model.roles.supplies:
        yield from _drained(model, pin)
    yield from _dark(model)


def _against_each_other(model: Model) -> Iterator[Finding]:
    for pin in model.roles.outputs:
        others = [other for other in model.circuit.pins_with(pin) if other != pin and _drives(model, other)]
        if others and (pin, *others) == tuple(sorted((pin, *others), key=model.circuit.pins.index)):
            what = f"{listed((pin, *others))} drive one net against each other"
            yield at_line(model, "refuse", model.named_in(pin), what, "", "leave one of them on it, or put a resistor between them")


def _drives(model: Model, pin: str) -> bool:
    return pin in model.roles.outputs or pin.partition(".")[2] in SUPPLIES


def _too_much(model: Model, pin: str) -> Iterator[Finding]:
    """More current than the strongest setting of an output gives. A camera's pad on it has its own rule."""
    device = pin.partition(".")[0]
    limit = facts.OUTPUT_LIMIT_A.get("pico" if device in model.rig.picos else "host", 1.0)
    if device in model.rig.shifters or model.roles.pads_with(pin):
        return
    given = max(abs(end) for doing in (True, False) for end in _current(model, pin, doing))
    if given > limit:
        what = f"{pin} must give or take more than it can"
        numbers = f"up to {given * 1e3:.0f} mA; at most {limit * 1e3:.0f} mA"
        yield at_line(model, "refuse", model.line_of(pin), what, numbers, "a larger resistor; LEDs of more current need a transistor")


def _current(model: Model, pin: str, doing: bool) -> tuple[float, float]:
    found = band(model, pin, State(pins=((pin, doing),)), lambda solution: solution.current(pin))
    return found.low, found.high


def _drained(model: Model, pin: str) -> Iterator[Finding]:
    given = -band(model, pin, State(), lambda solution: solution.current(pin)).low
    if given > facts.SUPPLY_LIMIT_A:
        numbers = f"up to {given * 1e3:.0f} mA; at most {facts.SUPPLY_LIMIT_A * 1e3:.0f} mA (assumed)"
        yield at_line(model, "refuse", model.line_of(pin), f"{pin} must give too much", numbers, "larger resistors")


def _dark(model: Model) -> Iterator[Finding]:
    """The strobe's LED, when its pin is high."""
    strobe = model.rig.strobe
    if strobe is not None and strobe.drive not in model.circuit.nodes:
        yield at_section(model, "note", ("strobe", "drive"), f"{strobe.drive} switches a light that is not in [wiring]")
        return
    leds = [branch for branch in model.circuit.branches if branch.part.kind == "LED"]
    if strobe is None or not leds:
        return
    lit = {branch.part.name: _through(model, strobe.drive, branch.part.name) for branch in leds}
    if max(lit.values()) < _LIT_A:
        what = f"{listed(lit)} stays dark when {strobe.drive} is high"
        todo = "the LED's long leg, its anode, is written and soldered on the left"
        yield at_line(model, "warn", leds[0].line, what, f"{max(lit.values()) * 1e3:.2f} mA", todo)


def _through(model: Model, drive: str, part: str) -> float:
    """Least A through a part when `drive` is high."""
    return band(model, drive, State(pins=((drive, True),)), lambda solution: solution.through[part]).low
