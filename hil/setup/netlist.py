"""The wiring as text: what is soldered to what, with the number of every hole."""

from __future__ import annotations

from collections.abc import Mapping

from hil.rig import Rig
from hil.rig.picture import headers
from hil.rig.wiring import Item, Line, Pin

_NO_HOLES: Mapping[str, tuple[int, ...]] = {}


def hole(rig: Rig, pin: Pin) -> str:
    """A pin and which hole or leg that is: "pi-a.GPIO17 (pin 11)". A ground has many, any of which will do."""
    table = headers.HOST if pin.device in rig.hosts else headers.PICO if pin.device in rig.picos else _NO_HOLES
    if pin.device in rig.adcs:
        table = headers.MCP3008
    holes = table.get(pin.pin, ())
    if not holes:
        return str(pin)
    return f"{pin} (pin {min(holes)}{', or any other ground' if len(holes) > 2 else ''})"


def joined(rig: Rig, line: Line) -> str:
    """One line, as it is soldered."""
    return "  --  ".join(_item(rig, item) for item in line.items)


def _item(rig: Rig, item: Item) -> str:
    return hole(rig, item) if isinstance(item, Pin) else str(item)


def netlist(rig: Rig) -> tuple[str, ...]:
    """Every line: its name, then what it joins."""
    width = max((len(line.name) for line in rig.lines), default=0)
    return tuple(f"{line.name:{width}}  {joined(rig, line)}" for line in rig.lines)
