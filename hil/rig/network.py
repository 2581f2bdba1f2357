"""Nodal analysis of a small network of resistors, sources and diodes, at rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

_ROUNDS = 64
"""Diodes switch one another at most a few times; far more rounds than any rig has diodes."""

_BLOCKED_OHMS = 1e9
"""Leakage of a diode that blocks: nothing to any level, and enough for its far end to have one."""


@dataclass(frozen=True, slots=True)
class Element:
    """A source of `volts` behind `ohms` from node `high` to node `low`: 0 V is a resistor, one way a diode with that forward voltage."""

    high: int
    low: int
    volts: float
    ohms: float
    one_way: bool = False
    name: str = ""
    """The part it is; "" for what a device does to its pin."""


class Network:
    """Solved against one node, `ground`: nodes that nothing holds against it have no level."""

    def __init__(self, elements: Sequence[Element], ground: int) -> None:
        """Which diodes conduct is found by trying; a resistive network with diodes has one answer."""
        self.volts: dict[int, float] = {}
        """Level of each node that something holds against ground."""
        blocked = frozenset(index for index, element in enumerate(elements) if element.one_way)
        tried = {blocked}
        for _ in range(_ROUNDS):
            self.volts = _levels(elements, blocked, ground)
            wanted = frozenset(index for index, element in enumerate(elements) if element.one_way and not self._forward(element))
            if wanted == blocked:
                break
            blocked = _next(blocked, wanted, tried)
            tried.add(blocked)
        self.through = {element.name: self._current(element) for element in elements if element.name}
        """A through each part from `high` to `low`."""

    def _across(self, element: Element) -> float:
        """Volts from its high to its low end; 0 where an end floats."""
        high, low = self.volts.get(element.high), self.volts.get(element.low)
        return 0.0 if high is None or low is None else high - low

    def _forward(self, element: Element) -> bool:
        return self._across(element) > element.volts

    def _current(self, element: Element) -> float:
        if element.one_way and not self._forward(element):
            return 0.0
        return (self._across(element) - element.volts) / element.ohms


def _next(now: frozenset[int], wanted: frozenset[int], tried: set[frozenset[int]]) -> frozenset[int]:
    """All diodes that want to switch do; where that was tried before, one of them."""
    return now ^ {min(now ^ wanted)} if wanted in tried else wanted


def _levels(elements: Sequence[Element], blocked: frozenset[int], ground: int) -> dict[int, float]:
    active = [
        Element(element.high, element.low, 0.0, _BLOCKED_OHMS) if index in blocked else element
        for index, element in enumerate(elements)
        if element.high != element.low
    ]
    held = _held(active, ground)
    row = {node: index for index, node in enumerate(sorted(held - {ground}))}
    conductance, injected = np.zeros((len(row), len(row))), np.zeros(len(row))
    for element in active:
        if element.high in held:
            for node, other, sign in ((element.high, element.low, 1.0), (element.low, element.high, -1.0)):
                if node in row:
                    conductance[row[node], row[node]] += 1 / element.ohms
                    injected[row[node]] += sign * element.volts / element.ohms
                    if other in row:
                        conductance[row[node], row[other]] -= 1 / element.ohms
    levels = np.linalg.solve(conductance, injected) if row else np.zeros(0)
    return {ground: 0.0} | {node: float(levels[index]) for node, index in row.items()}


def _held(elements: Iterable[Element], ground: int) -> set[int]:
    """The nodes that a chain of elements joins to ground."""
    neighbours: dict[int, list[int]] = {}
    for element in elements:
        neighbours.setdefault(element.high, []).append(element.low)
        neighbours.setdefault(element.low, []).append(element.high)
    held, edge = {ground}, [ground]
    while edge:
        for node in neighbours.get(edge.pop(), ()):
            if node not in held:
                held.add(node)
                edge.append(node)
    return held
