"""The agenda of the simulated world: what happens when, in integer nanoseconds, in one total order."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Event:
    """Something that will happen once, at `t_ns` of true time, unless it is cancelled before."""

    __slots__ = ("args", "fn", "t_ns")

    def __init__(self, t_ns: int, fn: Callable[..., object], args: tuple[object, ...]) -> None:
        """`fn(*args)` is called at `t_ns`; a cancelled event has no `fn` any more."""
        self.t_ns = t_ns
        self.fn: Callable[..., object] | None = fn
        self.args = args


class Agenda:
    """True time and the queue of events, ordered by (time, priority, insertion): never by chance."""

    def __init__(self, start_ns: int = 0) -> None:
        """Time begins at `start_ns`."""
        self.now_ns = start_ns
        self._queue: list[tuple[int, int, int, Event]] = []
        self._inserted = 0

    def at(self, t_ns: int, fn: Callable[..., object], *args: object, priority: int = 0) -> Event:
        """Have `fn(*args)` called at true time `t_ns` (at once, if that is past); lower `priority` goes first in a tie."""
        event = Event(t_ns, fn, args)
        self._inserted += 1
        heapq.heappush(self._queue, (t_ns, priority, self._inserted, event))
        return event

    def after(self, dt_ns: int, fn: Callable[..., object], *args: object, priority: int = 0) -> Event:
        """Have `fn(*args)` called `dt_ns` from now."""
        return self.at(self.now_ns + dt_ns, fn, *args, priority=priority)

    def cancel(self, event: Event) -> None:
        """Strike an event off; one that has happened already is left alone."""
        event.fn = None

    def next_due_ns(self) -> int | None:
        """When the next event is due, or None if none is."""
        queue = self._queue
        while queue:
            if queue[0][3].fn is not None:
                return queue[0][0]
            heapq.heappop(queue)
        return None

    def step(self) -> bool:
        """Let the next event happen and time move up to it; False if there is none."""
        if self.next_due_ns() is None:
            return False
        t_ns, _, _, event = heapq.heappop(self._queue)
        if t_ns > self.now_ns:
            self.now_ns = t_ns
        fn, event.fn = event.fn, None
        if fn is not None:
            fn(*event.args)
        return True
