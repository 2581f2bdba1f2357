"""The rig's clock: the one place where real time is read or slept on.

On the bench it is CLOCK_MONOTONIC of the machine; in the twin the simulated world provides the same two methods.
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic_ns as _monotonic_ns
from time import sleep as _sleep
from typing import Protocol

# Bound here, once: a simulated run gives the `time` module of other programs a virtual clock, and this stays the real one.


class Clock(Protocol):
    """What procedures may ask of time. Nanoseconds count from an arbitrary origin and never run backwards."""

    def now_ns(self) -> int:
        """The present instant in ns."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass on this clock."""


class RealClock:
    """The machine's CLOCK_MONOTONIC, which also stamps frames (SensorTimestamp)."""

    def now_ns(self) -> int:
        """CLOCK_MONOTONIC in ns."""
        return _monotonic_ns()

    def sleep(self, seconds: float) -> None:
        """Sleep for real."""
        _sleep(seconds)


def utc_now() -> str:
    """The date and time of day for records, "2026-11-22T14:03:11Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
