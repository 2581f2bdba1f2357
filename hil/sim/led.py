"""The strobe's LED: from its current to flashes of light, with the rise and fall of its own.

Flashes are kept as plain numbers, sorted, for as long as a camera that sees them has a frame in the making; from these a
frame takes what shone on it when its last row is done.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

import numpy as np

from hil.sim import soldered
from hil.sim.light import Pulse

_LEAST_A = 1e-4
"""Less current makes no light worth a photon."""
_TAIL = 40.0
"""After so many time constants nothing is left of a fall."""
_MANY = 64
_FORGET_AT = 4096
_STILL_ON_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """When the rows of a frame are exposed, in true ns: the first from `start` to `first_stop`, the last from `last_start` to `stop`."""

    start: float
    first_stop: float
    last_start: float
    stop: float


@dataclass(slots=True)
class Flashes:
    """The light of one LED since the earliest frame that is still in the making."""

    lux_per_a: float
    """On the sheet that the cameras look at."""
    rise_ns: float
    fall_ns: float
    _starts: list[int] = field(default_factory=list)
    _stops: list[int] = field(default_factory=list)
    _lux: list[float] = field(default_factory=list)
    _on: tuple[int, float] | None = None
    _needed: dict[str, int] = field(default_factory=dict)
    _forget_at: int = _FORGET_AT

    @classmethod
    def of(cls, seed: int, *, dead: bool) -> Flashes:
        """The LED of a seed; a dead one takes current and stays dark."""
        drawn = soldered.led(seed)
        return cls(0.0 if dead else drawn.lux_per_a, drawn.rise_ns, drawn.fall_ns)

    def current(self, now_ns: int, amperes: float) -> None:
        """The LED's current from now on."""
        lux = amperes * self.lux_per_a if amperes > _LEAST_A else 0.0
        if self._on is not None:
            began_ns, before = self._on
            if lux == before:
                return
            if now_ns > began_ns:
                self._keep(began_ns, now_ns, before)
        self._on = (now_ns, lux) if lux else None

    def _keep(self, start_ns: int, stop_ns: int, lux: float) -> None:
        self._starts.append(start_ns)
        self._stops.append(stop_ns)
        self._lux.append(lux)
        if len(self._starts) > self._forget_at:
            self._forget(stop_ns)

    def _forget(self, now_ns: int) -> None:
        oldest = min(self._needed.values(), default=now_ns) - round(_TAIL * self.fall_ns)
        gone = bisect_left(self._stops, oldest)
        del self._starts[:gone], self._stops[:gone], self._lux[:gone]
        self._forget_at = max(_FORGET_AT, 2 * len(self._starts))

    def needed(self, viewer: str, since_ns: int | None) -> None:
        """A camera will ask for flashes since then, and for none before; None: it looks away."""
        if since_ns is None:
            self._needed.pop(viewer, None)
        else:
            self._needed[viewer] = since_ns

    @property
    def dark(self) -> bool:
        """Whether no frame still to come can have seen any of its light."""
        return self._on is None and not self._stops

    def on(self, rows: Rows) -> tuple[Pulse, ...]:
        """What shone on a frame. A train of many that all rows saw alike comes as one flash with their sum."""
        first = bisect_left(self._stops, rows.start - _TAIL * self.fall_ns)
        last = bisect_right(self._starts, rows.stop)
        inner = bisect_left(self._starts, rows.last_start), bisect_right(self._stops, rows.first_stop - _TAIL * self.fall_ns)
        if inner[1] - inner[0] <= _MANY:
            found = self._pulses(first, last)
        else:
            found = [*self._pulses(first, inner[0]), self._sum(*inner, rows), *self._pulses(inner[1], last)]
        if self._on is not None and self._on[0] < rows.stop:
            found.append(Pulse(self._on[0], max(round(rows.stop), self._on[0]) + _STILL_ON_NS, self._on[1], self.rise_ns, self.fall_ns))
        return tuple(found)

    def _pulses(self, first: int, last: int) -> list[Pulse]:
        kept = zip(self._starts[first:last], self._stops[first:last], self._lux[first:last], strict=True)
        return [Pulse(start, stop, lux, self.rise_ns, self.fall_ns) for start, stop, lux in kept]

    def _sum(self, first: int, last: int, rows: Rows) -> Pulse:
        length = np.array(self._stops[first:last], dtype=np.float64) - np.array(self._starts[first:last], dtype=np.float64)
        reached = 1.0 - np.exp(-length / self.rise_ns) if self.rise_ns else np.ones_like(length)
        dose = float(np.sum(np.array(self._lux[first:last]) * (length + reached * (self.fall_ns - self.rise_ns))))
        middle = round(0.5 * (rows.last_start + rows.first_stop))
        return Pulse(middle, middle + 1, dose)
