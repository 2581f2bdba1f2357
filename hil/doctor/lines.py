"""What doctor says: lines, by host and for the rig as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["ok", "note", "FIX"]
"""ok: as it should be. note: good to know. FIX: the rig will not do, or not do well, what it is for."""
TO_FIX = 3
"""Exit status with anything to fix."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at."""

    level: Level
    topic: str
    """A short stable name for programs: "camera", "config.txt", "clock"."""
    text: str
    """One sentence without its full stop."""
    fix: tuple[str, ...] = ()
    """What to type or do, a step each."""

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"level": self.level, "topic": self.topic, "text": self.text, "fix": list(self.fix)}


def ok(topic: str, text: str) -> Line:
    """As it should be."""
    return Line("ok", topic, text)


def note(topic: str, text: str, *fix: str) -> Line:
    """Good to know."""
    return Line("note", topic, text, fix)


def repair(topic: str, text: str, *fix: str) -> Line:
    """Something to fix, and with what."""
    return Line("FIX", topic, text, fix)


@dataclass(frozen=True, slots=True)
class HostReport:
    """What was found on one host."""

    name: str
    headline: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found on a rig, or on this machine."""

    name: str
    hosts: tuple[HostReport, ...]
    wiring: tuple[Line, ...] = ()
    can: tuple[str, ...] = ()
    """What the rig can measure, in words."""
    cannot: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        """All of them."""
        for host in self.hosts:
            yield from host.lines
        yield from self.wiring

    def count(self, level: Level) -> int:
        """How many lines are of that level."""
        return sum(line.level == level for line in self.lines())

    @property
    def status(self) -> int:
        """The exit status."""
        return TO_FIX if self.count("FIX") else 0

    @property
    def verdict(self) -> str:
        """The last line."""
        fix, notes = self.count("FIX"), self.count("note")
        said = f"{fix} to fix" if fix else "Nothing to fix"
        return f"{said}{', ' + str(notes) + (' note' if notes == 1 else ' notes') if notes else ''}. Nothing was changed."

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "name": self.name,
            "hosts": [
                {"name": host.name, "headline": host.headline, "lines": [line.as_json() for line in host.lines]} for host in self.hosts
            ],
            "wiring": [line.as_json() for line in self.wiring],
            "can_measure": list(self.can),
            "cannot_measure": list(self.cannot),
            "to_fix": self.count("FIX"),
            "notes": self.count("note"),
        }
