"""`--set wiring.X=...`: what is really soldered in a twin, where that differs from the rig file.

`wiring.XVS=off` takes a line out, `wiring.bias="pi-a.5V -- R1 10k -- XVS"` puts another in its place; `wiring.R1=open`, `short` or
`47k` changes a part.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hil.rig import pins, wiring
from hil.rig.model import Rig
from hil.rig.wiring import Line, Net, Part
from hil.rig.words import listed, meant, quoted


@dataclass(frozen=True, slots=True)
class Change:
    """A line or part as it really is: None for a line that is not there."""

    now: Line | Part | None


class RewireError(Exception):
    """Why nothing can be soldered so."""


def change(rig: Rig, name: str, value: object) -> Change:
    """What `wiring.NAME=VALUE` means in `rig`. A name that is both is the line's."""
    lines = {line.name: line for line in rig.lines}
    parts = {part.name: part for line in rig.lines for part in line.parts}
    if not isinstance(value, str):
        raise RewireError(f"{quoted(value)} is not a wiring line in quotes, off, open, short or a value")
    if name in lines:
        return Change(None if value == "off" else _line(rig, name, value))
    if name in parts:
        return Change(changed(parts[name], value))
    there = f"lines: {', '.join(lines)}; parts: {', '.join(parts)}" if lines else "it has no [wiring]"
    raise RewireError(f"{quoted(name)} is not a line or part of the wiring of {rig.name}{meant(name, [*lines, *parts])}  ({there})")


def rewired(lines: Iterable[Line], changes: Mapping[str, Change]) -> tuple[Line, ...]:
    """The lines with changes made: first lines, then the parts in them."""
    kept = [other.now if isinstance(other := changes.get(line.name), Change) else line for line in lines]
    parts = {name: other.now for name, other in changes.items() if isinstance(other.now, Part)}
    return tuple(with_parts(line, parts) for line in kept if isinstance(line, Line))


def with_parts(line: Line, parts: Mapping[str, Part]) -> Line:
    """The line with other parts in their places, by reference."""
    return replace(line, items=tuple(parts.get(item.name, item) if isinstance(item, Part) else item for item in line.items))


def _line(rig: Rig, name: str, text: str) -> Line:
    try:
        line = wiring.parse(name, text)
    except wiring.WiringError as wrong:
        raise RewireError(f"{wrong}; or off") from wrong
    nets = [
        *(other.name for other in rig.lines if other.is_net),
        *(item.name for other in rig.lines for item in other.items if isinstance(item, Net)),
    ]
    devices = pins.of(rig, {section: tuple(getattr(rig, section)) for section in pins.SECTIONS})
    for unknown in wiring.unknown_names(line, dict.fromkeys(nets), devices):
        raise RewireError(unknown)
    return line


def changed(part: Part, text: str) -> Part:
    """A part that is "open", bridged ("short") or of another value, which keeps its tolerance unless it says one."""
    broken = {"open": math.inf, "short": 0.0}
    if text in broken:
        return replace(part, value=broken[text], tolerance=None, text=text)
    try:
        made = wiring.parse("", f"a.A -- {part.name} {text} -- b.B").parts[0]
    except wiring.WiringError as wrong:
        raise RewireError(f"{quoted(text)}; write {listed(('open', 'short', _example(part)), 'or')}") from wrong
    return replace(made, tolerance=part.tolerance if made.tolerance is None else made.tolerance)


def _example(part: Part) -> str:
    return f"a value such as {part.text.split()[0]}" if part.text else "a value"
