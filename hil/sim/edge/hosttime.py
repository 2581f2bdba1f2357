"""The `time` module on the simulated host's clock.

CLOCK_MONOTONIC is the host's (frames are stamped with it), CLOCK_REALTIME runs beside it from a fixed date. A program
that reads the clock over and over without ever waiting is waiting by polling: after some hundred reads of the same
instant every further read takes 20 us, so that its loop ends.
"""

from __future__ import annotations

import sys
import time
from _thread import get_ident
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol

from hil.sim.edge.callers import lives_outside
from hil.sim.edge.patches import Patches, Seam
from hil.sim.world import World

EPOCH_NS = 1_767_225_600_000_000_000  # 2026-01-01 00:00:00 UTC, when a host's clock shows 0: any date would do
PATIENT_READS = 500  # one frame's callback may well ask for the time a hundred times
READ_NS = 20_000
NAP_NS = 10_000  # what sleep(0) takes: one trip through the scheduler

FUNCTIONS = (
    *("sleep", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
    *("clock_gettime", "clock_gettime_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"),
)
SEAMS = (*(Seam(f"time:{name}", "the simulated host's clock", "time passes only while everybody waits") for name in FUNCTIONS),)

_real = ModuleType("time")
_real.__dict__.update(vars(time))
REAL = _real
"""The `time` module as it is outside every simulated run."""
_HOST_CLOCKS = frozenset(
    value for name, value in vars(time).items() if name in ("CLOCK_MONOTONIC", "CLOCK_MONOTONIC_RAW", "CLOCK_BOOTTIME")
)


class Clock(Protocol):
    """The clock of a simulated host: CLOCK_MONOTONIC, convertible to and from true time."""

    def now_ns(self) -> int:
        """What it shows now, in ns."""

    def to_true(self, host_ns: int) -> int:
        """The first true instant at which it shows `host_ns`."""


class HostTime:
    """What the functions of `time` do for whoever lives in simulated time."""

    def __init__(self, world: World, clock: Clock) -> None:
        """`clock` is the host's CLOCK_MONOTONIC."""
        self._world, self._clock = world, clock
        self._instant_ns, self._reads = -1, 0
        self.in_child = False

    def simulated(self) -> bool:
        """Whether the caller's thread and frame (two up) live in simulated time; not so in a forked child."""
        if self.in_child or lives_outside(sys._getframe(2)):  # noqa: SLF001 - the frame is the question
            return False
        return get_ident() not in self._world.executive.foreign

    def now_ns(self) -> int:
        """CLOCK_MONOTONIC; reading it too often at one instant takes time."""
        if self._world.now_ns != self._instant_ns:
            self._instant_ns, self._reads = self._world.now_ns, 0
        self._reads += 1
        if self._reads > PATIENT_READS:
            self._world.sleep_until(self._world.now_ns + READ_NS)
            self._instant_ns = self._world.now_ns  # it has not waited for anything else: the next read takes time again
        return self._clock.now_ns()

    def deadline(self, seconds: float) -> int:
        """The true instant at which the host's clock will have advanced by `seconds`."""
        return self._clock.to_true(self._clock.now_ns() + max(round(seconds * 1e9), NAP_NS))

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; what is no such number is left to Python's own sleep to refuse."""
        try:
            sane = 0 <= seconds < 1e12
            deadline = self.deadline(seconds) if sane else 0
        except (TypeError, ValueError):
            sane = False
        if sane:
            self._world.sleep_until(deadline)
        else:
            _real.sleep(seconds)

    def clock_ns(self, clock_id: int) -> int | None:
        """A clock of clock_gettime(2) in ns; None for those that count this process's CPU time."""
        if clock_id == time.CLOCK_REALTIME:
            return EPOCH_NS + self.now_ns()
        return self.now_ns() if clock_id in _HOST_CLOCKS else None

    def epoch_s(self) -> float:
        """CLOCK_REALTIME in s."""
        return (EPOCH_NS + self.now_ns()) / 1e9

    def today(self) -> datetime:
        """The local date and time."""
        return datetime.fromtimestamp(self.epoch_s())  # noqa: DTZ006 - as datetime.now() without a zone


def functions(host: HostTime) -> dict[str, Callable[..., Any]]:
    """Replacements for the functions of `time`, by name."""

    def reading(name: str, read: Callable[[], Any]) -> Callable[..., Any]:
        original = getattr(_real, name)
        return lambda: read() if host.simulated() else original()

    def sleep(seconds: float) -> None:
        if host.simulated():
            host.sleep(seconds)
        else:
            _real.sleep(seconds)

    def gettime(name: str, scale: Callable[[int], Any]) -> Callable[..., Any]:
        original = getattr(_real, name)

        def read(clock_id: int) -> Any:
            shown = host.clock_ns(clock_id) if host.simulated() else None
            return original(clock_id) if shown is None else scale(shown)

        return read

    return {
        "sleep": sleep,
        "time": reading("time", host.epoch_s),
        "time_ns": reading("time_ns", lambda: EPOCH_NS + host.now_ns()),
        "monotonic": reading("monotonic", lambda: host.now_ns() / 1e9),
        "monotonic_ns": reading("monotonic_ns", host.now_ns),
        "perf_counter": reading("perf_counter", lambda: host.now_ns() / 1e9),
        "perf_counter_ns": reading("perf_counter_ns", host.now_ns),
        "clock_gettime": gettime("clock_gettime", lambda ns: ns / 1e9),
        "clock_gettime_ns": gettime("clock_gettime_ns", lambda ns: ns),
        **_calendar(host),
    }


def _calendar(host: HostTime) -> dict[str, Callable[..., Any]]:
    """The functions that take now for granted when they get no time."""

    def of_seconds(name: str) -> Callable[..., Any]:
        original = getattr(_real, name)

        def convert(seconds: float | None = None) -> Any:
            return original(host.epoch_s() if seconds is None and host.simulated() else seconds)

        return convert

    def asctime(t: Any = None) -> str:
        return str(_real.asctime(_real.localtime(host.epoch_s())) if t is None and host.simulated() else _real.asctime(*_given(t)))

    def strftime(form: str, t: Any = None) -> str:
        return str(
            _real.strftime(form, _real.localtime(host.epoch_s())) if t is None and host.simulated() else _real.strftime(form, *_given(t))
        )

    return {**{name: of_seconds(name) for name in ("localtime", "gmtime", "ctime")}, "asctime": asctime, "strftime": strftime}


def _given(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def install(host: HostTime, patches: Patches) -> None:
    """Put the simulated clock behind the names of `time`."""
    for name, function in functions(host).items():
        function.__name__ = function.__qualname__ = name
        patches.attribute(time, name, function)
