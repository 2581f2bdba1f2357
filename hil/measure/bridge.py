"""One time base for two hosts: the same coded pulses, stamped at both, bridge their clocks.

A and B stamp the rising edges of one wire with their own CLOCK_MONOTONIC. Pulses are matched by the code of their gaps, and A's clock
less B's is fitted over B's time: a line, bent where NTP slewed one of them and stepped where one was set. Which of the two it
was, no bridge can tell. Stamps are late by an interrupt latency; only the difference of the two hosts' latencies matters, and
that is type B.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.budget import Contribution, combined, rectangular, triangular, type_a
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement
from hil.measure.piecewise import SIGNIFICANT, Piecewise, fit_piecewise
from hil.measure.pulse_match import FEWEST, code_gaps, match_pulses

__all__ = ["Bridge", "ClockChange", "bridge", "code_gaps"]

LATENCY_NS: Final = 10_000.0
"""Width within which a Pi's mean latency from edge to stamp may be, at each host alike: assumed; their difference is triangular, type B."""

STRAY_PPM: Final = 100.0
"""Rate by which two clocks may part where no pulse is near: half width, type B rectangular."""

NEAR_NS: Final = 500_000_000
"""A pulse within this is near."""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """Something that one of the two clocks did against the other."""

    kind: str
    """"slew": its rate is another from here on; "step": it was set."""
    at_ns: int
    """When, on B's clock."""
    size: Measurement
    """In ppm, or in us for a step; positive where A gains on B."""

    def __str__(self) -> str:
        return f"{self.kind} of {self.size.value:+.3g} {self.size.unit} at {self.at_ns / 1e9:.3f} s"


@dataclass(frozen=True, slots=True)
class Bridge:
    """From B's clock to A's."""

    offset: Measurement
    """"clock_offset" in us: A less B in the middle of the recording."""
    ppm: Measurement
    """"clock_rate_difference" in ppm: by how much A is faster than B, mean over the recording."""
    changes: tuple[ClockChange, ...]
    """Slews and steps, in order of time."""
    matched: int
    """Pulses stamped at both."""
    only_a: int
    """Edges at A that are no pulse of B's; `only_b` likewise."""
    only_b: int
    scatter: Measurement
    """"stamp_scatter" in us: standard deviation of one pulse's difference."""
    _curve: Piecewise = field(repr=False)
    _b_ns: NDArray[np.int64] = field(repr=False)
    _a_less_b_ns: int = field(repr=False)
    _u_common_ns: float = field(repr=False)

    def to_a(self, b_ns: ArrayLike) -> NDArray[np.int64]:
        """Instants of B's clock on A's, ns."""
        whole = _instants(b_ns)
        on_a: NDArray[np.int64] = whole + self._a_less_b_ns + np.rint(self._curve(self._x(whole))).astype(np.int64)
        return on_a

    def u_ns(self, b_ns: ArrayLike) -> NDArray[np.float64]:
        """Standard uncertainty of `to_a` for each instant, ns. Nearly all of it is common to all of them."""
        whole = _instants(b_ns)
        after = np.clip(np.searchsorted(self._b_ns, whole), 1, len(self._b_ns) - 1)
        away = np.minimum(np.abs(whole - self._b_ns[after - 1]), np.abs(self._b_ns[after] - whole))
        stray = np.maximum(away - NEAR_NS, 0) * STRAY_PPM * 1e-6 / math.sqrt(3)
        u: NDArray[np.float64] = np.sqrt(self._curve.u(self._x(whole)) ** 2 + self._u_common_ns**2 + stray**2 + self._unplaced(whole) ** 2)
        return u

    def _x(self, b_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        seconds: NDArray[np.float64] = (b_ns - self._b_ns[0]) / 1e9
        return seconds

    def _unplaced(self, b_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Between the two pulses around a step nobody knows whether it has been."""
        unknown = np.zeros(len(b_ns))
        for change in self.changes:
            if change.kind == "step":
                at = int(np.searchsorted(self._b_ns, change.at_ns))
                inside = (b_ns > self._b_ns[max(at - 1, 0)]) & (b_ns < self._b_ns[min(at, len(self._b_ns) - 1)])
                unknown[inside] += abs(change.size.value) * 1e3 / 2
        return unknown


def bridge(a: Any, b: Any, *, latency_ns: float = LATENCY_NS) -> Bridge:
    """Bridge two clocks from the edges of one wire, in any order: stamps of the rising ones in ns, or what has `t_ns` and `rising`.

    `latency_ns`: width within which either host's mean latency is known to be. EstimatorError: empty, not numbers, no pulses in common,
    a train without a code.
    """
    a_ns, b_ns = _stamps("A", a), _stamps("B", b)
    match = match_pulses(a_ns, b_ns)
    at_a, at_b = a_ns[match.a], b_ns[match.b]
    if len(at_a) < FEWEST:
        raise EstimatorError(f"{len(at_a)} pulses in common: at least {FEWEST} are needed")
    origin = int(at_a[0] - at_b[0])
    x, y = (at_b - at_b[0]) / 1e9, (at_a - at_b - origin).astype(np.float64)
    curve = fit_piecewise(x, y)
    parts = [
        triangular(f"latencies of the two hosts, each anywhere in {latency_ns / 1e3:g} us", latency_ns),
        rectangular("slews too small to be found", _unseen_ns(curve)),
    ]
    common_ns = combined(parts)
    return Bridge(
        offset=_offset(curve, x, origin, parts),
        ppm=_rate(curve, x),
        changes=_changes(curve, int(at_b[0])),
        matched=len(at_a),
        only_a=len(a_ns) - len(at_a),
        only_b=len(b_ns) - len(at_b),
        scatter=Measurement("stamp_scatter", curve.scatter / 1e3, "us", n=int(curve.kept.sum()), method="about the fitted curve"),
        _curve=curve,
        _b_ns=at_b,
        _a_less_b_ns=origin,
        _u_common_ns=common_ns,
    )


def _stamps(host: str, stamps: Any) -> NDArray[np.int64]:
    rising = getattr(stamps, "rising", None)
    array = np.asarray(stamps if rising is None else np.asarray(stamps.t_ns)[np.asarray(rising, dtype=np.bool_)])
    if array.ndim != 1 or len(array) == 0:
        raise EstimatorError(f"no pulses stamped at {host}" if array.size == 0 else f"stamps of {host} in {array.ndim} dimensions")
    return np.unique(_whole(f"stamps of {host}", array))


def _instants(b_ns: ArrayLike) -> NDArray[np.int64]:
    return _whole("instants", np.atleast_1d(np.asarray(b_ns)))


def _whole(what: str, array: NDArray[Any]) -> NDArray[np.int64]:
    if not (np.issubdtype(array.dtype, np.number) and np.isrealobj(array)) or not np.all(np.isfinite(array)):
        raise EstimatorError(f"{what} are not all numbers")
    return array.astype(np.int64)


def _unseen_ns(curve: Piecewise) -> float:
    """Half width of what a bend does that is just too weak to be found: in the middle it lifts a line by 1.5 / sqrt(n) of its norm."""
    return math.sqrt(SIGNIFICANT) * curve.scatter * 1.5 / math.sqrt(max(int(curve.kept.sum()), 1))


def _offset(curve: Piecewise, x: NDArray[np.float64], origin: int, parts: list[Contribution]) -> Measurement:
    middle = np.array([(x[0] + x[-1]) / 2])
    every = [type_a("scatter of the stamps", float(curve.u(middle)[0])), *parts]
    value_us = (origin + float(curve(middle)[0])) / 1e3
    budget = [part.times(1e-3) for part in every]
    method = "coded pulses stamped at both hosts, in the middle of the recording"
    return Measurement.of("clock_offset", value_us, "us", budget, int(curve.kept.sum()), method)


def _rate(curve: Piecewise, x: NDArray[np.float64]) -> Measurement:
    span_s = float(x[-1] - x[0])
    ends = np.array([x[0], x[-1]])
    rise_ns = float(np.diff(curve(ends))[0])
    u_ns = math.hypot(*curve.u(ends))
    return Measurement("clock_rate_difference", rise_ns / span_s / 1e3, "ppm", u_ns / span_s / 1e3, int(curve.kept.sum()), "end to end")


def _changes(curve: Piecewise, begin_ns: int) -> tuple[ClockChange, ...]:
    found = []
    for number, change in enumerate(curve.changes, 2):
        size, u = curve.parameters[number] / 1e3, math.sqrt(max(curve.covariance[number, number], 0.0)) / 1e3
        kind, name, unit = ("slew", "clock_slew", "ppm") if change.kind == "bend" else ("step", "clock_step", "us")
        at_ns = begin_ns + round(change.x * 1e9)
        found.append(ClockChange(kind, at_ns, Measurement(name, float(size), unit, u, int(curve.kept.sum()))))
    return tuple(found)
