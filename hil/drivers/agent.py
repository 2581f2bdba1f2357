"""The agent: what a host's own process runs. It holds that host's devices and does what it is called for.

Calls of one thread of the controlling process are done one after the other, those of several side by side. Anything that
travels is plain data; errors arrive there as what they are here.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
from typing import Protocol

from hil.drivers.calls import Call, Channel, Message, packed, packed_error, unpacked
from hil.drivers.host import Host
from hil.drivers.served import Served
from hil.errors import UserError

CLOSE_LANE = 0
"""The lane of the one call that must not wait for others: leave everything safe."""

ALIVE_LANE = -1
"""The lane of what is no call: a sign of life of the controlling process."""

ALIVE_EVERY_S = 2.0
"""How often both ends of a connection say that they live."""

ABANDONED_S = 10.0
"""After so long without a word from the controlling process a Pi is left safe: a cut cable closes no channel for hours."""


class Tally(Protocol):
    """Counts what travels, for a simulated world that must not move while something is under way."""

    def came(self) -> None:
        """A call has come."""

    def ended(self) -> None:
        """No call will come any more."""

    def answered(self) -> None:
        """An answer was sent."""


class Agent:
    """Serves one controlling process until its channel ends."""

    def __init__(
        self,
        channel: Channel,
        host: Host,
        tally: Tally | None = None,
        alive_every_s: float | None = None,
        silence_s: float | None = None,
    ) -> None:
        """`alive_every_s`: a sign of life so often; `silence_s`: give up after so long without one; None where others watch over both."""
        self._channel, self._tally, self._silence_s = channel, tally, silence_s
        self._inbox: queue.SimpleQueue[tuple[int, int, bytes] | None] = queue.SimpleQueue()
        self._lanes: dict[int, queue.SimpleQueue[tuple[int, bytes]]] = {}
        self._current = threading.local()
        self._over = threading.Event()
        self.abandoned = False
        """Whether it ended because the controlling process had fallen silent."""
        self.served = Served(host, self._progress)
        channel.setcallback(self._received, endmarker=None)
        if alive_every_s is not None:
            threading.Thread(target=self._keep_alive, args=(alive_every_s,), name="sign of life", daemon=True).start()

    def _received(self, item: tuple[int, int, bytes] | None) -> None:
        self._inbox.put(item)
        if self._tally is None:
            return
        if item is None:
            self._tally.ended()
        else:
            self._tally.came()

    def _keep_alive(self, every_s: float) -> None:
        with contextlib.suppress(OSError):
            while not self._over.wait(every_s):
                self._send("alive", 0, b"")

    def serve(self) -> None:
        """Do what is asked for; whatever ends this, the host is left safe."""
        try:
            self.served.prepare()
            while True:
                item = self._inbox.get(timeout=self._silence_s)
                if item is None:
                    return
                if item[0] != ALIVE_LANE:
                    self._assign(*item)
        except queue.Empty:
            self.abandoned = True
            sys.stderr.write(f"not a word from the controlling process for {self._silence_s:g} s: this host is left safe\n")
        finally:
            self.served.close()
            self._over.set()

    def _assign(self, lane: int, number: int, data: bytes) -> None:
        if lane == CLOSE_LANE:
            self._do(number, data)
            return
        if lane not in self._lanes:
            self._lanes[lane] = queue.SimpleQueue()
            threading.Thread(target=self._work, args=(self._lanes[lane],), name=f"calls {lane}", daemon=True).start()
        self._lanes[lane].put((number, data))

    def _work(self, calls: queue.SimpleQueue[tuple[int, bytes]]) -> None:
        while True:
            with contextlib.suppress(OSError):  # nobody is there any more to whom it could be answered
                self._do(*calls.get())

    def _do(self, number: int, data: bytes) -> None:
        self._current.number = number
        try:
            kind, content = "value", packed(self.served.perform(_call(data)))
        except Exception as error:  # it is raised where the call came from
            kind, content = "error", packed_error(error, self.served.host.name)
        self._send(kind, number, content)

    def _progress(self, what: str, done: int, of: int, elapsed_s: float, expected_s: float) -> None:
        number = getattr(self._current, "number", None)
        if number is not None:
            self._send("progress", number, packed((what, done, of, elapsed_s, expected_s)))

    def _send(self, kind: str, number: int, content: bytes) -> None:
        message: Message = (kind, number, content)
        if self._tally is not None:
            self._tally.answered()
        self._channel.send(message)


def _call(data: bytes) -> Call:
    try:
        call: Call = unpacked(data)
    except (ImportError, AttributeError) as missing:
        hint = "what reduces frames there must be a function or class of a module that the host can import"
        raise UserError("a host process cannot read what it is asked", str(missing), hint) from missing
    return call


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def serve(
    channel: Channel, host: Host, *, tally: Tally | None = None, alive_every_s: float | None = None, silence_s: float | None = None
) -> None:
    """The whole life of a host process. See `Agent`."""
    # Ctrl-C reaches every process of the terminal: the controlling one says what is to be done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if tally is None:
        signal.signal(signal.SIGTERM, _leave)  # in the twin there is nothing that could be left unsafe
    agent = Agent(channel, host, tally, alive_every_s, silence_s)
    agent.serve()
    if agent.abandoned:
        os._exit(1)  # execnet would wait for more, for as long as the connection looks open
