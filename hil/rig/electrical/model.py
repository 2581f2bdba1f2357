"""The rig as loads on wires: what every device does to its pins in a given state, within bounds."""

from __future__ import annotations

import re
from functools import cached_property

from hil.rig.circuit import SUPPLIES
from hil.rig.electrical import facts
from hil.rig.electrical.facts import Load, Span, exactly
from hil.rig.electrical.state import State
from hil.rig.model import Rig
from hil.rig.roles import Roles

Loads = dict[str, tuple[Load, ...]]
"""By pin."""


class Model:
    """A rig as its electrical rules see it."""

    def __init__(self, rig: Rig) -> None:
        """As the file has it; nothing is asked of the bench."""
        self.rig, self.roles = rig, Roles(rig)
        self.circuit = self.roles.circuit
        self.known: dict[tuple[str, State], object] = {}
        """Levels that were looked at before."""

    @cached_property
    def tolerances(self) -> dict[str, Span]:
        """Ohms of every resistor, within its tolerance."""
        return {
            branch.part.name: _within(branch.part.value, branch.part.tolerance)
            for branch in self.circuit.branches
            if branch.part.kind == "R" and branch.part.value
        }

    def loads(self, state: State) -> Loads:
        """What is attached to every wired pin."""
        loads: Loads = {pin: (_supply(pin),) for pin in self.roles.supplies}
        for pad in self.roles.pads:
            loads[pad] = self._pad(pad, state)
        for pin in self.roles.outputs:
            loads[pin] = (self._output(pin, state),)
        for pin in self.roles.inputs:
            loads[pin] = (self.released(pin),)
        for pin in self.roles.meters:
            loads[pin] = (facts.PICO_ADC if pin.partition(".")[0] in self.rig.picos else facts.MCP3008,)
        return loads

    def _pad(self, pad: str, state: State) -> tuple[Load, ...]:
        camera, _, name = pad.partition(".")
        if camera in state.off:
            return (facts.PAD_UNPOWERED,)
        driven = state.does(pad, None)
        pulls = (facts.PAD_POWERED, *((facts.PAD_PULL_UP,) if name in ("XVS", "XHS") else ()))
        if driven is None:
            return pulls
        return (*pulls, Load(facts.PAD_SUPPLY_V if driven else exactly(0.0), facts.PAD_OUTPUT_OHMS))

    def _output(self, pin: str, state: State) -> Load:
        device = pin.partition(".")[0]
        high = state.does(pin, self.rests_high(pin))
        if device in self.rig.shifters:
            return Load(exactly(self.rig.shifters[device].high_v if high else 0.0), facts.SHIFTER_OHMS)
        if high is None:
            return self.released(pin)
        return Load(facts.LOGIC_V if high else exactly(0.0), facts.OUTPUT_OHMS)

    def rests_high(self, pin: str) -> bool:
        """Whether an output is high at rest: one that triggers is, and a shifter's, whose input is."""
        return pin in self.roles.triggers or pin.partition(".")[0] in self.rig.shifters

    def released(self, pin: str) -> Load:
        """A pin of a Pi or Pico that drives nothing, with the pull it has after reset."""
        device, _, name = pin.partition(".")
        if device in self.rig.picos:
            return facts.PICO_PULL_DOWN
        up = int(re.sub(r"\D", "", name) or 9) <= 8
        return Load(facts.LOGIC_V if up else exactly(0.0), facts.HOST_PULL)

    def line_of(self, pin: str) -> str:
        """The wiring line to look at for a pin: the branch that ends on its net, else the line that names it."""
        node = self.circuit.nodes.get(pin, -1)
        branch = next((branch.line for branch in self.circuit.branches if node in (branch.left, branch.right)), "")
        return branch or self.named_in(pin)

    def named_in(self, pin: str) -> str:
        """The first wiring line that a pin stands in."""
        return next((line.name for line in self.rig.lines if any(str(item) == pin for item in line.items)), "")

    def net_of(self, pin: str) -> str:
        """The name of a pin's net: that of the line that makes it, else of the branch that ends on it."""
        nets = [line.name for line in self.rig.lines if line.is_net]
        node = self.circuit.nodes.get(pin, -1)
        return next((name for name in nets if self.circuit.nodes.get(name) == node), self.line_of(pin) or pin)


def _within(value: float, tolerance: float | None) -> Span:
    relative = facts.RESISTOR_TOLERANCE if tolerance is None else tolerance
    return Span(value * (1 - relative), value, value * (1 + relative))


def _supply(pin: str) -> Load:
    drive = SUPPLIES[pin.partition(".")[2]]
    return Load(_within(drive.volts, facts.SUPPLY_TOLERANCE), exactly(drive.ohms))
