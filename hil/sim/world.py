"""The simulated world: it owns time. Time passes only while everybody waits; computing takes none.

Devices put what will happen on the agenda (`at`, `after`); programs wait (`wait`, `sleep`), and whoever waits drives.
Nothing here knows of cameras.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable

from hil.sim.agenda import Agenda, Event
from hil.sim.exchange import Alone, Exchange
from hil.sim.executive import Executive
from hil.sim.participant import SimDeadlock, SimStuck

__all__ = ["Event", "HostClock", "SimDeadlock", "SimStuck", "World"]

NS = 1_000_000_000
FOREVER = 1 << 62


class World(Agenda):
    """Virtual time in true ns from the start of the run, what is due, and who takes part."""

    def __init__(self, seed: int = 0, *, stuck_after_s: float = 30.0) -> None:
        """`seed` is the root of all chance in this world; `stuck_after_s` is real time (see SimStuck)."""
        super().__init__()
        self.seed = seed
        self.executive = Executive(self, stuck_after_s)
        self.exchange: Exchange = Alone()
        """How devices here reach those in other processes of the same twin."""

    def wait(self, predicate: Callable[[], object], timeout_ns: int | None = None, what: str = "something") -> bool:
        """Let time pass until `predicate()` is true (True) or `timeout_ns` of true time went by (False).

        SimDeadlock if neither can ever happen. `what` names it in messages.
        """
        return self.executive.wait(predicate, None if timeout_ns is None else self.now_ns + timeout_ns, what)

    def sleep(self, seconds: float) -> None:
        """Let `seconds` of true time pass."""
        self.sleep_until(self.now_ns + round(seconds * NS))

    def sleep_until(self, t_ns: int) -> None:
        """Let true time come to `t_ns`; others whose turn it is go first even if it has already."""
        self.executive.wait(_never, t_ns, "time to pass")

    def serve(self, deliver: Callable[[], bool]) -> None:
        """Have `deliver()` called whenever everybody waits, before time moves; it returns whether it did anything."""
        self.executive.serve(deliver)

    def close(self) -> None:
        """Stop watching the threads of this world."""
        self.executive.close()


def _never() -> bool:
    return False


class HostClock:
    """CLOCK_MONOTONIC of one simulated host: true time seen through a crystal that is `ppm` fast, from its own boot.

    NTP never steps this clock, but it slews it: from the true instants that `slews` gives, in order, the rate is another.
    """

    def __init__(self, world: World, offset_ns: int = 0, ppm: float = 0.0, slews: Iterable[tuple[int, float]] = ()) -> None:
        """`offset_ns`: what the clock shows at true time 0; `ppm`: parts per million it gains; `slews`: (true ns, ppm it gains more)."""
        self._world, self.offset_ns, self.ppm = world, offset_ns, ppm
        self._slews = iter(slews)
        # One entry for each rate: since when in true ns, what the clock showed then, and what it gains per ns.
        self._since, self._shown, self._gains = [0], [offset_ns], [ppm * 1e-6]
        self._coming = next(self._slews, None)
        self._take(0)

    def now_ns(self) -> int:
        """What the clock shows now, in ns."""
        return self.to_host(self._world.now_ns)

    def to_host(self, true_ns: int) -> int:
        """What the clock shows at a true instant."""
        if not self._from <= true_ns < self._until:
            self._seek(true_ns)
        past = true_ns - self._origin
        return self._base + past + round(past * self._gain)

    def to_true(self, host_ns: int) -> int:
        """The first true instant at which the clock shows `host_ns` or more."""
        guess = host_ns - self._base + self._origin
        for _ in range(4):  # each time nearer by the rate's error; two are enough within one rate
            guess += round((host_ns - self.to_host(guess)) / (1.0 + self._gain))
        while self.to_host(guess) < host_ns:
            guess += 1
        while self.to_host(guess - 1) >= host_ns:
            guess -= 1
        return guess

    def sleep(self, seconds: float) -> None:
        """Let the clock advance by `seconds`."""
        self._world.sleep_until(self.to_true(self.now_ns() + round(seconds * NS)))

    def _seek(self, true_ns: int) -> None:
        """Make the rate that holds at `true_ns` the present one."""
        while self._coming is not None and self._coming[0] <= true_ns:
            since_ns, extra_ppm = self._coming
            past = since_ns - self._since[-1]
            self._shown.append(self._shown[-1] + past + round(past * self._gains[-1]))
            self._since.append(since_ns)
            self._gains.append((self.ppm + extra_ppm) * 1e-6)
            self._coming = next(self._slews, None)
        self._take(max(bisect_right(self._since, true_ns) - 1, 0))

    def _take(self, at: int) -> None:
        self._origin, self._base, self._gain = self._since[at], self._shown[at], self._gains[at]
        self._from = self._origin if at else -FOREVER
        later = self._since[at + 1] if at + 1 < len(self._since) else None
        coming = FOREVER if self._coming is None else self._coming[0]
        self._until = coming if later is None else later
