"""Waiting for file descriptors: `select.select` and the selectors, asyncio's event loop among them.

Descriptors of the simulated camera stack (its eventfd, picamera2's pipes) and an event loop's own wake-up socket become
ready by what happens in the world. Any other may be ready when the real world likes: then time keeps pace with it.
"""

from __future__ import annotations

import os
import select
import selectors
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from hil.sim.edge.callers import lives_outside
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.threads import Threads

_WHY = "programs with an event loop of their own wait in it, and time must pass meanwhile"
SELECTORS = ("SelectSelector", "PollSelector", "EpollSelector")
SEAMS = (
    Seam("select:select", "looks, and parks", _WHY),
    *(Seam(f"selectors:{name}.select", "looks, and parks", _WHY, ("self", "timeout")) for name in SELECTORS),
)


class Polling:
    """How simulated programs wait for file descriptors."""

    def __init__(self, threads: Threads) -> None:
        """`pipes`: inodes of pipes that only the simulated camera stack writes to."""
        self._threads = threads
        self.pipes: set[int] = set()

    def is_ours(self, fd: int) -> bool:
        """Whether only something simulated can make this descriptor ready."""
        status = os.fstat(fd)
        if stat.S_ISFIFO(status.st_mode):
            return status.st_ino in self.pipes
        return stat.S_IFMT(status.st_mode) == 0 and str(Path(f"/proc/self/fd/{fd}").readlink()) == "anon_inode:[eventfd]"

    def wait(self, look: Callable[[], Any], nothing: Any, timeout: float | None, fds: Iterable[int]) -> Any:
        """What `look()` finds, as soon as it finds anything; `nothing` after the timeout."""
        found: list[Any] = []

        def look_once() -> bool:
            answer = look()
            if any(answer):
                found.append(answer)
            return bool(found)

        foreign = any(not self.is_ours(fd) for fd in fds)
        deadline_ns = None if timeout is None else self._threads.host.deadline(max(timeout, 0.0))
        self._threads.executive.wait(look_once, deadline_ns, "a file descriptor", paced=foreign)
        return found[0] if found else nothing

    def parks(self, frame: Any, timeout: float | None) -> bool:
        """Whether a wait of this caller with this timeout may let time pass."""
        blocks = timeout is None or timeout > 0
        return blocks and not self._threads.host.in_child and not lives_outside(frame) and self._threads.takes_part()


def _numbers(fileobjs: Iterable[Any]) -> list[int]:
    return [one if isinstance(one, int) else one.fileno() for one in fileobjs]


def _foreign_keys(keys: Iterable[selectors.SelectorKey]) -> list[int]:
    """The descriptors but for an asyncio loop's own wake-up socket."""
    return [key.fd for key in keys if not _wakes_asyncio(key.data)]


def _wakes_asyncio(data: Any) -> bool:
    handle = data[0] if isinstance(data, tuple) and data else None
    return getattr(getattr(handle, "_callback", None), "__name__", "") == "_read_from_self"


def install(threads: Threads, patches: Patches) -> Polling:
    """Let waits for file descriptors park in the world."""
    polling = Polling(threads)
    _install_select(polling, patches)
    for name in SELECTORS:
        _install_selector(getattr(selectors, name), polling, patches)
    return polling


def _install_select(polling: Polling, patches: Patches) -> None:
    real = select.select

    def select_in_world(rlist: Sequence[Any], wlist: Sequence[Any], xlist: Sequence[Any], timeout: float | None = None) -> Any:
        if not polling.parks(sys._getframe(1), timeout):  # noqa: SLF001
            return real(rlist, wlist, xlist, timeout)
        fds = _numbers([*rlist, *wlist, *xlist])
        return polling.wait(lambda: real(rlist, wlist, xlist, 0), ([], [], []), timeout, fds)

    patches.attribute(select, "select", select_in_world)


def _install_selector(kind: Any, polling: Polling, patches: Patches) -> None:
    real = kind.select

    def select_in_world(self: Any, timeout: float | None = None) -> Any:
        if not polling.parks(sys._getframe(1), timeout):  # noqa: SLF001
            return real(self, timeout)
        return polling.wait(lambda: real(self, 0), [], timeout, _foreign_keys(self.get_map().values()))

    patches.attribute(kind, "select", select_in_world)
