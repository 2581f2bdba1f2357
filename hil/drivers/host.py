"""A host: a Raspberry Pi as its files, its command-line tools and its clock.

The local host's root is `/`; a simulated one has a directory tree with the same paths and answers the same commands.
"""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from hil.clock import Clock, RealClock
from hil.completed import Completed
from hil.errors import RigError

P = ParamSpec("P")
R = TypeVar("R")


class Host(Protocol):
    """What a driver or a check may ask of a Pi."""

    @property
    def name(self) -> str:
        """The rig's name for it."""

    @property
    def root(self) -> Path:
        """Where its file system begins."""

    @property
    def clock(self) -> Clock:
        """Its CLOCK_MONOTONIC."""

    def run(self, argv: Sequence[str]) -> Completed:
        """Run a command to its end; a missing command is exit status 127, as in a shell."""


@dataclass(frozen=True)
class LocalHost:
    """The machine this process runs on."""

    name: str
    root: Path = Path("/")
    clock: Clock = field(default_factory=RealClock)
    command_timeout_s: float = 30.0

    def run(self, argv: Sequence[str]) -> Completed:
        """Run a command; RigError if it does not end in `command_timeout_s`."""
        try:
            # What a tool prints need not be text: names of devices in the kernel's log are what the device says.
            done = subprocess.run(list(argv), capture_output=True, text=True, errors="replace", timeout=self.command_timeout_s, check=False)
        except (FileNotFoundError, PermissionError):  # the latter where a folder of PATH may not be entered
            return Completed("", f"{argv[0]}: command not found\n", 127)
        except subprocess.TimeoutExpired as late:
            raise RigError(
                f"{self.name}: `{' '.join(argv)}` should have ended in {self.command_timeout_s:g} s",
                "it is still running",
                "run it by hand; a hung camera driver needs a reboot",
                where=self.name,
                cause="command hangs",
            ) from late
        return Completed(done.stdout, done.stderr, done.returncode)


def at_its_host(function: Callable[Concatenate[Host, P], R]) -> Callable[Concatenate[Host, P], R]:
    """Have a function of a host's files and tools done in the process of that host."""

    @functools.wraps(function)
    def perform(host: Host, /, *args: P.args, **kwargs: P.kwargs) -> R:
        there: Callable[..., R] | None = getattr(host, "perform", None)
        return function(host, *args, **kwargs) if there is None else there(function, *args, **kwargs)

    return perform


@at_its_host
def read_text(host: Host, path: str) -> str | None:
    """The text of a file of that host, stripped of trailing NULs and white space; None if there is none."""
    data = read_bytes(host, path)
    return None if data is None else data.decode(errors="replace").rstrip("\0\n ")


def in_group(host: Host, group: str) -> bool:
    """Whether the user there is in a group, or is root, who may do what its members may."""
    return host.run(["id", "-u"]).stdout.strip() == "0" or group in host.run(["id", "-nG"]).stdout.split()


@at_its_host
def names_in(host: Host, folder: str) -> tuple[str, ...]:
    """The names of what is in a folder of that host, sorted; none if there is no such folder or it may not be read."""
    try:
        return tuple(sorted(entry.name for entry in (host.root / folder.lstrip("/")).iterdir()))
    except OSError:
        return ()


@at_its_host
def read_bytes(host: Host, path: str) -> bytes | None:
    """The bytes of a file of that host; None if it is absent or unreadable."""
    try:
        return (host.root / path.lstrip("/")).read_bytes()
    except OSError:
        return None
