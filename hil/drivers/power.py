"""Switching the supply of a host: by a command of this machine, or by a relay on another host's pin."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hil.errors import RigError

if TYPE_CHECKING:
    from hil.clock import Clock
    from hil.completed import Completed
    from hil.drivers.gpio import Gpio, RemoteGpio

SWITCH = "{on|off}"
"""Stands in a command where the word goes."""

OFF_S = 5.0
"""How long the supply stays off in a cycle, so that every capacitor is empty."""


class Power(Protocol):
    """What switches one host's supply."""

    def switch(self, *, on: bool) -> None:
        """On or off; RigError if that did not happen."""


@dataclass(frozen=True)
class CommandPower:
    """A command of the user's own."""

    host: str
    command: str
    """With `SWITCH` in it."""
    run: Callable[[Sequence[str]], Completed]
    """Runs it, on the machine the tests run on."""

    def switch(self, *, on: bool) -> None:
        """See `Power`; a status other than 0 is a RigError with what the command said."""
        text = self.command.replace(SWITCH, "on" if on else "off")
        done = self.run(shlex.split(text))
        if done.returncode:
            said = (done.stderr or done.stdout).strip() or "it said nothing"
            asked = f"{self.host}: its supply to be switched {'on' if on else 'off'}"
            raise RigError(asked, f"`{text}` ended with status {done.returncode}: {said}", "run it by hand", where=self.host, cause="power")


@dataclass(frozen=True)
class RelayPower:
    """A relay on a pin, closed while it is high."""

    host: str
    gpio: Gpio | RemoteGpio
    pin: str

    def switch(self, *, on: bool) -> None:
        """See `Power`."""
        self.gpio.level(self.pin, on)


def cycle(power: Power, clock: Clock, off_s: float = OFF_S) -> None:
    """Off, a while, on; on again even if the wait is broken off."""
    power.switch(on=False)
    try:
        clock.sleep(off_s)
    finally:
        power.switch(on=True)
