"""The lit band that a flash leaves in a rolling shutter's row profile: found, roughly placed, or refused by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.errors import EstimatorError

Floats = NDArray[np.float64]

VISIBLE: Final = 8.0
"""A flash stands out of the noise of single rows by at least this factor."""

CLIPPING: Final = 0.9
"""Part of the range from black to full scale above which a row's mean hides clipped pixels: they are not all alike."""

FEWEST_ROWS: Final = 16

MARGIN_ROWS: Final = 2
"""Rows outside a ramp that must be in the frame for the ramp to count as whole."""


JOINED_ROWS: Final = 3
"""Lit rows with a gap of at most this many between them are one band."""


class NoFlash(EstimatorError):
    """No band of lit rows: no flash, or one that all rows saw alike."""


class SeveralFlashes(EstimatorError):
    """More than one band, or bands that overlap: nobody knows which flash is meant."""


class FlashOutside(EstimatorError):
    """Neither ramp of the band is wholly in the frame, so start and stop cannot both be told."""


class FlashClipped(EstimatorError):
    """Rows at full scale: the ramp's shape is lost."""


@dataclass(frozen=True, slots=True)
class Band:
    """A lit band in rows, good to about a row: where a fit starts from."""

    frame: int
    start_row: float
    """Row that is read out as the pulse starts."""
    width_row: float
    """Length of the pulse in line times."""
    first: int
    stop: int
    """Rows that the band and its ramps can touch."""
    plateau: float
    ambient: float


def corrected(profiles_dn: Sequence[ArrayLike], dark_dn: ArrayLike, flat_dn: ArrayLike) -> Floats:
    """Profiles [frames, rows] without dark level and row response; mean response 1."""
    dark, flat = _finite("dark profile", dark_dn), _finite("flat profile", flat_dn)
    profiles = [_finite("profile", profile) for profile in profiles_dn]
    if not profiles:
        raise EstimatorError("no profiles")
    lengths = {len(row) for row in (dark, flat, *profiles)}
    if len(lengths) != 1:
        raise EstimatorError(f"profiles, dark and flat differ in length: {', '.join(map(str, sorted(lengths)))} rows")
    if min(lengths) < FEWEST_ROWS:
        raise EstimatorError(f"{min(lengths)} rows, at least {FEWEST_ROWS} are needed")
    if flat.min() <= 0.05 * flat.mean():
        raise EstimatorError("the flat profile has rows without response: black not taken off, or no light")
    result: Floats = (np.stack(profiles) - dark) / (flat / flat.mean())
    return result


def clipped_frames(profiles_dn: Sequence[ArrayLike], dark_dn: ArrayLike, full_scale_dn: float | None) -> NDArray[np.bool_]:
    """Frames with a row whose mean is above `CLIPPING` of the range; none if full scale is not known."""
    if full_scale_dn is None:
        return np.zeros(len(profiles_dn), dtype=bool)
    black = float(np.mean(np.asarray(dark_dn)))
    brightest = np.array([np.max(np.asarray(profile)) for profile in profiles_dn])
    clipped: NDArray[np.bool_] = brightest - black > CLIPPING * (full_scale_dn - black)
    return clipped


def band_of(profile: Floats, frame: int, exposure_rows: float) -> Band:
    """The one band of a corrected profile; one of the errors above if there is not exactly one."""
    noise = float(np.median(np.abs(np.diff(profile)))) / (0.6745 * math.sqrt(2.0))
    ambient, top = (float(np.percentile(profile, part)) for part in (1, 99.5))
    top = max(top, float(np.partition(profile, -3)[-3]))
    if top - ambient < VISIBLE * noise or top <= ambient:
        raise NoFlash(f"no flash: rows differ by {top - ambient:.3g} DN, their noise is {noise:.3g} DN")
    runs = runs_of(profile > 0.5 * (ambient + top))
    if len(runs) > 1:
        rows = ", ".join(f"{first}..{stop - 1}" for first, stop in runs[:4])
        raise SeveralFlashes(f"{len(runs)} lit bands, one flash is needed: rows {rows}{', ...' if len(runs) > 4 else ''}")
    first, stop = runs[0]
    rising, falling = first > 0, stop < len(profile)
    if not (rising or falling):
        raise NoFlash("no flash: all rows are lit alike")
    level = (profile - ambient) / (top - ambient)
    up = _crossing(level[:stop], first) if rising else math.nan
    down = len(level) - 1 - _crossing(level[first:][::-1], len(level) - stop) if falling else math.nan
    ramp = _ramp(level, first, stop, rising)
    return _placed(frame, exposure_rows, ramp, up, down, len(profile), top - ambient, ambient)


def _placed(frame: int, exposure: float, ramp: float, up: float, down: float, rows: int, plateau: float, ambient: float) -> Band:
    span = down - up
    # The band is as long as the longer of pulse and exposure, its ramps as the shorter.
    width = span if math.isfinite(span) and abs(span - exposure) > max(1.5, 0.02 * exposure) else min(ramp, exposure)
    half = 0.5 * min(width, exposure)
    start = up - half if math.isfinite(up) else down + half - exposure - width
    leading = start >= MARGIN_ROWS and start + 2 * half <= rows - 1 - MARGIN_ROWS
    trailing_from = start + max(width, exposure)
    trailing = trailing_from >= MARGIN_ROWS and trailing_from + 2 * half <= rows - 1 - MARGIN_ROWS
    if not (leading or trailing) or (width >= exposure and not (leading and trailing)):
        raise FlashOutside(f"the flash is partly outside the frame: lit from row {start:.0f} to {start + width + exposure:.0f} of {rows}")
    margin = MARGIN_ROWS + 8 + math.ceil(min(width, exposure))
    return Band(
        frame, start, width, max(0, math.floor(start) - margin), min(rows, math.ceil(start + width + exposure) + margin), plateau, ambient
    )


def runs_of(lit: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and stop of each stretch of lit rows. On a ramp a row may be darker than the one before: noise, or rows read in pairs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lit, [False]]).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and first - runs[-1][1] <= JOINED_ROWS:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((first, stop))
    return runs


def _crossing(level: Floats, first: int) -> float:
    """Row, between `first` - 1 and `first`, at which the level passes one half."""
    below, above = level[first - 1], level[first]
    return first - 1 + float((0.5 - below) / (above - below))


def _ramp(level: Floats, first: int, stop: int, rising: bool) -> float:
    """Rows from dark to plateau, from those between 15 and 85 % next to half level; ambient light may slope beyond."""
    if rising:
        below, above = level[:first][::-1], level[first:stop]
    else:
        below, above = level[stop:], level[first:stop][::-1]
    return max(1.0, (_until(below < 0.15) + _until(above > 0.85)) / 0.7)


def _until(reached: NDArray[np.bool_]) -> int:
    return int(np.argmax(reached)) if np.any(reached) else len(reached)


def _finite(what: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise EstimatorError(f"empty {what}" if array.size == 0 else f"{what} in {array.ndim} dimensions, not one")
    if not np.all(np.isfinite(array)):
        raise EstimatorError(f"{what}: not all rows are finite numbers")
    return array
