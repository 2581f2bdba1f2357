"""`signal.alarm` and the real-time timer of `signal.setitimer` on the simulated host's clock.

SIGALRM comes when the time is up in the world: a program that gives itself ten seconds gets ten seconds of frames.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
from typing import Any

from hil.sim.edge.callers import lives_outside
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.threads import Threads
from hil.sim.world import NS, Event, World

_WHY = "SIGALRM comes when the time is up in the world"
SEAMS = (
    Seam("signal:alarm", "an event of the world", _WHY),
    Seam("signal:setitimer", "the same for ITIMER_REAL", _WHY),
    Seam("signal:getitimer", "the same for ITIMER_REAL", _WHY),
)


class Alarm:
    """The one real-time timer that a process has: `alarm` and ITIMER_REAL are the same (setitimer(2))."""

    def __init__(self, world: World, threads: Threads) -> None:
        """It is not set."""
        self._world, self._threads = world, threads
        self._event: Event | None = None
        self._every_s = 0.0
        self.rung = 0

    def lives_here(self, frame: Any) -> bool:
        """Whether the caller's timers are of the world."""
        return not self._threads.host.in_child and not lives_outside(frame)

    def left(self) -> tuple[float, float]:
        """Seconds until it rings, and between its later rings; 0 for never."""
        if self._event is None:
            return 0.0, 0.0
        return (self._event.t_ns - self._world.now_ns) / NS, self._every_s

    def set(self, seconds: float, every_s: float = 0.0) -> tuple[float, float]:
        """Let it ring in `seconds` (0: not at all) and then every `every_s`; returns what was left."""
        before = self.left()
        if self._event is not None:
            self._world.cancel(self._event)
        self._event, self._every_s = None, every_s
        if seconds > 0:
            self._event = self._world.at(self._threads.host.deadline(seconds), self._ring)
        return before

    def await_ring(self) -> bool:
        """Let time pass until it rings, and say True; False if it is not set."""
        if self._event is None:
            return False
        rung = self.rung
        return self._threads.wait(lambda: self.rung > rung, None, "SIGALRM")

    def _ring(self) -> None:
        self._event = None
        self.rung += 1
        if self._every_s > 0:
            self.set(self._every_s, self._every_s)
        executive, ident = self._threads.executive, threading.main_thread().ident or 0
        main = executive.members.get(ident)
        if main is None or main.outside:
            signal.pthread_kill(ident, signal.SIGALRM)
        else:  # Python calls handlers in the main thread: it does so in its turn, at this very instant
            executive.called = main, lambda: signal.raise_signal(signal.SIGALRM)


def install(world: World, threads: Threads, patches: Patches) -> Alarm:
    """Put the world's timer behind the names of `signal`."""
    clock = Alarm(world, threads)
    real_alarm, real_set, real_get = signal.alarm, signal.setitimer, signal.getitimer

    def alarm(seconds: int, /) -> int:
        if not clock.lives_here(sys._getframe(1)) or not isinstance(seconds, int) or seconds < 0:  # noqa: SLF001
            return real_alarm(seconds)
        return math.ceil(clock.set(seconds)[0])

    def setitimer(which: int, seconds: float, interval: float = 0.0, /) -> tuple[float, float]:
        sane = which == signal.ITIMER_REAL and 0 <= seconds < 1e12 and 0 <= interval < 1e12
        return clock.set(seconds, interval) if sane and clock.lives_here(sys._getframe(1)) else real_set(which, seconds, interval)  # noqa: SLF001

    def getitimer(which: int, /) -> tuple[float, float]:
        ours = which == signal.ITIMER_REAL and clock.lives_here(sys._getframe(1))  # noqa: SLF001
        return clock.left() if ours else real_get(which)

    for function in (alarm, setitimer, getitimer):
        patches.attribute(signal, function.__name__, function)
    return clock
