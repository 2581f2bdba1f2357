"""From a rig to the steps that build it, as data: what is done, what is to be minded, and what must be true before the next one.

Nothing is asked or opened here. `hil.setup.walk` goes through them with a person at the bench; `hil new --from` prints them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from hil.rig import Rig
from hil.rig.tasks import Edit, Fitted, Plug, Power, Reboot, Solder
from hil.setup.readings import Reading

Act = Power | Reboot | Edit | Solder | Plug
"""What is done to the bench that later steps rely on."""


@dataclass(frozen=True, slots=True)
class Board:
    """What must be seen on a camera's board."""

    of: Fitted
    is_: str
    options: tuple[str, ...]
    amiss: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The host answers."""

    host: str


@dataclass(frozen=True, slots=True)
class Written:
    """config.txt of the host asks for these overlays."""

    host: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Booted:
    """The host was booted with the overlays of its cameras: the roles are those of the rig file."""

    host: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Every camera and Pico of the rig is there, and is what the rig file says."""


@dataclass(frozen=True, slots=True)
class Levels:
    """An ADC reads the levels of this net in both its states."""

    net: str


@dataclass(frozen=True, slots=True)
class Follows:
    """What one pin drives, others read."""

    drive: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lights:
    """The LED is lit while its pin drives, and dark else."""

    drive: str
    led: str


@dataclass(frozen=True, slots=True)
class FirstFrames:
    """The first frames: "free" of one camera by itself, "pair" of source and sink, "trigger" of cameras on one pulse."""

    how: str
    cameras: tuple[str, ...]


Check = Reading | Board | Reached | Written | Booted | Answers | Levels | Follows | Lights | FirstFrames
"""What must be true before the next step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    id: str
    """Stable within a rig: "solder XVS"."""
    title: str
    do: tuple[str, ...] = ()
    """In full, a sentence each."""
    mind: tuple[str, ...] = ()
    """Warnings, where they matter."""
    act: Act | None = None
    """What it does to the bench."""
    checks: tuple[Check, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with what is to be done, so that a changed rig is not taken for built."""
        return hashlib.sha256(repr((self.id, self.do, self.act)).encode()).hexdigest()[:16]


def steps(rig: Rig) -> tuple[Step, ...]:
    """All of them, in order."""
    from hil.setup import bring_up, build

    return (*build.steps(rig), *bring_up.steps(rig))
