"""How alike the rows of a global shutter open and close: by flashes that its exposure cuts.

A flash that the start of the exposure cuts lights a row from that row's start on; one that the end cuts, up to that row's end. If the
rows open or close one after the other, the cut flash falls off or grows over the rows: its tilt, against flashes wholly inside, is the
skew, whenever the flash fell. Starts and ends tilt against each other, so what tilts both alike, as bent responses under uneven light do,
drops out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure._band import NoFlash, _finite
from hil.measure.budget import rectangular, type_a
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement, Series

Floats = NDArray[np.float64]

FEWEST: Final = 3
"""Flashes cut by the start, and by the end, and flashes wholly inside."""

PARTLY: Final = (0.12, 0.88)
"""Shares of a flash in the frame from which and up to which it counts as cut."""

INSIDE: Final = 0.93

VISIBLE: Final = 8.0
"""A flash stands out of what frames without one differ by."""

BANDED: Final = 0.5
"""Part of a whole flash by which blocks of rows of one frame differ, from which on it is a band and no global shutter's frame."""

BLOCKS: Final = 16

WIDTH_US: Final = 20.0
"""Half width of what the mean flash differs from the width asked for (type B, rectangular); it only scales the skew."""


class NotGlobal(EstimatorError):
    """Flashes light some rows and leave others dark: a rolling shutter."""


@dataclass(frozen=True, slots=True)
class Tilt:
    """Last row against first."""

    skew: Measurement
    """"shutter_skew" in us: how much later the last row is exposed."""
    starts: Measurement
    """"skew_of_starts" in us."""
    ends: Measurement
    """"skew_of_ends" in us."""
    frames: int
    """Frames that showed it."""


def shutter_tilt(profiles_dn: Sequence[ArrayLike], dark_dn: ArrayLike, place_us: ArrayLike, cycle_us: float, width_us: float) -> Tilt:
    """From frames of a camera that sees a train of flashes, at most one of them in a frame.

    `profiles_dn`: mean DN of every row; `dark_dn`: without flashes; `place_us`: start of the flash against the frame's read-out, but for
    a constant and whole cycles, one per frame, spread over the cycle; `cycle_us`: from flash to flash; `width_us`: of a flash.
    NotGlobal for a rolling shutter; EstimatorError where too few flashes are cut.
    """
    profiles = np.stack([_finite("profile", profile) for profile in profiles_dn]) - _finite("dark profile", dark_dn)
    place = np.asarray(place_us, dtype=np.float64)
    if place.shape != (len(profiles),) or not np.all(np.isfinite(place)):
        raise EstimatorError(f"{len(profiles)} profiles, but places {place.shape}, or not all finite")
    level = profiles.mean(axis=1)
    whole = _whole(level, profiles)
    _refuse_bands(profiles, whole)
    share = level / whole
    inside = share > INSIDE
    cut = (share > PARTLY[0]) & (share < PARTLY[1])
    turn = 2j * math.pi / cycle_us
    middle = np.exp(turn * place[inside]).sum()
    later = np.angle(np.exp(turn * place) / middle) > 0
    pattern = profiles[inside].mean(axis=0)
    if np.count_nonzero(inside) < FEWEST or pattern.min() <= 0.05 * whole:
        raise EstimatorError(f"{np.count_nonzero(inside)} flashes wholly inside, or rows that they leave dark: too few")
    starts = _skew("skew_of_starts", profiles[cut & ~later] / pattern, -width_us)
    ends = _skew("skew_of_ends", profiles[cut & later] / pattern, width_us)
    n, value = starts.n + ends.n, 0.5 * (starts.value + ends.value)
    budget = (
        starts.budget[0].times(0.5),
        ends.budget[0].times(0.5),
        rectangular("half of what starts and ends differ by", 0.5 * (starts.value - ends.value)),
        rectangular(f"width of a flash, +/- {WIDTH_US:g} us assumed", value * WIDTH_US / width_us),
    )
    rows = np.arange(profiles.shape[1], dtype=np.float64)
    series = Series(tuple(rows.tolist()), tuple((profiles[cut] / pattern).mean(axis=0).tolist()), (), "row", "part of a flash")
    skew = Measurement.of("shutter_skew", value, "us", budget, n, "tilt of flashes that the exposure cuts", series)
    return Tilt(skew, starts, ends, n)


def _whole(level: Floats, profiles: Floats) -> float:
    """The level of a flash wholly inside."""
    bright = float(np.percentile(level, 95))
    noise = float(np.median(np.abs(np.diff(profiles, axis=1)))) / (0.6745 * math.sqrt(2.0 * profiles.shape[1]))
    if bright < VISIBLE * noise or bright <= 0:
        raise NoFlash("no flash: no frame is brighter than its noise")
    return float(np.median(level[level > 0.9 * bright]))


def _refuse_bands(profiles: Floats, whole: float) -> None:
    blocks = np.stack([block.mean(axis=1) for block in np.array_split(profiles, BLOCKS, axis=1)])
    typical = np.median(blocks[:, profiles.mean(axis=1) > INSIDE * whole], axis=1)[:, None]
    lit = blocks / np.maximum(typical, 1e-3 * whole)
    if np.any(np.ptp(lit, axis=0) > BANDED):
        raise NotGlobal("flashes light some rows and leave others dark: a rolling shutter")


def _skew(name: str, shares: Floats, us: float) -> Measurement:
    """Mean slope over all rows, first to last, in us."""
    if len(shares) < FEWEST:
        raise EstimatorError(f"{len(shares)} flashes cut by {'starts' if us < 0 else 'ends'} of exposures, at least {FEWEST} are needed")
    height = np.linspace(-0.5, 0.5, shares.shape[1])
    slopes = shares @ height / float(height @ height) * us
    # Student's t for so few frames, as a normal of the same spread.
    n = len(slopes)
    u = float(np.std(slopes, ddof=1)) / math.sqrt(n) * math.sqrt((n - 1) / max(n - 3, 0.5))
    ends = "starts" if us < 0 else "ends"
    scatter = type_a(f"scatter of {ends}", u, n - 1)
    return Measurement.of(name, float(slopes.mean()), "us", [scatter], n, "tilt of flashes that the exposure cuts")
