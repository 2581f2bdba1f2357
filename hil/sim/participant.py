"""Who takes part in the simulated world, and the ways in which its waiting can go wrong."""

from __future__ import annotations

import _thread
from collections.abc import Callable

from hil.errors import RigError


class SimDeadlock(RigError):
    """Everybody waits and nothing is due: on a real rig the program would hang."""

    cause = "deadlock"


class SimStuck(RigError):
    """A participant has computed for so long, without waiting once, that the others gave up on it."""

    cause = "stuck"


class WorldEnded(SystemExit):
    """The simulated world is over, and with it this thread, which only that world could have let go on."""


def always() -> bool:
    """The predicate of somebody who only waits for a turn."""
    return True


class Participant:
    """One thread of the simulated world: it runs, or is parked with what it waits for and until when, or is outside.

    `service` threads (a camera's event loop) act only when there is something to do: time does not move for them alone.
    """

    __slots__ = (
        *("beats", "deadline_ns", "gate", "ident", "name", "native_id"),
        *("outcome", "outside", "patient", "predicate", "service", "what"),
    )

    def __init__(self, name: str, *, service: bool = False) -> None:
        """`name` appears in messages; `ident` and `native_id` are known once the thread runs."""
        self.name, self.service = name, service
        self.ident = self.native_id = 0
        self.gate = _thread.allocate_lock()
        self.gate.acquire()
        self.predicate: Callable[[], object] = always
        self.deadline_ns: int | None = None
        self.what = "its turn"
        self.outcome: bool | BaseException | None = None
        self.outside = self.patient = False
        self.beats = 0

    def park(self, predicate: Callable[[], object], deadline_ns: int | None, what: str) -> None:
        """Write down what is waited for, until when (true time in ns), and how a message should call it."""
        self.predicate, self.deadline_ns, self.what = predicate, deadline_ns, what

    def describe(self, where: str) -> str:
        """One line for a message: who waits where for what, until when."""
        until = "with no deadline" if self.deadline_ns is None else f"until {self.deadline_ns / 1e9:.6f} s"
        return f"{self.name} waits for {self.what} {until}{where}"
