"""One thing to say about a rig's wiring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hil.rig.document import relative
from hil.rig.electrical.model import Model
from hil.rig.locate import Where, locate

Severity = Literal["refuse", "warn", "note"]
"""refuse: could harm a part, or cannot work; never driven. warn: works within limits that one should know. note: good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Where, what, with which numbers, and what to do."""

    severity: Severity
    file: str
    """As messages show it."""
    line: int
    """Of the rig file, from 1."""
    where: str
    """`[wiring] bias`."""
    what: str
    """One sentence without its full stop."""
    numbers: str = ""
    todo: str = ""

    def __str__(self) -> str:
        said = "; ".join(part for part in (self.what, self.numbers, self.todo) if part)
        return f"{self.file}:{self.line}  {self.where}: {said}"


def at_line(model: Model, severity: Severity, wiring_line: str, what: str, numbers: str = "", todo: str = "") -> Finding:
    """A finding at a line of `[wiring]`; "" is the section itself."""
    where: Where = ("wiring", wiring_line) if wiring_line else ("wiring",)
    return _at(model, severity, where, f"[wiring] {wiring_line}".strip(), what, numbers, todo)


def at_camera(model: Model, severity: Severity, camera: str, what: str, numbers: str = "", todo: str = "") -> Finding:
    """A finding at a camera's line."""
    return _at(model, severity, ("cameras", camera), f"[cameras] {camera}", what, numbers, todo)


def at_section(model: Model, severity: Severity, where: Where, what: str, numbers: str = "", todo: str = "") -> Finding:
    """A finding at any other place: ("shifters", "xvs33")."""
    rest = ".".join(str(key) for key in where[1:])
    return _at(model, severity, where, f"[{where[0]}] {rest}".strip(), what, numbers, todo)


def _at(model: Model, severity: Severity, where: Where, shown: str, what: str, numbers: str, todo: str) -> Finding:
    lines = locate(model.rig.text).lines
    line = next((lines[where[:length]] for length in range(len(where), 0, -1) if where[:length] in lines), 1)
    return Finding(severity, relative(model.rig.path), line, shown, what, numbers, todo)
