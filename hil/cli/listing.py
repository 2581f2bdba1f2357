"""`hil --help`: the commands in sections, in the order in which one meets them, each with its whole first sentence."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

SECTIONS: dict[str, tuple[str, ...]] = {
    "The first hour": ("rigs", "accept", "new", "check", "wiring", "doctor", "setup", "init"),
    "Every day": ("plan", "diff", "catalog"),
    "At the factory": ("station", "report", "verify", "history", "line", "gauge"),
    "By hand": ("snap", "live", "pulse", "shell", "pico", "sim"),
}

_WIDTH = max(len(name) for names in SECTIONS.values() for name in names)
_WHOLE = 1_000
"""More characters than any first sentence has, so that none is cut short."""


class Sections(TyperGroup):
    """The group of all commands. Context and formatter are click's, which newer versions of typer bring with them under another name."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands, those of the first section first; one in no section comes last."""
        listed = [name for names in SECTIONS.values() for name in names if name in self.commands]
        return [*listed, *(name for name in self.commands if name not in listed)]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a list under each heading."""
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:{_WIDTH}}", self.commands[name].get_short_help_str(_WHOLE)) for name in names])
