"""Interrupts of a simulated header: an edge is stamped in the kernel, late by a little, and told to the program later still.

As lgpio does, one thread of its own calls every program's callback: a callback that takes long delays the next one, not time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from hil.sim.agenda import Event
from hil.sim.edge.gpio_truth import HeaderTruth
from hil.sim.edge.threads import Threads
from hil.sim.world import HostClock, World

APART_NS = 1_000
"""Two edges of one line are stamped one after the other, however near they are."""

Told = Callable[[float, bool], None]
"""Called with the stamp in s, as lgpio's ticks, and the level after the edge."""

_real_start = threading.Thread.start


class Interrupts:
    """Edges on their way from the pads to the program."""

    def __init__(self, world: World, clock: HostClock, host: str, truth: HeaderTruth, running: Threads) -> None:
        """`clock`: what edges are stamped with."""
        self._world, self._clock, self._host, self._truth, self._running = world, clock, host, truth, running
        self._ready: deque[tuple[Told, float, bool]] = deque()
        self._thread: threading.Thread | None = None
        self._closing = False

    def line(self, pin: str, told: Told) -> Line:
        """Have `told` called for the edges of a pin that the line is given; starts the thread that calls."""
        if self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._work, name=f"{self._host} edges", daemon=True)
            self._running.start(self._thread, _real_start, enrol=True)
        return Line(self, pin, told)

    def stamp(self, pin: str, edge_ns: int, after_ns: int) -> tuple[int, float]:
        """When an edge at `edge_ns` is stamped (true ns, not before `after_ns`) and what its stamp says, in s."""
        stamped_ns = max(edge_ns + self._truth.stamp_delay_ns(pin, edge_ns), after_ns)
        return stamped_ns, self._clock.to_host(stamped_ns) / 1e9

    def after(self, t_ns: int, fn: Callable[..., object], *args: object) -> Event:
        """Have something happen at a true instant."""
        return self._world.at(t_ns, fn, *args)

    def cancel(self, event: Event) -> None:
        """Have it not happen."""
        self._world.cancel(event)

    def hand_over(self, stamped_ns: int, told: Told, ticks: float, level: bool) -> None:
        """Tell the program, as soon as its thread is awake."""
        self._world.at(stamped_ns + round(self._truth.wake_ns), self._ready.append, (told, ticks, level))

    def close(self) -> None:
        """Nobody is told anything any more."""
        self._closing = True
        self._ready.clear()
        if self._thread is not None and self._running.takes_part():
            self._thread.join()
        self._thread = None

    def _work(self) -> None:
        self._running.serve()
        while True:
            self._world.wait(lambda: self._ready or self._closing, what="an edge on its pins")
            if self._closing:
                return
            told, ticks, level = self._ready.popleft()
            told(ticks, level)


class Line:
    """One pin whose edges are wanted."""

    def __init__(self, interrupts: Interrupts, pin: str, told: Told) -> None:
        """`told` is called until `close`."""
        self._interrupts, self._pin, self._told = interrupts, pin, told
        self._stamped_ns = 0
        self._settling: Event | None = None
        self._reported: bool | None = None
        self._open = True

    def close(self) -> None:
        """Tell nothing any more, not even of edges that have been."""
        self._open = False

    def edge(self, t_ns: int, level: bool, edges: str, bounce_s: float | None) -> None:
        """The pin has changed. With `bounce_s` it counts once it has stood so long, and its stamp is that instant (lgpio's debounce)."""
        if bounce_s is None:
            self._report(t_ns, level, edges)
            return
        if self._settling is not None:
            self._interrupts.cancel(self._settling)
        settled_ns = t_ns + round(bounce_s * 1e9)
        self._settling = self._interrupts.after(settled_ns, self._settled, settled_ns, level, edges)

    def _settled(self, t_ns: int, level: bool, edges: str) -> None:
        self._settling = None
        if level is not self._reported:
            self._report(t_ns, level, edges)

    def _report(self, t_ns: int, level: bool, edges: str) -> None:
        self._reported = level
        if edges not in ("both", "rising" if level else "falling") or not self._open:
            return
        stamped_ns, ticks = self._interrupts.stamp(self._pin, t_ns, self._stamped_ns + APART_NS)
        self._stamped_ns = stamped_ns
        self._interrupts.hand_over(stamped_ns, self._tell, ticks, level)

    def _tell(self, ticks: float, level: bool) -> None:
        if self._open:
            self._told(ticks, level)
