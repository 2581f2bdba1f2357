"""Which pins and nets are one node, by wire and by cable, and which parts lie between nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from hil.rig.wiring import Item, Line, Net, Part, Pin

_GROUNDS = {"AGND": "GND"}
"""Pins that a board joins to its ground."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part and the nodes at its ends, as written from left to right: the anode of a diode is left."""

    part: Part
    left: int
    right: int
    line: str
    """The wiring line it is in."""


class Netlist:
    """Nodes of wiring lines, numbered from 0."""

    def __init__(self, lines: Iterable[Line], ribbons: Iterable[tuple[str, str]] = ()) -> None:
        """`ribbons`: pairs of pins that cables join without a line of their own."""
        joins = _Joins()
        parts = [found for line in lines for found in _walk(line, joins)]
        for a, b in ribbons:
            joins.join(a, b)
        for name in list(joins.names):
            device, _, pin = name.partition(".")
            if pin in _GROUNDS:
                joins.join(name, f"{device}.{_GROUNDS[pin]}")
        numbers: dict[str, int] = {}
        roots = {name: numbers.setdefault(joins.root(name), len(numbers)) for name in joins.names}
        self.nodes: dict[str, int] = {name: node for name, node in roots.items() if not name.startswith("-")}
        self.branches = tuple(Branch(part, roots[left], roots[right], line) for part, left, right, line in parts)
        self.pins = tuple(name for name in self.nodes if "." in name)
        self._size = len(numbers)

    @cached_property
    def grounds(self) -> tuple[int, ...]:
        """The nodes that are the ground of some device, each once."""
        return tuple(dict.fromkeys(node for name, node in self.nodes.items() if name.endswith(".GND")))

    def ground_of(self, name: str) -> int:
        """The ground that a pin's level is measured against; for a net, that of the first pin on it, else any ground; -1 for none."""
        if "." not in name:
            name = next((pin for pin in self.pins if self.nodes[pin] == self.nodes[name]), "")
        device = name.partition(".")[0]
        ground = self.nodes.get(f"{device}.GND")
        return next(iter(self.grounds), -1) if ground is None else ground

    def pins_with(self, pin: str) -> tuple[str, ...]:
        """The pins on one node with `pin` (or net)."""
        if pin not in self.nodes:
            return (pin,)
        return tuple(other for other in self.pins if self.nodes[other] == self.nodes[pin])

    def with_pins(self, pins: Iterable[str]) -> Netlist:
        """Itself with nodes for pins that no line speaks of; a device without any ground wire gets its own."""
        nodes, size = dict(self.nodes), self._size
        for pin in pins:
            for name in (f"{pin.partition('.')[0]}.GND", pin):
                if name not in nodes:
                    nodes[name], size = size, size + 1
        if len(nodes) == len(self.nodes):
            return self
        larger = Netlist(())
        larger.nodes, larger.branches, larger._size = nodes, self.branches, size
        larger.pins = tuple(name for name in nodes if "." in name)
        return larger


class _Joins:
    """Names, and which of them are one (union-find)."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def root(self, name: str) -> str:
        above = self.names.setdefault(name, name)
        while above != self.names[above]:
            above = self.names[above]
        return above

    def join(self, a: str, b: str) -> None:
        self.names[self.root(b)] = self.root(a)


def _walk(line: Line, joins: _Joins) -> Iterator[tuple[Part, str, str, str]]:
    """Joins what touches; yields each part with the names of its ends. Between two parts there is a node without a name."""
    if line.is_net:
        joins.root(line.name)
    before = line.name if line.is_net else ""
    waiting: tuple[Part, str] | None = None
    for index, item in enumerate(line.items):
        if isinstance(item, Part):
            left = _end(line, index, before, waiting)
            if waiting:
                yield waiting[0], waiting[1], left, line.name
            joins.root(left)
            waiting, before = (item, left), ""
            continue
        name = _name(item)
        joins.root(name)
        if waiting:
            yield waiting[0], waiting[1], name, line.name
            waiting = None
        elif before:
            joins.join(before, name)
        before = name
    if waiting:
        end = f"-{line.name}-end"
        joins.root(end)
        yield waiting[0], waiting[1], end, line.name


def _end(line: Line, index: int, before: str, waiting: tuple[Part, str] | None) -> str:
    return before if before and not waiting else f"-{line.name}-{index}"


def _name(item: Item) -> str:
    assert isinstance(item, (Pin, Net))
    return str(item)
