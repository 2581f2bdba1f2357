"""When a flash fell, seen by a rolling shutter: start and stop of the pulse against the frame's read-out.

Row r is read out r line times after row 0 (whose instant is SensorTimestamp) and was exposed during the exposure time before that. The row
profile of a frame with one flash in it is dark, a ramp as wide as the shorter of pulse and exposure, a plateau, a second ramp, and dark
again. Start, stop, plateau and ambient light (level, slope, bend) of every flash are fitted to it. The shape of the LED's light, the true
exposure and whether rows are read in pairs are fitted for all flashes together: sweep the flash's phase over the line time, and flashes
show each other's shape. Noise is the data's own: the variance of a row is that in the dark plus a part that follows the signal (photon
transfer, EMVA 1288 release 4.0, section 2.3).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure._band import (
    Band,
    FlashClipped,
    FlashOutside,
    NoFlash,
    SeveralFlashes,
    band_of,
    clipped_frames,
    corrected,
)
from hil.measure._flash_fit import EXPOSURE, LONGER, PLATEAU, START, WIDTH, Fit, Strobe, fit_flashes
from hil.measure._pulse import Led
from hil.measure.budget import rectangular, type_a, type_b
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement

__all__ = [
    "FlashClipped",
    "FlashOutside",
    "FlashTimes",
    "Flashes",
    "Led",
    "NoFlash",
    "Rolling",
    "SeveralFlashes",
    "Strobe",
    "flash_times",
    "flashes",
    "photon_bound_us",
]

Floats = NDArray[np.float64]

ALIKE: Final = Strobe()

NOISE, SHAPE, LINES = "noise of the rows", "what all flashes share: shape, width, exposure", "line time"
"""Names in the budgets; the second is common to all frames of a camera."""

LIGHT_US: Final = 0.15
"""Half width assumed for delay and shape of an LED's light beyond the model (type B, rectangular); the same for every camera that sees
it."""

LIGHT: Final = f"light of the LED beyond the model, +/- {LIGHT_US:g} us assumed"

MISFIT: Final = 0.15
"""A pulse's profile departs from the fit nowhere by more than this part of its plateau; two flashes in one band do."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """What is known of the camera's rows beforehand."""

    exposure_us: float
    line_time_us: float
    u_line_time_us: float = 0.0
    paired: bool | None = None
    """Rows 2n and 2n + 1 are read together; None: fitted."""
    full_scale_dn: float | None = None
    """Level at which pixels clip, if known."""


@dataclass(frozen=True, slots=True)
class FlashTimes:
    """One flash in one frame; us relative to the start of read-out of row 0."""

    start: Measurement
    """"flash_start": current on."""
    stop: Measurement
    """"flash_stop": current off."""
    middle: Measurement
    """"flash_middle": half way between; what the data know best, and what two cameras that see one LED compare."""
    plateau: Measurement
    """"flash_plateau" in DN above ambient light, at the mean response of all rows."""
    row: float
    """First lit row: rows times line time is the part that an error of the line time reaches."""
    shape_us: tuple[float, ...] = ()
    """Of `middle`: what each independent error of the common shape adds. A camera that was given another's `strobe` repeats its causes
    first."""


@dataclass(frozen=True, slots=True)
class Flashes:
    """The flashes of a series of frames of one camera, and what they have in common."""

    times: tuple[FlashTimes | None, ...]
    """One per frame; None where the frame was refused."""
    refused: tuple[tuple[int, EstimatorError], ...]
    """Frames without an answer, and why."""
    strobe: Strobe
    """Width and shape of the pulses as fitted: to be given to the next camera that saw them."""
    width: Measurement
    """"flash_width" in us."""
    exposure: Measurement
    """"exposure_by_flash" in us: from ramp to ramp. The exposure as set, where no frame shows both."""
    paired: bool
    misfit: float
    """sqrt(chi^2 / dof) over all rows; 1 where noise explains what the fit leaves. Stated uncertainties grow with it above 1."""


def flash_times(profile_dn: ArrayLike, dark_dn: ArrayLike, flat_dn: ArrayLike, camera: Rolling, *, strobe: Strobe = ALIKE) -> FlashTimes:
    """The flash in one frame, see `flashes`; one of the named errors if there is not exactly one, whole and unclipped."""
    found = flashes([profile_dn], dark_dn, flat_dn, camera, strobe=strobe)
    (times,) = found.times
    if times is None:
        raise found.refused[0][1]
    return times


def flashes(
    profiles_dn: Sequence[ArrayLike], dark_dn: ArrayLike, flat_dn: ArrayLike, camera: Rolling, *, strobe: Strobe = ALIKE
) -> Flashes:
    """The flash in each of several frames.

    `profiles_dn`: mean DN of every row, one profile per frame; `dark_dn`: the same without flash; `flat_dn`: response of every row with
    black
    taken off, in any unit (row shading, colours of the rows); `strobe`: what is known of the pulses, best the `strobe` of another camera
    that saw
    the same ones: what is wrong with their shape then cancels between the two. EstimatorError: no frame can be timed; it is the first's.
    """
    if not (camera.exposure_us > 0 and camera.line_time_us > 0 and math.isfinite(camera.exposure_us * camera.line_time_us)):
        raise EstimatorError(f"exposure {camera.exposure_us} us with lines of {camera.line_time_us} us is no rolling shutter")
    profiles = corrected(profiles_dn, dark_dn, flat_dn)
    bands, refused = _bands(profiles, clipped_frames(profiles_dn, dark_dn, camera.full_scale_dn), camera)
    if not bands:
        raise refused[0][1]
    fit, paired = _fitted(profiles, bands, camera, strobe)
    strange = np.abs(fit.left_dn).max(axis=1) > MISFIT * fit.pooled.own[:, PLATEAU]
    if np.any(strange):
        refused += [(b.frame, SeveralFlashes("the band is not one pulse's: several flashes overlap")) for b in _which(bands, strange)]
        bands = _which(bands, ~strange)
        if not bands:
            raise refused[0][1]
        fit, paired = _fitted(profiles, bands, camera, strobe)
    times: list[FlashTimes | None] = [None] * len(profiles)
    for i, band in enumerate(bands):
        times[band.frame] = _times(fit, i, camera, len(bands))
    return Flashes(
        tuple(times), tuple(sorted(refused, key=lambda r: r[0])), _strobe(fit, strobe), *_common(fit, len(bands)), paired, fit.misfit
    )


def photon_bound_us(electrons: ArrayLike, pixels: int, line_time_us: float, read_noise_e: float = 0.0) -> float:
    """Least standard uncertainty in us with which noise lets anyone know when this flash fell (Cramér-Rao bound).

    `electrons`: expected electrons of a pixel, [rows], or [rows, phases] finely sampled over each line; `pixels`: averaged per row.
    Information = sum over rows of (d mean / d t)^2 / variance (Kay, Estimation Theory, 1993, eq. 3.14), averaged over the phases; all but
    the instant is taken as known.
    """
    mean = np.asarray(electrons, dtype=np.float64)
    phases = 1 if mean.ndim == 1 else mean.shape[1]
    fine = mean.ravel()
    slope = np.gradient(fine, line_time_us / phases)
    information = float(np.sum(slope**2 / (np.maximum(fine, 0.0) + read_noise_e**2 + 1e-9))) * pixels / phases
    return 1.0 / math.sqrt(information) if information > 0 else math.inf


def _bands(profiles: Floats, clipped: NDArray[np.bool_], camera: Rolling) -> tuple[list[Band], list[tuple[int, EstimatorError]]]:
    bands: list[Band] = []
    refused: list[tuple[int, EstimatorError]] = []
    for frame, profile in enumerate(profiles):
        try:
            if clipped[frame]:
                raise FlashClipped(f"rows reach full scale ({camera.full_scale_dn:g} DN): less light, or a shorter pulse")
            bands.append(band_of(profile, frame, camera.exposure_us / camera.line_time_us))
        except EstimatorError as error:
            refused.append((frame, error))
    return bands, refused


def _which(bands: list[Band], chosen: NDArray[np.bool_]) -> list[Band]:
    return [band for band, keep in zip(bands, chosen, strict=True) if keep]


def _fitted(profiles: Floats, bands: list[Band], camera: Rolling, strobe: Strobe) -> tuple[Fit, bool]:
    ways = (False, True) if camera.paired is None else (camera.paired,)
    fits = [(fit_flashes(profiles, bands, camera.exposure_us, camera.line_time_us, paired, strobe), paired) for paired in ways]
    # Plain sums of squares: each fit has weights of its own, which forgive what it leaves.
    return min(fits, key=lambda fit: float(np.sum(fit[0].left_dn ** 2)))


def _times(fit: Fit, i: int, camera: Rolling, frames: int) -> FlashTimes:
    own, scale = fit.pooled.own[i], max(fit.misfit, 1.0)
    start, width = float(own[START] + fit.origin_us[i]), float(own[LONGER] + fit.pooled.shared[WIDTH])
    row = start / camera.line_time_us

    def measured(name: str, part: float) -> tuple[Measurement, tuple[float, ...]]:
        direction = np.zeros(len(own))
        direction[[START, LONGER]] = 1.0, part
        shape = fit.shape_us(i, direction, part)
        budget = (
            type_a(NOISE, scale * math.sqrt(float(direction @ fit.pooled.own_covariance[i] @ direction))),
            type_a(SHAPE, float(np.linalg.norm(shape))),
            type_b(LINES, abs(row) * camera.u_line_time_us),
            rectangular(LIGHT, LIGHT_US),
        )
        method = f"row profile, with {frames} flashes"
        return Measurement.of(name, start + part * width, "us", budget, 1, method), tuple(shape.tolist())

    middle, shape = measured("flash_middle", 0.5)
    plateau = math.sqrt(float(fit.pooled.own_covariance[i, PLATEAU, PLATEAU])) * scale
    return FlashTimes(
        start=measured("flash_start", 0.0)[0],
        stop=measured("flash_stop", 1.0)[0],
        middle=middle,
        plateau=Measurement("flash_plateau", float(own[PLATEAU]), "DN", plateau, 1, "row profile"),
        row=row,
        shape_us=shape,
    )


def _strobe(fit: Fit, known: Strobe) -> Strobe:
    return Strobe(float(fit.pooled.shared[WIDTH]), 0.0, known.jitter_us, fit.led, fit.doubt)


def _common(fit: Fit, frames: int) -> tuple[Measurement, Measurement]:
    values, u = fit.pooled.shared, np.sqrt(np.diag(fit.pooled.shared_covariance)) * max(fit.misfit, 1.0)
    return (
        Measurement("flash_width", float(values[WIDTH]), "us", float(u[WIDTH]), frames, "ramps of the lit band"),
        Measurement("exposure_by_flash", float(values[EXPOSURE]), "us", float(u[EXPOSURE]), frames, "from ramp to ramp of the lit band"),
    )
