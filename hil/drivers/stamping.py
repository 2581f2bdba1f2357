"""Edges of one pin as the kernel stamped them, through gpiozero's pin, which hands on lgpio's ticks.

The stamps' clock is not taken on trust: line events are stamped with CLOCK_MONOTONIC since Linux 5.7 and with the time of day before
(include/uapi/linux/gpio.h), and libraries have shifted them since. Each edge's arrival is noted on CLOCK_MONOTONIC and must
follow its stamp.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hil.drivers.host import Host
from hil.drivers.pin_factory import device_on
from hil.errors import RigError

MOST_EDGES = 1_000_000
"""More than 100 s of edges at 10 kHz: a pin that gives more rattles."""

SOONEST_NS, LATEST_NS = -1_000_000, 2_000_000_000
"""An edge's arrival less its stamp: never before it but for rounding, and no Pi is 2 s behind with most of its edges."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of one pin in the order of their stamps."""

    t_ns: NDArray[np.int64]
    """CLOCK_MONOTONIC of the pin's host, ns."""
    rising: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.t_ns)

    @property
    def rises_ns(self) -> NDArray[np.int64]:
        """The stamps of the rising ones."""
        return self.t_ns[self.rising]


class Recorder:
    """Keeps every edge of a pin until closed."""

    def __init__(self, host: Host, written: str, pin: str) -> None:
        """`written`: the pin as it was asked for; `pin`: "GPIO27", an input without a pull from here on."""
        self.written = written
        self._host, self._pin = host, pin
        self._lock = threading.Lock()
        self._seen: list[tuple[float, bool, int]] = []
        self._lost = 0
        self._device = device_on(host, pin, "InputDevice", pull_up=None, active_state=True)
        # gpiozero keeps only a weak reference to the method: this object must live as long as edges are wanted.
        self._device.pin.when_changed = self._edge

    def _edge(self, ticks: float, state: int) -> None:
        arrived_ns = self._host.clock.now_ns()
        with self._lock:
            if len(self._seen) < MOST_EDGES:
                self._seen.append((ticks, bool(state), arrived_ns))
            else:
                self._lost += 1

    def level(self) -> bool:
        """The pin's level now."""
        return bool(self._device.value)

    def edges(self) -> Edges:
        """What came so far. RigError if the stamps' clock is not CLOCK_MONOTONIC."""
        with self._lock:
            seen, lost = list(self._seen), self._lost
        where = f"{self._host.name}.{self._pin}"
        if lost:
            hint = "is the wire connected, and its ground?"
            raise RigError(f"{where}: edges are stamped", f"more than {MOST_EDGES:,}", hint, where=where, cause="pin rattles")
        stamps = np.array([round(ticks * 1e9) for ticks, _, _ in seen], dtype=np.int64)
        arrived = np.array([arrived_ns for _, _, arrived_ns in seen], dtype=np.int64)
        if len(seen):
            _refuse_another_clock(where, stamps, arrived)
        rising = np.array([state for _, state, _ in seen], dtype=np.bool_)
        order = np.argsort(stamps, kind="stable")
        return Edges(stamps[order], rising[order])

    def close(self) -> None:
        """Stamp no more."""
        self._device.pin.when_changed = None
        self._device.close()


def _refuse_another_clock(where: str, stamps: NDArray[np.int64], arrived: NDArray[np.int64]) -> None:
    behind = int(np.median(arrived - stamps))
    if SOONEST_NS <= behind <= LATEST_NS:
        return
    last = f"an edge stamped {stamps[-1] / 1e9:.6f} s arrived when CLOCK_MONOTONIC read {arrived[-1] / 1e9:.6f} s"
    hint = "Linux 5.7 or newer, and lgpio as Raspberry Pi OS has it: stamps must count from boot, not from 1970"
    raise RigError(f"{where}: edges should be stamped with CLOCK_MONOTONIC, as frames are", last, hint, where=where, cause="stamps' clock")
