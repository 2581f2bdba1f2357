"""The fit behind `hil.measure.flash`: all flashes of a camera at once, rows read singly or in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hil.measure import _pooled
from hil.measure._band import Band
from hil.measure._pulse import SHORTEST_US, SPREAD, USUAL, Led, collected

Floats = NDArray[np.float64]

EXPOSURE_LINES: Final = 0.5
"""Standard uncertainty of the exposure as set, in lines, before the flashes themselves show it."""

NARROWEST: Final = 0.01
"""Least pulse in lines."""

ROUGHLY: Final = 1e-3
"""How well a fit settles whose only use is to tell noise from signal."""

START, LONGER, PLATEAU, AMBIENT, SLOPE, CURVE = range(6)
"""A flash's own parameters: us, us by which it is longer than the others, DN, and ambient light in DN: level, slope, bend over its rows."""

RISE, FALL, SHARE, TAIL, EXPOSURE, WIDTH = range(6)
"""What all flashes share: us, us, part, us, us, us."""


@dataclass(frozen=True, slots=True)
class Strobe:
    """What is known of the pulses beforehand; by default nothing but that they are alike."""

    width_us: float | None = None
    u_width_us: float = 0.0
    """Standard uncertainty of `width_us`; 0: it is taken as it is."""
    jitter_us: float = 0.0
    """Standard deviation of widths from pulse to pulse: hundreds of us for a pin driven from user space."""
    led: Led | None = None
    """Shape of the light, taken as it is; None: fitted."""
    doubt: tuple[tuple[float, ...], ...] = ()
    """Where width and shape come from another camera's flashes: a factor of the covariance of what was fitted there (rows as in `RISE` ..
    `WIDTH`), so that their errors are seen to cancel between the two."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A settled fit and what is needed to read it."""

    pooled: _pooled.Pooled
    origin_us: Floats
    """[frames]: to be added to START."""
    left_dn: Floats
    """[frames, rows]: what the fit leaves; 0 outside the frame."""
    dof: int
    inherited: Floats
    """[q, causes]: what the strobe given was known to."""

    @property
    def misfit(self) -> float:
        """sqrt(chi^2 / dof)."""
        return float(np.sqrt(self.pooled.chi2 / self.dof))

    def shape_us(self, i: int, along: Floats, through_width: float) -> Floats:
        """How errors of what is shared move a quantity of flash `i`, in us, one number per independent cause.

        The quantity is `along` its own parameters plus `through_width` times the shared width. Causes of another camera's fit come first.
        """
        by_shared = along @ self.pooled.sensitivity[i]
        by_shared[WIDTH] += through_width
        given = by_shared + by_shared @ self.pooled.response
        result: Floats = np.concatenate([given @ self.inherited, by_shared @ self.factor])
        return result

    @property
    def factor(self) -> Floats:
        """A square root of the covariance of the shared parameters that were free; [q, q]."""
        values, vectors = np.linalg.eigh(self.pooled.shared_covariance)
        root: Floats = (vectors * np.sqrt(np.maximum(values, 0.0)) * max(self.misfit, 1.0)).astype(np.float64)
        return root

    @property
    def doubt(self) -> tuple[tuple[float, ...], ...]:
        """To be handed on in a `Strobe`."""
        return tuple(tuple(row) for row in np.hstack([self.inherited, self.factor]).tolist())

    @property
    def led(self) -> Led:
        """The shape of the light."""
        return led_of(self.pooled.shared)


def led_of(shared: Floats) -> Led:
    """The LED among the shared parameters."""
    return Led(float(shared[RISE]), float(shared[FALL]), float(shared[SHARE]), float(shared[TAIL]))


def fit_flashes(profiles: Floats, bands: Sequence[Band], exposure_us: float, line_us: float, paired: bool, strobe: Strobe) -> Fit:
    """Fit one flash to each of the bands of corrected profiles [frames, rows]."""
    rows, inside = _windows(bands, profiles.shape[1])
    y = np.take_along_axis(profiles[[band.frame for band in bands]], np.minimum(rows, profiles.shape[1] - 1), axis=1)
    origin: Floats = (rows[:, 0] * line_us).astype(np.float64)
    at = (rows - (rows % 2 if paired else 0)) * line_us - origin[:, None]
    tilt = np.linspace(-1.0, 1.0, rows.shape[1])
    ambient = np.stack([np.ones_like(tilt), tilt, tilt**2])

    last: list[tuple[bytes, Floats]] = []

    def light(own: Floats, shared: Floats) -> Floats:
        # Three of the own parameters leave the light as it is, and their derivatives ask for it again.
        key = own[:, : LONGER + 1].tobytes() + shared.tobytes()
        if not last or last[0][0] != key:
            last[:] = [(key, shine(own, shared))]
        return last[0][1]

    def shine(own: Floats, shared: Floats) -> Floats:
        width = np.maximum(shared[WIDTH] + own[:, LONGER, None], NARROWEST * line_us)
        since = at - own[:, START, None]
        part: Floats = collected(since - shared[EXPOSURE], since, width, led_of(shared)) / np.minimum(width, shared[EXPOSURE])
        return part

    def model(own: Floats, shared: Floats) -> Floats:
        values: Floats = own[:, PLATEAU, None] * light(own, shared) + own[:, AMBIENT:] @ ambient
        return values

    own = _own(bands, origin, line_us, strobe)
    shared = _shared(exposure_us, line_us, float(np.median([b.width_row for b in bands])) * line_us, strobe)
    noise = np.where(inside, 0.02 * float(np.median(own.start[:, PLATEAU])), np.inf)
    for _ in range(2):
        pooled = _pooled.fit(model, y, 1.0 / noise, own, shared, ROUGHLY)
        own, shared = replace(own, start=pooled.own), replace(shared, start=pooled.shared)
        noise = np.where(inside, _noise(y - model(pooled.own, pooled.shared), light(pooled.own, pooled.shared), inside), np.inf)
    pooled = _pooled.fit(model, y, 1.0 / noise, own, shared)
    left = np.where(inside, y - model(pooled.own, pooled.shared), 0.0)
    return Fit(pooled, origin, left, max(int(inside.sum()) - own.start.size, 1), _inherited(strobe))


def _windows(bands: Sequence[Band], rows: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Equally many rows around every band, and which of them are in the frame."""
    length = min(rows, max(band.stop - band.first for band in bands))
    first = np.array([band.first for band in bands])
    index = first[:, None] + np.arange(length)
    return index, index < rows


def _own(bands: Sequence[Band], origin_us: Floats, line_us: float, strobe: Strobe) -> _pooled.Own:
    start = np.array([[b.start_row * line_us, 0.0, b.plateau, b.ambient, 0.0, 0.0] for b in bands])
    start[:, START] -= origin_us
    steps = np.array([1e-4 * line_us] * 2 + [1e-4 * float(np.median(start[:, PLATEAU]))] * 4)
    alike = 1.0 / max(strobe.jitter_us, 1e-6 * line_us) ** 2
    return _pooled.Own(start, steps, np.array([0.0, alike, 0.0, 0.0, 0.0, 0.0]))


def _shared(exposure_us: float, line_us: float, width_us: float, strobe: Strobe) -> _pooled.Shared:
    led = strobe.led or USUAL
    width = width_us if strobe.width_us is None else strobe.width_us
    u_width = 2.0 * line_us + 0.5 * width_us if strobe.width_us is None else strobe.u_width_us
    prior = np.array([led.rise_us, led.fall_us, led.tail_share, led.tail_us, exposure_us, width])
    spread = np.array([SPREAD.rise_us, SPREAD.fall_us, SPREAD.tail_share, SPREAD.tail_us, EXPOSURE_LINES * line_us, u_width])
    if strobe.led is not None:
        spread[:EXPOSURE] = 0.0
    longest = 20.0 * line_us
    low = np.array([SHORTEST_US, SHORTEST_US, 0.0, SHORTEST_US, 0.1 * exposure_us, NARROWEST * line_us])
    high = np.array([longest, longest, 0.9, longest, exposure_us + 4.0 * line_us, 2.0 * width + 10.0 * line_us])
    steps = np.array([1e-4 * line_us, 1e-4 * line_us, 1e-3, 1e-4 * line_us, 1e-4 * line_us, 1e-4 * line_us])
    return _pooled.Shared(prior, prior, spread, low, high, steps)


def _inherited(strobe: Strobe) -> Floats:
    factor: Floats = np.array(strobe.doubt, dtype=np.float64).reshape(WIDTH + 1, -1) if strobe.doubt else np.zeros((WIDTH + 1, 0))
    factor[EXPOSURE] = 0.0  # each camera has its own
    return factor


def _noise(residuals: Floats, part: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Standard deviation of rows from the residuals where it is dark and on the plateau; in between the variance follows the signal."""
    everywhere = float(np.mean(residuals[inside] ** 2))
    dark, lit = residuals[inside & (part < 0.02)], residuals[inside & (part > 0.98)]
    in_dark = float(np.mean(dark**2)) if dark.size >= 8 else everywhere
    on_top = float(np.mean(lit**2)) if lit.size >= 8 else everywhere
    variance = in_dark + max(on_top - in_dark, 0.0) * np.clip(part, 0.0, 1.0)
    noise: Floats = np.sqrt(np.maximum(variance, 1e-12 * max(everywhere, 1e-300)))
    return noise
