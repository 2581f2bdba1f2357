"""A host in another process, on this machine or over ssh: the same protocols as a local one, by calls to its agent.

Whoever waits for an answer waits on the rig's clock. A host process that ends ends all waits for it at once, with a RigError
that names it; over ssh, one that gives no sign of life for `SILENCE_S` does too. Over there they hear that we live.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from hil.completed import Completed
from hil.drivers.agent import ALIVE_LANE, CLOSE_LANE
from hil.drivers.calls import Call, Channel, Message, answer, packed
from hil.drivers.camera import Progress
from hil.errors import HilError, RigError

T = TypeVar("T")

SILENCE_S = 7.0
"""After so long without a word from an agent over ssh it is given up, at the latest `SILENCE_S` / `LOOKS` after that."""

LOOKS = 4
"""How often in that time it is looked whether a word has come."""


class Counter(Protocol):
    """Counts what travels, for a simulated world that must not move while something is under way."""

    def called(self, name: str) -> None:
        """A call was sent to that host."""

    def heard(self, name: str) -> None:
        """An answer of that host has come."""

    def gone(self, name: str) -> None:
        """Nothing more will come from that host."""


@dataclass
class _Pending:
    """A call under way."""

    progress: Progress | None
    done: threading.Event = field(default_factory=threading.Event)
    said: list[Message] = field(default_factory=list)


class RemoteClock:
    """CLOCK_MONOTONIC of a host in another process; reading it is a call."""

    def __init__(self, host: RemoteHost) -> None:
        """Of `host`."""
        self._host = host

    def now_ns(self) -> int:
        """What it shows, in ns."""
        shown: int = self._host.call("clock", "now_ns")
        return shown

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass on it."""
        self._host.call("clock", "sleep", seconds)


class RemoteHost:
    """A Pi whose devices are in a process of their own."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        *,
        counter: Counter | None = None,
        alive_every_s: float | None = None,
        silence_s: float | None = None,
        why: Callable[[], RigError | None] = lambda: None,
    ) -> None:
        """`channel`: to its agent; `why`: of its end.

        `alive_every_s`: it is told so often that we live; `silence_s`: given up after so long without a word; None where a world watches.
        """
        self.name, self.clock = name, RemoteClock(self)
        self._channel, self._counter, self._silence_s, self._why = channel, counter, silence_s, why
        self._numbers = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._heard = 0
        self._over = threading.Event()
        self._ended: RigError | None = None
        channel.setcallback(self._received, endmarker=None)
        if alive_every_s is not None:
            threading.Thread(target=self._keep_alive, args=(alive_every_s,), name=f"sign of life to {name}", daemon=True).start()

    def _keep_alive(self, every_s: float) -> None:
        with contextlib.suppress(OSError):
            while not self._over.wait(every_s):
                self._channel.send((ALIVE_LANE, 0, b""))

    @property
    def root(self) -> Path:
        """Where its file system begins, there."""
        root: Path = self.value("host", "root")
        return root

    def run(self, argv: Sequence[str]) -> Completed:
        """Run a command there to its end."""
        done: Completed = self.call("host", "run", list(argv))
        return done

    # -- calls --------------------------------------------------------------------------------------------------------

    def call(self, target: str, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of one of its agent's objects and wait for what it returns; its error is raised here."""
        return self._ask(Call(target, name, args, kwargs), threading.get_ident())

    def value(self, target: str, name: str) -> Any:
        """An attribute of one of its agent's objects."""
        return self._ask(Call(target, name), threading.get_ident())

    def perform(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Have a function of the drivers, whose first argument is a host, done where the host is."""
        return cast(T, self._ask(Call("", f"{function.__module__}:{function.__qualname__}", args, kwargs), threading.get_ident()))

    def leave_safe(self) -> list[str]:
        """Close everything there, also while other calls are under way; what was done, in words."""
        done: list[str] = self._ask(Call("", "close", (), {}), CLOSE_LANE)
        return done

    def with_progress(self, progress: Progress | None, target: str, name: str, *args: Any, **kwargs: Any) -> Any:
        """As `call`, told about its progress."""
        return self._ask(Call(target, name, args, kwargs), threading.get_ident(), progress)

    def _ask(self, call: Call, lane: int, progress: Progress | None = None) -> Any:
        number, pending = next(self._numbers), _Pending(progress)
        data = packed(call)
        self._pending[number] = pending
        try:
            self.check()
            self._send((lane, number, data))
            return self._await(call, pending)
        finally:
            del self._pending[number]

    def _send(self, item: tuple[int, int, bytes]) -> None:
        try:
            self._channel.send(item)
        except OSError:
            self.end()
            self.check()
        if self._counter is not None:
            self._counter.called(self.name)

    def _await(self, call: Call, pending: _Pending) -> Any:
        heard, silent = self._heard, 0
        while True:
            if pending.done.wait(None if self._silence_s is None else self._silence_s / LOOKS):
                pending.done.clear()
                while pending.said:
                    kind, _, content = pending.said.pop(0)
                    if kind == "value":
                        return answer(content)
                    if kind == "error":
                        raise self._error(content)
                    if pending.progress is not None:
                        pending.progress(*answer(content))
            silent = silent + 1 if heard == self._heard else 0
            heard = self._heard
            if silent == LOOKS:
                self.end(self._silent(call))
            self.check()

    def _error(self, content: bytes) -> BaseException:
        error: BaseException = answer(content)
        if isinstance(error, RigError) and not error.where:
            error.where = self.name
        return error if isinstance(error, (HilError, ValueError)) else RigError(f"{self.name}: {error}", where=self.name)

    # -- what its agent says, by a thread that only receives ----------------------------------------------------------

    def _received(self, message: Message | None) -> None:
        if message is None:
            self.end()
            return
        self._heard += 1
        pending = self._pending.get(message[1])
        if pending is not None:
            pending.said.append(message)
            pending.done.set()
        if self._counter is not None:
            self._counter.heard(self.name)

    @property
    def ended(self) -> RigError | None:
        """Why it is gone; None while it is there."""
        return self._ended

    def check(self) -> None:
        """RigError if it is gone."""
        if self._ended is not None:
            raise self._ended

    def end(self, error: RigError | None = None) -> None:
        """Nothing more will come from there: `error` says why, to everybody who waits or will call; None: it is gone."""
        if self._ended is None:
            self._ended = error or self._why() or self._gone()
            self._over.set()
            if self._counter is not None:
                self._counter.gone(self.name)
        for pending in list(self._pending.values()):
            pending.done.set()

    def _gone(self) -> RigError:
        said = "its process ended, or the connection to it did"
        return RigError(f"host {self.name} is gone", said, "look at it", where=self.name, cause="host process ended")

    def _silent(self, call: Call) -> RigError:
        asked = f"host {self.name} should have answered: {call.target} {call.name}"
        said = f"not a word for {self._silence_s:g} s"
        return RigError(asked, said, "is it up, and on the network?", where=self.name, cause="host does not answer")
