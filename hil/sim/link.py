"""One virtual world in several processes: the hub owns true time, every spoke goes as far as the hub lets it.

The hub is the world of the controlling process; its agenda has one event for each spoke, at the instant at which something is
next due there. That event is a grant: the spoke lets everything happen that is due up to and including `upto_ns`, which is
before anything is due anywhere else, and reports when the next thing would be. A spoke that tells the others something, or
answers a call of the controlling process, reports at once, so that whoever it concerns hears it before anything later happens.

Calls themselves travel elsewhere. Both ends count them: whoever is told of a call or an answer that has not come yet waits for
it, in real time, before it goes on. So nothing depends on which process is quicker.
"""

from __future__ import annotations

import _thread
import contextlib
import marshal
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from select import POLLIN
from select import poll as _poll
from typing import Any

from hil.sim.exchange import Told

STUCK_AFTER_S = 30.0
"""Real time after which a process that does not report is given up."""

LINK = "link"
"""Name of the socket at which the hub listens, in the twin's folder."""

AT_ONCE_MS = 1000
"""Real time for the kernel to end a process whose connections it has closed."""

FAR_NS = 1 << 62
"""Later than anything: 146 years."""

_LENGTH = struct.Struct("=I")
_CREDENTIALS = struct.Struct("=iII")
_CHUNK = 1 << 16


class LinkEnded(Exception):
    """The process at the other end is gone."""


@dataclass(frozen=True, slots=True)
class Grant:
    """From the hub to a spoke."""

    now_ns: int
    """True time; what was told, and calls, happen at this instant."""
    upto_ns: int
    """The spoke may let happen whatever is due up to this instant and at it."""
    calls: int
    """Calls sent to it so far."""
    told: list[Told]
    """By other processes, in order."""


@dataclass(frozen=True, slots=True)
class Report:
    """From a spoke to the hub."""

    now_ns: int
    """How far its time has come."""
    due_ns: int | None
    """When something is next due there."""
    replies: int
    """Answers that it sent so far."""
    told: list[Told]
    """To all other processes, at `now_ns`."""


class Connection:
    """One end of a stream of messages: tuples of numbers, text and bytes."""

    def __init__(self, sock: socket.socket) -> None:
        """`sock`: a connected stream socket."""
        self._socket = sock
        self._received = bytearray()

    @classmethod
    def to(cls, path: Path) -> Connection:
        """Connected to the hub that listens at `path`."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.connect(str(path))
        return cls(sock)

    def send(self, *fields: Any) -> None:
        """Send one message. LinkEnded if nobody is there any more."""
        data = marshal.dumps(fields)
        try:
            self._socket.sendall(_LENGTH.pack(len(data)) + data)
        except OSError as gone:
            raise LinkEnded from gone

    def receive(self, timeout_s: float | None = None) -> tuple[Any, ...]:
        """The next message. LinkEnded if none will come; TimeoutError after `timeout_s` of real time."""
        received = self._received
        wanted = _LENGTH.size
        while True:
            if len(received) >= wanted:
                if wanted > _LENGTH.size:
                    break
                wanted += _LENGTH.unpack_from(received)[0]
                continue
            self._more(timeout_s)
        message: tuple[Any, ...] = marshal.loads(memoryview(received)[_LENGTH.size : wanted])
        del received[:wanted]
        return message

    def _more(self, timeout_s: float | None) -> None:
        self._socket.settimeout(timeout_s)
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            raise
        except OSError as gone:
            raise LinkEnded from gone
        if not data:
            raise LinkEnded
        self._received += data

    def watch_peer(self) -> Callable[[], bool]:
        """What tells whether the process at the other end has ended, however it did, or does so at once: its ends close first."""
        pid, _, _ = _CREDENTIALS.unpack(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        ended = _poll()
        ended.register(os.pidfd_open(pid), POLLIN)  # pidfd_open(2): readable when the process has ended
        return lambda: bool(ended.poll(AT_ONCE_MS))

    def abort(self) -> None:
        """Let whoever receives here, in another thread, find that nothing more comes."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close this end; the other end finds out."""
        self._socket.close()


class Count:
    """How many messages have come, counted by a thread of the real world."""

    def __init__(self) -> None:
        """None yet."""
        self.come = 0
        self._over = False
        self._bell = _thread.allocate_lock()
        self._bell.acquire()

    def one_more(self) -> None:
        """Called after a message has been put where it is looked for."""
        self.come += 1
        self._ring()

    def no_more(self) -> None:
        """Called when none will come any more."""
        self._over = True
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(RuntimeError):  # rung already, and not heard yet
            self._bell.release()

    def await_all(self, expected: int, timeout_s: float) -> bool:
        """Wait in real time until so many have come; False if they do not."""
        while self.come < expected:
            if self._over or not self._bell.acquire(timeout=timeout_s):
                return self.come >= expected
        return True
