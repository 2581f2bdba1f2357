"""The worst case of a level or current over all tolerances.

A level in a resistive network is monotonic in every single value, so its extremes lie in corners; from the nominal
values, each one is pushed to whichever end helps until none does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hil.rig.circuit import Clamp, Drive, Solution
from hil.rig.electrical.facts import Load, Span
from hil.rig.electrical.model import Loads, Model
from hil.rig.electrical.state import State

Read = Callable[[Solution], float]
"""What is looked at."""

_Key = tuple[str, str, int]
"""("R1", "ohms", 0) for a part; ("pico.GP28", "volts", 0) for what is attached to a pin."""


@dataclass(frozen=True, slots=True)
class Band:
    """Lowest, typical and highest value over all tolerances, in V (or A)."""

    low: float
    typical: float
    high: float

    def __str__(self) -> str:
        return f"{self.typical:.3f} V ({self.low:.3f} to {self.high:.3f} V)"


def level(model: Model, pin: str, state: State) -> Band:
    """The level of a pin; looked up where it was asked for before."""
    known = model.known.get((pin, state))
    if not isinstance(known, Band):
        known = model.known[pin, state] = band(model, pin, state, lambda solution: solution.volts[pin])
    return known


def injected(model: Model, pin: str, state: State) -> Band:
    """A into a pin."""
    return band(model, pin, state, lambda solution: solution.current(pin))


def band(model: Model, near: str, state: State, read: Read) -> Band:
    """The extremes of whatever is read; only what is in touch with the pin `near` is varied."""
    case = _Case(model, near, model.loads(state), read)
    return Band(case.extreme(-1.0), case.at({}), case.extreme(1.0))


class _Case:
    def __init__(self, model: Model, near: str, loads: Loads, read: Read) -> None:
        self._model, self._loads, self._read = model, loads, read
        self._spans = {key: span for key, span in _spans(model, _in_touch(model, near), loads) if span.low != span.high}
        self._known: dict[frozenset[tuple[_Key, float]], float] = {}

    def at(self, chosen: dict[_Key, float]) -> float:
        """What is read when the chosen values are so, and all others typical; each corner is worked out once."""
        corner = frozenset(chosen.items())
        if corner not in self._known:
            self._known[corner] = self._solved(chosen)
        return self._known[corner]

    def _solved(self, chosen: dict[_Key, float]) -> float:
        values = {name: chosen.get((name, "ohms", 0), span.typical) for name, span in self._model.tolerances.items()}
        attached = {pin: [_attached(pin, index, load, chosen) for index, load in enumerate(loads)] for pin, loads in self._loads.items()}
        return self._read(self._model.circuit.with_values(values).solve(attached))

    def extreme(self, sign: float) -> float:
        chosen: dict[_Key, float] = {}
        best = sign * self.at(chosen)
        improved = True
        while improved:
            improved = False
            for key, span in self._spans.items():
                for end in (span.low, span.high):
                    tried = sign * self.at(chosen | {key: end})
                    if tried > best + 1e-12:
                        best, chosen[key], improved = tried, end, True
        return sign * best


def _attached(pin: str, index: int, load: Load, chosen: dict[_Key, float]) -> Drive | Clamp:
    volts = chosen.get((pin, "volts", index), load.volts.typical)
    ohms = chosen.get((pin, "ohms", index), load.ohms.typical)
    return Clamp(volts, ohms) if load.clamp else Drive(volts, ohms)


def _spans(model: Model, nodes: set[int], loads: Loads) -> Iterator[tuple[_Key, Span]]:
    for branch in model.circuit.branches:
        if branch.part.name in model.tolerances and (branch.left in nodes or branch.right in nodes):
            yield (branch.part.name, "ohms", 0), model.tolerances[branch.part.name]
    for pin, attached in loads.items():
        if model.circuit.nodes[pin] in nodes:
            for index, load in enumerate(attached):
                yield (pin, "volts", index), load.volts
                yield (pin, "ohms", index), load.ohms


def _in_touch(model: Model, pin: str) -> set[int]:
    """The nodes whose levels bear on a pin's: all that parts join to it, up to grounds and supplies, which are stiff."""
    stiff = {*model.circuit.grounds, *model.roles.supply_nodes}
    start = model.circuit.nodes[pin]
    found, edge = {start}, [start]
    while edge:
        node = edge.pop()
        for branch in model.circuit.branches if node not in stiff else ():
            ends = (branch.left, branch.right)
            if node in ends and model.circuit.ohms(branch) < math.inf:
                edge += [end for end in ends if end not in found]
                found.update(ends)
    return found


def thevenin(model: Model, pin: str, state: State) -> tuple[float, float]:
    """Open voltage and source resistance of a net as seen from `pin`, whose own load is taken away; typical values."""
    loads = {name: attached for name, attached in model.loads(state).items() if name != pin}
    attached = {name: [_attached(name, index, load, {}) for index, load in enumerate(of)] for name, of in loads.items()}
    return model.circuit.solve(attached).volts[pin], model.circuit.thevenin_ohms(pin, attached)
