"""The pulse ledger: every trigger pulse against every frame.

Pulses are known on their source's clock (a Pico's crystal), frames on the host's; offset and rate between the two are unknown and fitted.
A regular train says nothing about which pulse made which frame, so it carries a mark: one gap that is longer than the others and
no multiple of the period. The pairing is the one shift at which the frames fall on pulses on both sides of the mark.
A constant lag (old kernels hand a frame over only when the next pulse starts one, and keep the last) looks exactly like a first pulse
that made no frame. Where nothing else is missing, a lag is the simpler reading; who pairs read-out timestamps, which do not
lag, says so with `may_lag=False`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NEAR: Final = 0.2
"""A frame belongs to a pulse if it is nearer than this part of the period to where the fit puts it."""

CLOCKS_PPM: Final = 300.0
"""Two crystals are never farther apart than this: 50 ppm of a Pi, 30 of a Pico, with room for a slewing clock."""

STEADY: Final = 0.8
"""Part of the steps from frame to frame that must be alike to speak of a pattern."""

FEWEST: Final = 3

SAMPLE, TRIED = 500, 40
"""Frames by which shifts are ranked, and shifts that are then fitted with all frames."""


class NoPairing(EstimatorError):
    """The frames fall on the pulses at no shift, or at several equally well."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of every pulse. Indices count from 0."""

    paired: tuple[tuple[int, int], ...]
    """(pulse, frame), the lag taken into account."""
    missed: tuple[int, ...]
    """Pulses without a frame. With a lag, the last pulses' frames are still inside the sensor: they are in `held`."""
    held: tuple[int, ...]
    doubled: tuple[int, ...]
    """Pulses with more than one frame."""
    extra: tuple[int, ...]
    """Frames at a time at which there was no pulse."""
    lag: int
    """Pulses by which all frames come late alike; so many first pulses without a frame would look the same."""
    every: int
    """1: every pulse makes a frame; 2: every second one is ignored; and so on. Pulses ignored in this way are in `missed` too."""
    rate_ppm: Measurement
    """"pulse_clock_rate" in ppm: host clock against the pulses' clock."""
    delay: Measurement
    """"frame_after_pulse" in us on the host's clock: frame time minus pulse time, the clocks' unknown offset included."""
    scatter_us: float
    """Standard deviation of the frames about the fit."""


def ledger(
    pulse_times_us: ArrayLike,
    frame_times_us: ArrayLike,
    period_us: float,
    mark_index: int | None,
    *,
    delay_us: float | None = None,
    may_lag: bool = True,
) -> Ledger:
    """Pair pulses and frames by time.

    `pulse_times_us`: of the pulses sent, on any clock; `frame_times_us`: on any other; `period_us`: between pulses but for the gap
    after pulse `mark_index` (None: no mark, allowed only with `delay_us`); `delay_us`: frame time minus pulse time if the clocks
    are bridged, good to a fifth of a period; `may_lag`: whether frames that begin late and then miss nothing are read as lagging.
    """
    pulses, frames = _rising("pulses", pulse_times_us), _rising("frames", frame_times_us)
    _check(pulses, frames, period_us, mark_index, delay_us)
    line = _best(pulses, frames, period_us, mark_index, delay_us)
    nearest, left = _assign(pulses, frames, line)
    on_pulse = np.abs(left) < NEAR * period_us
    lag = _lag(nearest[on_pulse], len(pulses)) if may_lag and mark_index is not None else 0
    return _ledger(len(pulses), nearest - lag, on_pulse, lag, line, left[on_pulse])


@dataclass(frozen=True, slots=True)
class _Line:
    """frame time = offset + pulse time + slope * (pulse time - middle)."""

    offset: float
    slope: float
    middle: float
    u_offset: float = 0.0
    u_slope: float = 0.0

    def at(self, pulses: Floats) -> Floats:
        """Where frames of these pulses fall."""
        return self.offset + pulses + self.slope * (pulses - self.middle)


def _check(pulses: Floats, frames: Floats, period_us: float, mark_index: int | None, delay_us: float | None) -> None:
    if len(pulses) < FEWEST or len(frames) < FEWEST:
        raise EstimatorError(f"{len(pulses)} pulses and {len(frames)} frames: at least {FEWEST} of each are needed")
    if not (period_us > 0 and math.isfinite(period_us)):
        raise EstimatorError(f"a period of {period_us} us is none")
    if mark_index is None:
        if delay_us is None:
            raise NoPairing("without a mark, and with the clocks' offset unknown, no frame can be told from the next")
        return
    if not 0 <= mark_index < len(pulses) - 1:
        raise EstimatorError(f"the mark follows pulse {mark_index}, but there are pulses 0 to {len(pulses) - 1}")
    gap = (pulses[mark_index + 1] - pulses[mark_index]) / period_us
    if abs(gap - round(gap)) < NEAR:
        raise EstimatorError(f"the gap after pulse {mark_index} is {gap:.4g} periods: near a whole number it looks like missed pulses")


def _best(pulses: Floats, frames: Floats, period_us: float, mark: int | None, delay_us: float | None) -> _Line:
    """The fit at the shift at which most frames fall on pulses."""
    if delay_us is not None and mark is None:
        return _refined(pulses, frames, _Line(delay_us, 0.0, float(pulses[0])), period_us)
    # A frame near the middle of the recording is one of the pulses' (or, if it is an extra one, the next candidate is).
    candidates = []
    for frame in np.unique(np.linspace(0, len(frames) - 1, min(len(frames), 5)).astype(int)):
        for pulse in range(len(pulses)):
            line = _Line(float(frames[frame] - pulses[pulse]), 0.0, float(pulses[pulse]))
            candidates.append((_matched(pulses, frames, line, period_us), pulse, line))
    scored: dict[int, tuple[int, float, int, _Line]] = {}
    for _, pulse, start in sorted(candidates, key=lambda c: -c[0])[:TRIED]:
        line = _refined(pulses, frames, start, period_us)
        left = _assign(pulses, frames, line)[1]
        on = np.abs(left) < NEAR * period_us
        place = round((line.offset - (frames[0] - pulses[0])) / (0.25 * period_us))
        score = (int(on.sum()), -float(np.std(left[on])) if on.any() else 0.0, pulse, line)
        if place not in scored or score[:2] > scored[place][:2]:
            scored[place] = score
    ranked = sorted(scored.values(), key=lambda s: s[:2], reverse=True)
    if len(ranked) > 1 and ranked[1][0] >= ranked[0][0]:
        raise NoPairing(f"{ranked[0][0]} of {len(frames)} frames fall on pulses at more than one shift: the mark is not among the frames")
    if ranked[0][0] < max(FEWEST, 0.5 * len(frames)):
        raise NoPairing(f"at no shift more than {ranked[0][0]} of {len(frames)} frames fall on pulses")
    return ranked[0][3]


def _matched(pulses: Floats, frames: Floats, line: _Line, period_us: float) -> int:
    frames = frames[:: len(frames) // SAMPLE + 1]
    # Clocks drift apart away from where the candidate holds: tolerance grows with the distance.
    nearest, left = _assign(pulses, frames, line)
    reach = NEAR * period_us + CLOCKS_PPM * 1e-6 * np.abs(pulses[nearest] - line.middle)
    return int(np.count_nonzero(np.abs(left) < np.minimum(reach, 0.45 * period_us)))


def _refined(pulses: Floats, frames: Floats, line: _Line, period_us: float) -> _Line:
    """Offset and rate from the frames on pulses, widening from where the line is good."""
    span = 8.0 * period_us
    whole = float(pulses[-1] - pulses[0]) + period_us
    for _ in range(40):
        nearest, left = _assign(pulses, frames, line)
        at = pulses[nearest]
        use = (np.abs(left) < NEAR * period_us) & (np.abs(at - line.middle) <= span)
        if np.count_nonzero(use) >= FEWEST and np.ptp(at[use]) > 0:
            line = _through(at[use], (frames - pulses[nearest])[use])
        if span > 2.0 * whole:
            break
        span *= 2.0
    return line


def _through(at: Floats, offset: Floats) -> _Line:
    middle = float(at.mean())
    arm = at - middle
    slope = float(arm @ offset / (arm @ arm))
    slope = float(np.clip(slope, -CLOCKS_PPM * 1e-6, CLOCKS_PPM * 1e-6))
    mean = float(offset.mean())
    scatter = float(np.std(offset - mean - slope * arm)) * math.sqrt(len(at) / max(len(at) - 2, 1))
    return _Line(mean, slope, middle, scatter / math.sqrt(len(at)), scatter / float(np.linalg.norm(arm)))


def _assign(pulses: Floats, frames: Floats, line: _Line) -> tuple[Whole, Floats]:
    """For every frame the nearest pulse, and by how much it is late against it."""
    places = line.at(pulses)
    right = np.clip(np.searchsorted(places, frames), 1, len(places) - 1)
    nearest = np.where(np.abs(places[right] - frames) < np.abs(frames - places[right - 1]), right, right - 1).astype(np.int64)
    return nearest, frames - places[nearest]


def _lag(pulses: Whole, count: int) -> int:
    """Frames that begin late and then miss nothing to the very last pulse lag: simpler than a start-up loss without any other."""
    first = int(pulses.min())
    unbroken = int(pulses.max()) == count - 1 and bool(np.all(np.diff(np.unique(pulses)) == 1))
    return first if unbroken else 0


def _ledger(count: int, pulse: Whole, on_pulse: NDArray[np.bool_], lag: int, line: _Line, left: Floats) -> Ledger:
    taken: dict[int, int] = {}
    doubled: set[int] = set()
    extra = [int(frame) for frame in np.flatnonzero(~on_pulse)]
    for frame in np.flatnonzero(on_pulse):
        index = int(pulse[frame])
        if index < 0:
            extra.append(int(frame))
        elif index in taken:
            doubled.add(index)
        else:
            taken[index] = int(frame)
    held = tuple(range(count - lag, count)) if lag else ()
    steps = np.diff(sorted(taken))
    usual = int(np.bincount(steps).argmax()) if len(steps) else 1
    every = usual if usual > 1 and float(np.mean(steps == usual)) >= STEADY else 1
    n = len(left)
    scatter = float(np.std(left)) if n else 0.0
    return Ledger(
        paired=tuple(sorted(taken.items())),
        missed=tuple(i for i in range(count) if i not in taken and i not in held),
        held=held,
        doubled=tuple(sorted(doubled)),
        extra=tuple(sorted(extra)),
        lag=lag,
        every=every,
        rate_ppm=Measurement("pulse_clock_rate", line.slope * 1e6, "ppm", line.u_slope * 1e6, n, "least squares over paired pulses"),
        delay=Measurement("frame_after_pulse", line.offset, "us", line.u_offset, n, "mean over paired pulses"),
        scatter_us=scatter,
    )


def _rising(what: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise EstimatorError(f"no {what}" if array.size == 0 else f"{what} in {array.ndim} dimensions, not one")
    if not np.all(np.isfinite(array)):
        raise EstimatorError(f"times of {what} are not all finite")
    if np.any(np.diff(array) < 0):
        at = int(np.argmax(np.diff(array) < 0))
        raise EstimatorError(f"{what} run backwards after number {at}: {array[at]:.6f} then {array[at + 1]:.6f} us")
    return array
