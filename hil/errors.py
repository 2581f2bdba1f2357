"""The one family of errors; each also is the built-in a caller would expect.

An error names what was asked, what was found and what to try. `UserError` is the caller's mistake (bad call, bad file:
nothing was driven, exit status 2); `RigError` is a broken rig (verdict ERROR, exit status 3), never a failed unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class HilError(Exception):
    """Base of everything this package raises on purpose."""

    def __init__(self, asked: str, found: str = "", hint: str = "") -> None:
        """`asked`: one line, what was wanted and did not happen; `found`: what was there; `hint`: what to try."""
        self.asked, self.found, self.hint = asked, found, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.asked]
        if self.found:
            lines.append(f"  found  {self.found}")
        if self.hint:
            lines.append(f"  try    {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        """It travels between processes as it is, whatever its constructor takes."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[HilError], args: tuple[object, ...], state: dict[str, object]) -> HilError:
    layout: Any = kind
    while layout.__module__ != "builtins":  # several built-ins are among its bases; one lays the object out and has to make it
        layout = layout.__base__
    error: HilError = layout.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class UserError(HilError, ValueError):
    """The caller's mistake: a bad option, file or value. Nothing was driven; exit status 2."""


class RigError(HilError, RuntimeError):
    """The rig, not the unit, is at fault: verdict ERROR, exit status 3. `cause` is a short stable name for records."""

    cause = "rig"

    def __init__(self, asked: str, found: str = "", hint: str = "", *, where: str = "", cause: str = "") -> None:
        """`where`: the device of the rig concerned; `cause`: overrides the class's name for the diagnosis."""
        self.where = where
        if cause:
            self.cause = cause
        super().__init__(asked, found, hint)


class CameraAbsent(RigError):
    """No camera where the rig file has one."""

    cause = "camera absent"


class CameraBusy(RigError):
    """Another process holds the camera."""

    cause = "camera in use"


class CameraTimeout(RigError, TimeoutError):
    """A camera delivered nothing until its deadline on the rig's clock."""

    cause = "no frames"


class MissingPackage(RigError, ImportError):
    """A library that this rig needs is not installed."""

    cause = "package missing"


class Faults(UserError):
    """Several faults of one file, reported at once."""

    def __init__(self, faults: Iterable[str]) -> None:
        """`faults`: one line each, in file order."""
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class RigFaults(RigError):
    """Several faults of one rig, found when it was opened, reported at once."""

    def __init__(self, faults: Iterable[RigError]) -> None:
        """`faults`: one error per device, in the rig's order; their text becomes a tree."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults), cause=self.faults[0].cause, where=self.faults[0].where)
