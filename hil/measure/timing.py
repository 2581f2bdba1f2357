"""Frame timing from timestamps: period, rate, jitter, and which frames are missing and through whom.

A timestamp is SensorTimestamp: start of readout on the host's CLOCK_MONOTONIC, late by an interrupt latency that is one-sided and
skewed; through V4L2 it comes in whole microseconds. The sequence number is V4L2's frame counter. A gap in it is a frame that the
host had no buffer for; a timestamp gap without one is a frame that the sensor never started.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.budget import Contribution, rectangular, triangular, type_a
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement, Series
from hil.measure.slope import FEWEST, Slope, fit_slope

HOST_CLOCK_PPM: Final = 50.0
"""Half width of what a Raspberry Pi's undisciplined crystal may be off: type B, rectangular. 0 if disciplined or bridged."""

LATENCY_NS: Final = 50_000.0
"""Half width assumed for the interrupt latency where too few frames show its scatter (tens of us are usual): type B, rectangular."""

LATE: Final = 0.1
"""A frame this part of a period behind its place on the fitted line is late, though not lost."""

UNSTEADY: Final = 0.2
"""A scatter of more than this part of a period is no steady rate, and indices of frames cannot be told."""

LONGEST_SERIES: Final = 1000
"""Intervals kept with a measurement for its picture."""


@dataclass(frozen=True, slots=True)
class FrameTiming:
    """What a burst's timestamps say. Counts are exact; without sequence numbers nobody can say who lost a frame: NaN."""

    period: Measurement
    """"frame_period" in us, with the intervals as its series."""
    rate: Measurement
    """"frame_rate" in Hz."""
    jitter: Measurement
    """"frame_jitter" in us: standard deviation of this burst's timestamps about the line. It describes them: u is the resolution."""
    dropped: Measurement
    """"dropped_frames", whoever lost them."""
    dropped_sensor: Measurement
    """"dropped_frames_sensor": the sensor paused."""
    dropped_host: Measurement
    """"dropped_frames_host": sequence numbers are missing, the sensor kept its period."""
    doubled: Measurement
    """"doubled_frames": handed over twice, or nearer than half a period to the one before."""
    late: Measurement
    """"late_frames": behind their place by more than `LATE` of a period."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each frame that counts belongs: its index in periods of the sensor."""

    stamps: NDArray[np.float64]
    index: NDArray[np.float64]
    lost_sensor: float
    lost_host: float
    lost: int
    doubled: int


def frame_timing(
    timestamps_ns: ArrayLike,
    sequence: ArrayLike | None = None,
    nominal_period_ns: float | None = None,
    *,
    clock_ppm: float = HOST_CLOCK_PPM,
    latency_ns: float = LATENCY_NS,
) -> FrameTiming:
    """Period, rate and losses of frames in order of arrival.

    `timestamps_ns`: at least 2 different ones, never running backwards; `sequence`: as many, never running backwards;
    `nominal_period_ns`: only places frames where most of them are missing, the result never leans on it; `clock_ppm`: half width
    of the host clock's rate error (type B rectangular), 0 where it is disciplined or bridged. The rate is the slope of a least-squares line
    over the frame index (see `hil.measure.slope`); its uncertainty adds clock, scatter and resolution of the timestamps.

    EstimatorError: empty, one frame, NaN, stuck, out of order, of unequal lengths, or without a steady period.
    """
    stamps = _whole("timestamps", timestamps_ns)
    counter = None if sequence is None else _whole("sequence numbers", sequence)
    if counter is not None and len(counter) != len(stamps):
        raise EstimatorError(f"{len(stamps)} timestamps but {len(counter)} sequence numbers")
    places = _places(stamps, counter, nominal_period_ns)
    line = fit_slope(places.index, places.stamps)
    scatter = float(np.sqrt(np.mean(line.residuals**2) * len(line.residuals) / max(len(line.residuals) - 2, 1)))
    if scatter > UNSTEADY * line.slope:
        raise EstimatorError(f"no steady period: timestamps scatter by {scatter / line.slope:.0%} of {line.slope / 1e3:.6g} us")
    return _report(places, line, scatter, _resolution(stamps), clock_ppm, latency_ns)


def _whole(what: str, values: ArrayLike) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.ndim != 1 or len(array) == 0:
        raise EstimatorError(f"no {what}" if array.size == 0 else f"{what} in {array.ndim} dimensions, not one")
    if not (np.issubdtype(array.dtype, np.number) and np.isrealobj(array)) or not np.all(np.isfinite(array)):
        raise EstimatorError(f"{what} are not all numbers")
    # Differences are taken in integers: 2^63 ns do not fit a float's 53 bits.
    whole = array.astype(np.int64)
    if np.any(np.diff(whole) < 0):
        at = int(np.argmax(np.diff(whole) < 0))
        raise EstimatorError(f"{what} run backwards after frame {at}: {whole[at]} then {whole[at + 1]}")
    return whole


def _resolution(stamps: NDArray[np.int64]) -> float:
    return 1000.0 if not np.any(np.diff(stamps) % 1000) else 1.0


def _places(stamps: NDArray[np.int64], counter: NDArray[np.int64] | None, nominal_ns: float | None) -> _Places:
    step_ns = np.diff(stamps).astype(np.float64)
    counted = np.ones_like(step_ns) if counter is None else np.diff(counter).astype(np.float64)
    if not np.any(step_ns > 0):
        raise EstimatorError(f"{len(stamps)} timestamps, but no two different ones: at least 2 frames are needed")
    real = (step_ns > 0) & (counted > 0)
    if not np.any(real):
        raise EstimatorError("the sequence numbers never change")
    period = float(np.median(step_ns[real] / counted[real])) if nominal_ns is None else float(nominal_ns)
    steps = _settled(np.where(real, np.rint(step_ns / period), 0.0))
    fresh = np.concatenate([[True], steps > 0])
    missing = np.maximum(steps - 1, 0)
    by_host = np.where(steps > 0, np.maximum(counted - 1, 0), 0.0)
    return _Places(
        stamps=(stamps - stamps[0]).astype(np.float64)[fresh],
        index=np.concatenate([[0.0], np.cumsum(steps)])[fresh],
        lost_sensor=math.nan if counter is None else float(np.sum(np.maximum(missing - by_host, 0))),
        lost_host=math.nan if counter is None else float(np.sum(by_host)),
        lost=int(np.sum(np.maximum(missing, by_host))),
        doubled=int(np.sum(steps == 0)),
    )


def _settled(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """A step of 2 periods and then none is one late frame, not a lost and a doubled one."""
    late = np.flatnonzero((steps[:-1] >= 2) & (steps[1:] == 0))
    settled = steps.copy()
    settled[late] -= 1
    settled[late + 1] += 1
    return settled


def _report(places: _Places, line: Slope, scatter_ns: float, resolution_ns: float, clock_ppm: float, latency_ns: float) -> FrameTiming:
    frames = len(places.index)
    parts = _budget(line, float(places.index[-1]), resolution_ns, clock_ppm, latency_ns)
    method = "least squares of SensorTimestamp over the frame index"
    period_us, rate_hz = line.slope / 1e3, 1e9 / line.slope
    to_hz = rate_hz / line.slope
    return FrameTiming(
        period=Measurement.of("frame_period", period_us, "us", [part.times(1e-3) for part in parts], frames, method, _intervals(places)),
        rate=Measurement.of("frame_rate", rate_hz, "Hz", [part.times(to_hz) for part in parts], frames, method, _intervals(places)),
        jitter=Measurement(
            "frame_jitter", scatter_ns / 1e3, "us", resolution_ns / 1e3 / math.sqrt(12), frames, "standard deviation about the fitted line"
        ),
        dropped=_count("dropped_frames", places.lost, frames, "places without a frame"),
        dropped_sensor=_count("dropped_frames_sensor", places.lost_sensor, frames, "timestamp gaps without a sequence gap"),
        dropped_host=_count("dropped_frames_host", places.lost_host, frames, "sequence gaps, the sensor's period intact"),
        doubled=_count("doubled_frames", places.doubled, frames, "frames nearer than half a period to the one before"),
        late=_count(
            "late_frames", int(np.sum(line.residuals > LATE * line.slope)), frames, f"more than {LATE:.0%} of a period behind the line"
        ),
    )


def _budget(line: Slope, span: float, resolution_ns: float, clock_ppm: float, latency_ns: float) -> list[Contribution]:
    if math.isnan(line.u):
        few = f"interrupt latency, +/- {latency_ns / 1e3:g} us assumed: fewer than {FEWEST} frames"
        scatter = rectangular(few, line.leverage * latency_ns)
    else:
        scatter = type_a("scatter of the timestamps", line.u, line.dof)
    return [
        rectangular(f"host clock, {clock_ppm:g} ppm", line.slope * clock_ppm * 1e-6),
        scatter,
        # Both ends of the burst are rounded.
        triangular("resolution of the timestamps", resolution_ns / span),
    ]


def _intervals(places: _Places) -> Series:
    interval_us = np.diff(places.stamps)[:LONGEST_SERIES] / 1e3
    frame = places.index[1 : len(interval_us) + 1]
    return Series(tuple(frame.tolist()), tuple(interval_us.tolist()), (), "frame", "interval, us")


def _count(name: str, value: float, frames: int, method: str) -> Measurement:
    method = method if math.isfinite(value) else "cannot be told without sequence numbers"
    return Measurement(name, value, "frames", 0.0, frames, method)
