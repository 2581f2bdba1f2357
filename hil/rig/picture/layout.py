"""Where everything of a wiring picture goes: boxes left and right, a vertical track for each net between them.

Left are Pis, Picos and chips, right the cameras. Each pin has a row. A part lies in the row of the pin it hangs on, left of all
tracks; a row then runs to the track of its net. Rows of cameras lie half a step lower, so that no two wires run into each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hil.rig.circuit import SUPPLIES
from hil.rig.electrical.model import Model
from hil.rig.picture import headers
from hil.rig.wiring import Item, Line, Part, Pin


@dataclass(frozen=True, slots=True)
class Placed:
    """A part in a row."""

    part: Part
    forward: bool
    """False: the end that is written first is the right one."""


@dataclass(slots=True)
class Row:
    """One wire that leaves a box."""

    pin: str = ""
    """Its pin, "pi-a.GPIO17"; "" for a row that only turns back."""
    hole: int = 0
    """Of the header; 0 where there is none."""
    parts: list[Placed] = field(default_factory=list)
    track: int | None = None
    """The node of the net it runs to; None where it ends in another row."""
    skip: int = 0
    """Free places before its first part."""
    joins: Row | None = None
    """The row it turns into, after its parts."""
    ends_left: bool = False
    """The joining wire is at the left end of the parts instead of the right one."""
    y: float = 0.0

    @property
    def reach(self) -> int:
        """How many places for parts it takes up."""
        return self.skip + len(self.parts)


@dataclass(slots=True)
class Box:
    """A device."""

    name: str
    notes: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    top: float = 0.0
    bottom: float = 0.0


@dataclass(slots=True)
class Track:
    """A net."""

    node: int
    name: str
    pin: str
    """A pin on it, at which its level is looked at."""


@dataclass
class Layout:
    """A picture before it is drawn."""

    left: list[Box]
    right: list[Box]
    tracks: list[Track]

    @property
    def places(self) -> int:
        """For how many parts in a row there must be room."""
        return max((row.reach for box in self.left for row in box.rows), default=0)


def layout(model: Model, lines: Iterable[Line]) -> Layout:
    """Lay out `lines`, which may be some of the rig's or more."""
    return _Builder(model, tuple(lines)).built()


class _Builder:
    def __init__(self, model: Model, lines: tuple[Line, ...]) -> None:
        self._model, self._lines, self._nodes = model, lines, model.circuit.nodes
        rig = model.rig
        self._left = {name: Box(name, notes(model, name)) for name in (*rig.hosts, *rig.picos, *rig.adcs, *rig.shifters)}
        self._right = {name: Box(name, notes(model, name)) for name in rig.cameras}
        self._tracks: dict[int, Track] = {}
        self._used: dict[str, int] = {}
        self._alone: dict[str, Row] = {}

    def built(self) -> Layout:
        for line in self._lines:
            for left, parts, right in _chains(line):
                if parts:
                    self._chain(line, left, parts, right)
                else:
                    self._wire(left)
        tracks = sorted(self._tracks.values(), key=lambda track: track.node in self._model.circuit.grounds)
        return Layout([box for box in self._left.values() if box.rows], [box for box in self._right.values() if box.rows], tracks)

    def _wire(self, item: Item) -> None:
        """A pin that is soldered to a net."""
        if not isinstance(item, Pin):
            return
        known = [row.pin for box in (*self._left.values(), *self._right.values()) for row in box.rows if not row.parts]
        if str(item) not in known:
            self._row(str(item)).track = self._track(str(item))

    def _chain(self, line: Line, left: Item, parts: tuple[Part, ...], right: Item) -> None:
        ends = [self._private(item) for item in (left, right)]
        if ends[0]:
            self._from_pin(str(left), [Placed(part, True) for part in parts], right, ends[1])
        elif ends[1]:
            self._from_pin(str(right), [Placed(part, False) for part in reversed(parts)], left, False)
        else:
            self._between_tracks(line, left, [Placed(part, False) for part in reversed(parts)], right)

    def _from_pin(self, pin: str, parts: list[Placed], other: Item, other_private: bool) -> None:
        row = self._shared(pin)
        row = self._row(pin) if row.parts else row  # a second branch from one pin is drawn from it once more
        row.parts = parts
        if not other_private:
            row.track = self._track(str(other))
            return
        far = self._shared(str(other))
        row.joins = far
        far.skip = max(far.skip, row.reach) if far.parts or not _is_stiff(str(other)) else far.skip

    def _between_tracks(self, line: Line, left: Item, parts: list[Placed], right: Item) -> None:
        """Two rows without pins that turn into each other; they lie with the device that the line names, else with the last one."""
        named = [self._left[pin.device] for pin in line.pins if pin.device in self._left]
        box = next(iter(named), next((box for box in reversed(self._left.values()) if box.rows), next(iter(self._left.values()))))
        first, second = Row(parts=parts, track=self._track(str(left)), ends_left=True), Row(track=self._track(str(right)))
        first.joins = second
        box.rows += [first, second]

    def _shared(self, pin: str) -> Row:
        """The row of a pin that several chains may hang on; supplies and grounds have a hole for each."""
        if pin in self._alone and not _is_stiff(pin):
            return self._alone[pin]
        self._alone[pin] = self._row(pin)
        return self._alone[pin]

    def _row(self, pin: str) -> Row:
        device, _, name = pin.partition(".")
        box = self._left.get(device) or self._right[device]
        holes = self._holes(device).get(name, (0,))
        used = self._used.get(pin, 0)
        self._used[pin] = used + 1
        row = Row(pin, holes[min(used, len(holes) - 1)])
        box.rows.append(row)
        return row

    def _holes(self, device: str) -> dict[str, tuple[int, ...]]:
        rig = self._model.rig
        known = ((rig.hosts, headers.HOST), (rig.picos, headers.PICO), (rig.adcs, headers.MCP3008))
        return next((dict(holes) for group, holes in known if device in group), {})

    def _private(self, item: Item) -> bool:
        """Whether an end of a chain is a pin on the left that shares its node with nobody, or a supply or ground of a board."""
        if not isinstance(item, Pin) or item.device not in self._left:
            return False
        if _is_stiff(str(item)):
            return True
        together = [name for name, node in self._nodes.items() if node == self._nodes[str(item)]]
        return together == [str(item)]

    def _track(self, name: str) -> int:
        node = self._nodes[name]
        if node not in self._tracks:
            pin = name if "." in name else next((pin for pin in self._model.circuit.pins if self._nodes[pin] == node), name)
            self._tracks[node] = Track(node, self._model.net_of(pin), pin)
        return node


def _is_stiff(pin: str) -> bool:
    name = pin.partition(".")[2]
    return name in SUPPLIES or name in ("GND", "AGND")


def _chains(line: Line) -> Iterator[tuple[Item, tuple[Part, ...], Item]]:
    """What lies between each two neighbouring pins or nets; each pin of plain wire by itself."""
    before: Item | None = None
    parts: list[Part] = []
    for item in line.items:
        if isinstance(item, Part):
            parts.append(item)
            continue
        if before is not None and parts:
            yield before, tuple(parts), item
        elif before is not None:
            yield before, (), before
            yield item, (), item
        before, parts = item, []


def notes(model: Model, device: str) -> tuple[str, ...]:
    """What stands under a device's name."""
    rig = model.rig
    if device in rig.hosts:
        return (rig.hosts[device].board,)
    if device in rig.picos:
        return (rig.picos[device].board, f"USB to {rig.picos[device].host}")
    if device in rig.adcs:
        return _adc(model, device)
    if device in rig.shifters:
        made = rig.shifters[device]
        return (made.kind, f"threshold {made.threshold_v:g} V, high {made.high_v:g} V")
    camera = rig.cameras[device]
    pads = [f"{key} {value}" for key in ("Q2", "R11", "MAS") if (value := getattr(camera, key))]
    said = [text for text, true in ((f"sync {camera.sync}", camera.sync), ("always on", camera.always_on)) if true]
    return tuple(filter(None, (camera.module, f"ribbon to {camera.host} {camera.port}", ", ".join(said), ", ".join(pads))))


def _adc(model: Model, device: str) -> tuple[str, ...]:
    """Its SPI wires, which a rig file implies."""
    adc = model.rig.adcs[device]
    select, hole = (("GPIO8", 24), ("GPIO7", 26))[adc.select]
    return (
        f"{adc.chip} on SPI0 of {adc.host}:",
        "CLK 13 to hole 23, DOUT 12 to 21,",
        f"DIN 11 to 19, CS 10 to {hole} ({select}),",
        "VDD 16 and VREF 15 to 3V3,",
        "AGND 14 and DGND 9 to GND",
    )
