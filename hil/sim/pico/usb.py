"""The Pico's end of USB: a pty that real pyserial opens, by a name that a real one would have.

A pty hands bytes from one side to the other in the kernel's own time. What is written here is therefore waited for, in
real time, until the other side can see it: simulated time never passes a byte on its way.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import termios
import tty
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

_ARRIVAL_S = 2.0
_ROOM = 4095  # N_TTY_BUF_SIZE - 1: what the kernel keeps for a reader
FIFO = 256
"""Bytes that the firmware's USB stack keeps while nobody has the port open (ports/rp2, CFG_TUD_CDC_TX_BUFSIZE)."""


def waiting(fd: int) -> int:
    """Bytes that a read would find."""
    return int(struct.unpack("I", fcntl.ioctl(fd, termios.FIONREAD, b"\0\0\0\0"))[0])


def arrive(fd: int, count: int) -> None:
    """Wait until `count` bytes, or as many as fit, can be read from `fd`."""
    give_up = monotonic() + _ARRIVAL_S
    while waiting(fd) < min(count, _ROOM) and monotonic() < give_up:
        select.select([fd], [], [], 0.0002) if not waiting(fd) else os.sched_yield()


class Port:
    """A plugged-in serial port at `link`."""

    def __init__(self, link: Path) -> None:
        """`link` is where a program opens it."""
        self.link = link
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        self.device = os.fstat(slave).st_rdev
        """Which open descriptors are this port's."""
        os.close(slave)
        os.set_blocking(self._master, False)
        self._kept = bytearray()
        fresh = link.with_suffix(".new")
        fresh.symlink_to(self.name)
        fresh.replace(link)

    @property
    def is_open(self) -> bool:
        """Whether any program has it open."""
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in poll.poll(0))

    def incoming(self) -> int:
        """Bytes from the program that wait here."""
        return waiting(self._master)

    def await_incoming(self, count: int) -> None:
        """Wait until so many bytes have come through."""
        arrive(self._master, count)

    def read(self) -> bytes:
        """What the program has written."""
        try:
            return os.read(self._master, 65536)
        except OSError:  # nothing there; or nobody has it open (EIO)
            return b""

    def write(self, data: bytes) -> None:
        """Send to the program; while nobody has the port open the latest bytes are kept for whoever opens it."""
        self._kept += data
        self.flush()

    def flush(self) -> bool:
        """Send what is kept, as far as there is room; whether anything went."""
        if not self._kept:
            return False
        if not self.is_open:
            del self._kept[:-FIFO]
            return False
        with self._slave() as slave:
            before = waiting(slave)
            piece = bytes(self._kept[: max(_ROOM - before, 0)])
            if not piece:
                return False
            sent = os.write(self._master, piece)
            del self._kept[:sent]
            arrive(slave, before + sent)
        return True

    @contextlib.contextmanager
    def _slave(self) -> Iterator[int]:
        """The program's end, opened for a moment to see what has arrived there."""
        fd = os.open(self.name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            yield fd
        finally:
            os.close(fd)

    def close(self) -> None:
        """Pull the plug: the name is gone, reads and writes fail."""
        self.link.unlink(missing_ok=True)
        os.close(self._master)
