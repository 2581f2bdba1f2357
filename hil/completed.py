"""What a command printed and how it ended: the same value from a real host and from a simulated one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Completed:
    """A command that has ended."""

    stdout: str = ""
    stderr: str = ""
    returncode: int = 0
