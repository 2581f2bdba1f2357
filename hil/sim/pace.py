"""Keeping pace: while somebody waits for the real world, simulated time does not run ahead of real time.

With `supervision`, the one place of the simulation that reads real time; no result of a simulated run depends on it
unless the program itself talks to the real world.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic_ns, sleep

from hil.sim.agenda import Agenda
from hil.sim.participant import WorldEnded

SLICE_S = 0.002  # how often a wait for the real world looks again; a frame at 120 Hz is four of these
IDLE_SLICE_S = 0.05  # the same of a world that is over
SLACK_NS = 250_000_000  # a simulation that is slower than reality lags, and does not race to catch up more than this


class Pace:
    """How far simulated time may go, as long as anybody keeps it (`kept_by`)."""

    def __init__(self, agenda: Agenda) -> None:
        """Nobody keeps pace at first: time leaps."""
        self._agenda = agenda
        self.kept_by = 0
        self.over = self.exits = False
        """Whether the world is over, and whether the process is about to end."""
        self._lead_ns = 0
        self._idle: tuple[object, int] | None = None
        self._mutex = _thread.allocate_lock()
        self._bell = _thread.allocate_lock()
        self._bell.acquire()

    def keep(self) -> None:
        """One more reason to keep pace with real time."""
        with self._mutex:
            if not self.kept_by:
                self._lead_ns = self._agenda.now_ns - monotonic_ns()
            self.kept_by += 1

    def release(self) -> None:
        """One reason less."""
        with self._mutex:
            self.kept_by -= 1

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep pace inside the block."""
        self.keep()
        try:
            yield
        finally:
            self.release()

    def hold(self, target_ns: int | None) -> bool:
        """Wait a moment, and say True, if real time has not come to `target_ns` (None: nothing is due at all)."""
        real_ns = monotonic_ns() + self._lead_ns
        if target_ns is None or target_ns > real_ns:
            ahead_s = SLICE_S if target_ns is None else (target_ns - real_ns) / 1e9
            self._bell.acquire(timeout=min(ahead_s, SLICE_S))
            return True
        if real_ns - target_ns > SLACK_NS:
            self._lead_ns -= real_ns - target_ns - SLACK_NS
        return False

    def idle(self, patience_s: float, wait: object) -> bool:
        """Nothing is due: wait a moment for a thread of the real world; False once `wait` has lasted `patience_s` like this."""
        now_ns = monotonic_ns()
        if self._idle is None or self._idle[0] != wait:
            self._idle = (wait, now_ns)
        if now_ns - self._idle[1] >= patience_s * 1e9:
            return False
        self._bell.acquire(timeout=SLICE_S)
        return True

    def ring(self) -> None:
        """Wake whoever waits for real time, to look again."""
        if self._bell.locked():
            try:
                self._bell.release()
            except RuntimeError:  # somebody else rang first
                return

    def wait_outside(self, predicate: Callable[[], object], deadline_ns: int | None) -> bool:
        """How a foreign thread waits: it looks again every few milliseconds and never moves the world.

        When the world is over, so does everybody, in real time; WorldEnded if the process is about to end and this would not.
        """
        slice_s = SLICE_S
        while not predicate():
            if deadline_ns is not None and self._outside_ns() >= deadline_ns:
                return False
            if self.over:
                if self.exits:
                    raise WorldEnded
                slice_s = min(2.0 * slice_s, IDLE_SLICE_S)
            sleep(slice_s)
        return True

    def _outside_ns(self) -> int:
        return monotonic_ns() + self._lead_ns if self.over else self._agenda.now_ns

    def end(self) -> None:
        """The world is over: time is real from its last instant on."""
        with self._mutex:
            self._lead_ns = self._agenda.now_ns - monotonic_ns()
            self.over = True
