"""Threads, locks and queues of simulated programs: whoever would block parks in the world instead.

All of `threading` and `queue` and the futures come down to three things: locks, `SimpleQueue`, and a thread's own end.
Locks made during a run are Python objects around real ones: free, they cost 0.1 us more; contended, the world goes on.
"""

from __future__ import annotations

import _thread
import queue
import sys
import threading
import time
from _thread import get_ident
from collections.abc import Callable
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from hil.sim.edge.callers import starts_outside, waits_outside
from hil.sim.edge.hosttime import HostTime
from hil.sim.edge.patches import Patches, Seam
from hil.sim.executive import Executive
from hil.sim.participant import Participant

_AUTO = "a thread that a simulated program starts takes part in the world"
SEAMS = (
    Seam("threading:Lock", "a lock whose wait lets the world go on", "its holder may be asleep in simulated time"),
    Seam("threading:RLock", "likewise", "likewise"),
    Seam("threading:_allocate_lock", "likewise", "every Condition.wait makes one"),
    Seam("threading:_time", "the simulated host's clock", "timeouts of conditions, semaphores and barriers"),
    Seam("threading:_threading_atexits", "waits for non-daemon threads first", "they need the world to end"),
    Seam("threading:Thread.start", "enrols the thread", _AUTO, ("self",)),
    Seam("threading:Thread.join", "parks", _AUTO, ("self", "timeout")),
    Seam("threading:Thread.is_alive", "False as soon as the thread's work is done", "no race with the thread's last steps", ("self",)),
    Seam("threading:Thread._bootstrap_inner", "leaves the world at the end", _AUTO, ("self",)),
    Seam("queue:SimpleQueue", "Python's own version of it", "the C version blocks where nobody can see it"),
    Seam("queue:time", "the simulated host's clock", "timeouts of queues"),
)

_real_monotonic = time.monotonic
_run: Threads | None = None


def _waiting_run(frame: FrameType) -> Threads | None:
    """The run in whose world the caller of `frame` has to wait, or None if it waits for real."""
    run = _run
    if run is None or run.host.in_child or get_ident() in run.starting or get_ident() in run.executive.foreign:
        return None
    return None if waits_outside(frame) else run


class Lock:
    """A `threading.Lock` whose contended acquire parks in the world."""

    # `with` finds `__exit__` in the class, there a slot, and so calls the real lock's own: the free half costs nothing.
    __slots__ = ("__exit__", "__weakref__", "_real", "locked", "release")

    def __init__(self) -> None:
        """Unlocked."""
        self._real = real = _thread.allocate_lock()
        self.release, self.locked, self.__exit__ = real.release, real.locked, real.__exit__

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As `threading.Lock.acquire`; `timeout` in s on the host's clock."""
        if self._real.acquire(False):
            if blocking and timeout == -1:
                return True
            return self._checked(blocking, timeout)
        if not blocking:
            return self._real.acquire(blocking, timeout)
        run = _waiting_run(sys._getframe(1))  # noqa: SLF001
        if run is None or (timeout < 0 and timeout != -1):
            return self._real.acquire(blocking, timeout)
        return run.wait(lambda: self._real.acquire(False), timeout, "a lock")

    def _checked(self, blocking: bool, timeout: float) -> bool:
        """Refuse impossible arguments as the real lock does (which is taken already)."""
        if timeout != -1 and (not blocking or timeout < 0):
            self._real.release()
            return self._real.acquire(blocking, timeout)
        return True

    def __enter__(self) -> bool:
        if not self._real.acquire(False):
            self.acquire()
        return True

    def _at_fork_reinit(self) -> None:
        self._real._at_fork_reinit()  # type: ignore[attr-defined]  # noqa: SLF001

    def __repr__(self) -> str:
        return repr(self._real)


class RLock(_thread.RLock):  # type: ignore[misc]  # typeshed calls it final; it is not
    """A `threading.RLock` whose contended acquire parks in the world."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As `threading.RLock.acquire`; `timeout` in s on the host's clock."""
        if (blocking and timeout == -1 and super().acquire(False)) or not blocking:
            return blocking or super().acquire(blocking, timeout)
        run = _waiting_run(sys._getframe(1))  # noqa: SLF001
        if run is None or (timeout < 0 and timeout != -1):
            return super().acquire(blocking, timeout)
        # Only the waiting thread itself can become the owner: wait for it to be free, then try.
        deadline = run.deadline(timeout)
        while not super().acquire(False):
            if not run.executive.wait(self._is_free, deadline, "a lock"):
                return False
        return True

    __enter__ = acquire

    def _acquire_restore(self, state: Any) -> None:
        """The end of a Condition.wait: the lock may be held by somebody asleep."""
        if not super()._is_owned():  # type: ignore[misc]
            self.acquire()
            super().release()  # nobody else runs before the next line takes it again
        super()._acquire_restore(state)  # type: ignore[misc]

    def _is_free(self) -> bool:
        return repr(self).startswith("<unlocked")  # the C type says it nowhere else before Python 3.14


class Threads:
    """Starting, joining and ending of threads in one simulated run."""

    def __init__(self, executive: Executive, host: HostTime) -> None:
        """`host` gives the clock that timeouts are measured on."""
        self.executive, self.host = executive, host
        self.starting: set[int] = set()
        self.participants: WeakKeyDictionary[threading.Thread, Participant] = WeakKeyDictionary()
        self.gone: set[Participant] = set()

    def deadline(self, timeout: float | None) -> int | None:
        """True time at which a timeout of `timeout` s ends; none for None and for -1."""
        return None if timeout is None or timeout == -1 else self.host.deadline(timeout)

    def wait(self, predicate: Callable[[], object], timeout: float | None, what: str) -> bool:
        """Park until `predicate()` or the timeout."""
        return self.executive.wait(predicate, self.deadline(timeout), what)

    def takes_part(self) -> bool:
        """Whether the calling thread waits in the world, not in real time."""
        return get_ident() not in self.executive.foreign

    def serve(self) -> None:
        """The calling thread acts only when called: time does not move for it alone."""
        self.participants[threading.current_thread()].service = True

    # -- a thread's life

    def start(self, thread: threading.Thread, start: Callable[[threading.Thread], None], enrol: bool) -> None:
        """Start a thread that takes part (or, `enrol` false, one that lives in real time)."""
        me = self.executive.enrol(thread.name) if enrol else None
        self._when_started(thread, me)
        self.starting.add(get_ident())
        try:
            start(thread)
        except BaseException:
            if me is not None:
                self.executive.withdraw(me)
            raise
        finally:
            self.starting.discard(get_ident())

    def _when_started(self, thread: threading.Thread, me: Participant | None) -> None:
        """The new thread's first own act, setting its `_started` event, is where it takes its place in the world."""
        started: Any = thread._started  # type: ignore[attr-defined]  # noqa: SLF001
        if me is not None:
            self.participants[thread] = me

        def set_and_begin() -> None:
            del started.set
            self.starting.add(get_ident())  # whoever starts it may be inside the event's lock at this moment, and waits for real
            started.set()
            self.starting.discard(get_ident())
            if me is None:
                self.executive.foreign.add(get_ident())
            else:
                self.executive.begin(me)

        started.set = set_and_begin

    def end(self, thread: threading.Thread) -> None:
        """The thread's work is done."""
        me = self.participants.get(thread)
        if me is not None:
            self.gone.add(me)
        self.executive.foreign.discard(get_ident())
        self.executive.leave()

    def has_ended(self, thread: threading.Thread) -> bool:
        """Whether the thread took part and its work is done."""
        return self.participants.get(thread) in self.gone

    def finish(self) -> None:
        """At exit, as Python does: wait for all threads that are no daemons."""
        if not self.host.in_child:
            with self.executive.patience():
                self.executive.wait(self._only_daemons, None, "the other threads to end")

    def _only_daemons(self) -> bool:
        return all(thread.daemon or me in self.gone for thread, me in list(self.participants.items()))


def _own_clock(executive: Executive, host: HostTime) -> Callable[[], float]:
    """The clock for timeouts inside `threading` and `queue`: the waiting program's."""

    def now() -> float:
        if host.in_child or get_ident() in executive.foreign or waits_outside(sys._getframe(1)):  # noqa: SLF001
            return _real_monotonic()
        return host.now_ns() / 1e9

    return now


def install(executive: Executive, host: HostTime, patches: Patches) -> Threads:
    """Let programs' threads take part in the world."""
    global _run  # noqa: PLW0603 - locks outlive runs and must know whether there is one
    _run = run = Threads(executive, host)
    patches.call(_forget)
    _install_thread(run, patches)
    patches.attribute(threading, "Lock", Lock)
    patches.attribute(threading, "_allocate_lock", Lock)
    patches.attribute(threading, "RLock", RLock)
    patches.attribute(threading, "_time", _own_clock(executive, host))
    patches.attribute(queue, "time", _own_clock(executive, host))
    patches.attribute(queue, "SimpleQueue", queue._PySimpleQueue)  # type: ignore[attr-defined]  # noqa: SLF001
    exits: list[Callable[[], None]] = threading._threading_atexits  # type: ignore[attr-defined]  # noqa: SLF001
    exits.insert(0, run.finish)  # called in reverse: after the executors have told their workers to end
    patches.call(lambda: exits.remove(run.finish))
    return run


def _forget() -> None:
    global _run  # noqa: PLW0603
    _run = None


def _install_thread(run: Threads, patches: Patches) -> None:
    thread_class = threading.Thread
    real_start, real_join, real_alive = thread_class.start, thread_class.join, thread_class.is_alive
    real_bootstrap: Callable[[threading.Thread], None] = thread_class._bootstrap_inner  # type: ignore[attr-defined]  # noqa: SLF001

    def start(self: threading.Thread) -> None:
        if run.host.in_child or self._started.is_set():  # type: ignore[attr-defined]
            return real_start(self)
        outside = starts_outside(sys._getframe(1)) or get_ident() in run.executive.foreign  # noqa: SLF001
        return run.start(self, real_start, enrol=not outside)

    def join(self: threading.Thread, timeout: float | None = None) -> None:
        known = self in run.participants and self is not threading.current_thread() and not run.host.in_child
        if not known or get_ident() in run.executive.foreign:
            return real_join(self, timeout)
        if run.wait(lambda: run.has_ended(self), None if timeout is None else max(timeout, 0.0), f"thread {self.name} to end"):
            real_join(self)
        return None

    def is_alive(self: threading.Thread) -> bool:
        if run.has_ended(self) and self is not threading.current_thread():
            real_join(self)
        return real_alive(self)

    def bootstrap_inner(self: threading.Thread) -> None:
        try:
            real_bootstrap(self)
        finally:
            run.end(self)

    patches.attribute(thread_class, "start", start)
    patches.attribute(thread_class, "join", join)
    patches.attribute(thread_class, "is_alive", is_alive)
    patches.attribute(thread_class, "_bootstrap_inner", bootstrap_inner)
