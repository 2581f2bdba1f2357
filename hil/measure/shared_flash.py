"""Two global shutters that see the same flashes: how far apart their exposures start and end, whenever the flashes fell.

A flash across both starts lights both frames from their start to its own end; one across both ends, from its own beginning to theirs. So
between the cameras the level differs by what falls between their starts, or their ends, and neither the time of the flash nor its width
matters, which a program that makes it knows to tens of us only. Flashes wholly inside give the cameras' ratio of sensitivities, frames
without one their levels in the dark: one straight line of the one camera's level over the other's, and two steps beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.budget import rectangular, type_a
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement, Series
from hil.measure.sync import NoPairs, WindowOffset
from hil.measure.window import Window, _covariance, _finite

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

JITTER_US: Final = 100.0
"""A flash falls this far from where it was asked for and is still taken for inside, outside or across."""

PARTLY: Final = (0.06, 0.94)
"""Shares of a flash in the frame that put the edge of the exposure on its plateau, away from its rise and fall."""

FEWEST_ACROSS, FEWEST_INSIDE, FEWEST_DARK = 2, 4, 2
"""Flashes across each edge, wholly inside, and frames without one."""

BEND: Final = 0.01
"""Standard uncertainty of how differently two sensors' responses bend, in parts of a flash's level; the data narrow it."""

WIDTH_US: Final = 20.0
"""Half width of what the mean flash differs from the width asked for (type B, rectangular); it only scales the offset."""


@dataclass(frozen=True, slots=True)
class _Frames:
    """What each flash did."""

    dark: Flags
    inside: Flags
    at_start: Flags
    at_stop: Flags

    @property
    def used(self) -> Flags:
        """All that say something."""
        found: Flags = self.dark | self.inside | self.at_start | self.at_stop
        return found


def offset_by_shared_flashes(delay_us: ArrayLike, a_dn: ArrayLike, b_dn: ArrayLike, width_us: float, window: Window) -> WindowOffset:
    """How much later camera b opens and closes than camera a.

    `delay_us`: start of each flash, as far as it is known, on the scale of `window`, which is camera a's as a strobe scan found it;
    `a_dn`, `b_dn`: mean levels of the two frames that the flash fell into. NoPairs where too few flashes lie across an edge of both,
    as when the cameras are farther apart than a flash is long.
    """
    delay, a, b = _finite("delays", delay_us), _finite("levels of one camera", a_dn), _finite("levels of the other camera", b_dn)
    if not len(delay) == len(a) == len(b):
        raise EstimatorError(f"{len(delay)} delays, {len(a)} and {len(b)} levels")
    frames, per_us = _sorted(delay, a, b, width_us, window)
    steps, covariance, scatter = _steps(a, b, frames, per_us * width_us)
    n = int(np.count_nonzero(frames.used))

    def measured(name: str, which: int, sign: float, across: Flags) -> Measurement:
        value = sign * float(steps[which]) / per_us
        budget = (
            type_a("scatter of the levels, bend of the responses", math.sqrt(float(covariance[which, which])) / per_us),
            rectangular(f"width of a flash, +/- {WIDTH_US:g} us assumed", value * WIDTH_US / width_us),
        )
        left = (b[across] - b[across].mean() - (a[across] - a[across].mean()) * scatter.slope) / per_us
        series = Series(tuple(delay[across].tolist()), tuple((value + sign * left).tolist()), (), "delay, us", "offset, us")
        return Measurement.of(name, value, "us", budget, n, "flashes across both exposures' edges", series)

    return WindowOffset(
        measured("sync_offset_start", 2, -1.0, frames.at_start),
        measured("sync_offset_stop", 3, 1.0, frames.at_stop),
    )


def _sorted(delay: Floats, a: Floats, b: Floats, width_us: float, window: Window) -> tuple[_Frames, float]:
    """Which flash did what, and the level of camera b per us of flash."""
    start, stop = window.start.value, window.stop.value
    out = (delay + width_us < start - JITTER_US) | (delay > stop + JITTER_US)
    inside = (delay > start + JITTER_US) & (delay + width_us < stop - JITTER_US)
    if np.count_nonzero(out) < FEWEST_DARK or np.count_nonzero(inside) < FEWEST_INSIDE:
        raise NoPairs(f"{np.count_nonzero(inside)} flashes wholly inside and {np.count_nonzero(out)} outside: too few")
    shares = [(level - np.median(level[out])) / (np.median(level[inside]) - np.median(level[out])) for level in (a, b)]
    low, high = PARTLY
    partly = np.all([(share > low) & (share < high) for share in shares], axis=0)
    near_start = np.abs(delay + 0.5 * width_us - start) < np.abs(delay + 0.5 * width_us - stop)
    frames = _Frames(
        dark=out & np.all([share < low for share in shares], axis=0),
        inside=inside & np.all([share > high for share in shares], axis=0),
        at_start=partly & ~out & ~inside & near_start,
        at_stop=partly & ~out & ~inside & ~near_start,
    )
    for name, across in (("start", frames.at_start), ("end", frames.at_stop)):
        if np.count_nonzero(across) < FEWEST_ACROSS:
            raise NoPairs(
                f"{np.count_nonzero(across)} flashes lie across the {name} of both exposures, at least {FEWEST_ACROSS} are needed"
            )
    return frames, float(np.median(b[frames.inside]) - np.median(b[frames.dark])) / width_us


@dataclass(frozen=True, slots=True)
class _Line:
    """Level of camera b over that of camera a."""

    slope: float


def _steps(a: Floats, b: Floats, frames: _Frames, full_dn: float) -> tuple[Floats, Floats, _Line]:
    """Constant, slope, steps at start and end, bend; their covariance."""
    use = frames.used
    share = (a[use] - np.median(a[frames.dark])) / (np.median(a[frames.inside]) - np.median(a[frames.dark]))
    columns = [np.ones_like(share), share, frames.at_start[use], frames.at_stop[use], share * (1.0 - share)]
    basis = np.column_stack(columns).astype(np.float64)
    scatter = 1e-3 * full_dn
    for _ in range(4):
        # What is known of the bend is one more reading.
        known = np.array([[0.0, 0.0, 0.0, 0.0, scatter / (BEND * full_dn)]])
        jacobian = np.vstack([basis, known])
        solution, *_ = np.linalg.lstsq(jacobian, np.append(b[use], 0.0), rcond=None)
        left = b[use] - basis @ solution
        scatter = math.sqrt(float(left @ left) / max(len(left) - basis.shape[1], 1)) + 1e-9 * full_dn
    robust = _covariance(jacobian, np.append(left, scatter), known=1)
    plain = np.linalg.pinv(jacobian.T @ jacobian, hermitian=True) * scatter**2
    # Two or three flashes on an edge may happen to agree: never less than what all frames scatter.
    covariance = np.where(np.eye(len(robust), dtype=bool), np.maximum(robust, plain), robust)
    slope = float(solution[1]) / float(np.median(a[frames.inside]) - np.median(a[frames.dark]))
    return solution, covariance, _Line(slope)
