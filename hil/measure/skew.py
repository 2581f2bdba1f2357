"""Rolling or global shutter, and the line time: how much later each row is read than the one before.

Two ways. By flashes: in every frame the flash comes at a known phase after the frame's read-out; on a rolling shutter the lit band moves
through the rows with it, one row per line time, on a global one all rows see it alike. By flicker: under a lamp on the mains a
rolling shutter shows stripes, whose number of rows per cycle of 100 or 120 Hz is the line time; a global shutter shows none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure._band import NoFlash, corrected, runs_of
from hil.measure.budget import rectangular, type_a
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement, Series

Floats = NDArray[np.float64]

FEWEST: Final = 4
"""Edges at different phases: a line has two parameters, and its uncertainty needs the scatter of the rest."""

VISIBLE: Final = 8.0
"""A band, or the whole frame, stands out of the noise of single rows by this factor."""

MAINS: Final = 0.002
"""Half width of the mains frequency, relative: 50.1 Hz is a bad day of the European grid (type B, rectangular)."""


@dataclass(frozen=True, slots=True)
class Skew:
    """How a camera reads its rows."""

    rolling: bool
    line_time: Measurement
    """"line_time" in us; 0 for a global shutter, with the u below which it cannot be."""
    frames: int
    """Frames that showed it."""


def readout_skew(profiles_dn: Sequence[ArrayLike], dark_dn: ArrayLike, flat_dn: ArrayLike, phase_us: ArrayLike) -> Skew:
    """From frames with one flash each, at known phases.

    `profiles_dn`: mean DN of every row; `phase_us`: start of the flash minus read-out of row 0, one per frame, spread over as much of
    the frame as possible. Edges are placed at half of the band's height, whatever the flash's shape: it is the same in all frames.
    """
    profiles = corrected(profiles_dn, dark_dn, flat_dn)
    phase = np.asarray(phase_us, dtype=np.float64)
    if phase.shape != (len(profiles),) or not np.all(np.isfinite(phase)):
        raise EstimatorError(f"{len(profiles)} profiles, but phases {phase.shape}, or not all finite")
    edges = [(kind, phase[i], row) for i, profile in enumerate(profiles) for kind, row in _edges(profile)]
    if not edges:
        return _global(profiles, phase)
    kinds, at, rows = (np.array(column, dtype=np.float64) for column in zip(*edges, strict=True))
    frames = len(set(at.tolist()))
    if frames < FEWEST:
        raise EstimatorError(f"flashes at {frames} phases show an edge, at least {FEWEST} are needed")
    return _rolling(kinds, at, rows, frames)


def skew_by_flicker(profile_dn: ArrayLike, dark_dn: ArrayLike, flat_dn: ArrayLike, light_hz: float, *, mains: float = MAINS) -> Skew:
    """From one frame under a flickering lamp; `light_hz`: 100 or 120. At least one and a half cycles must fit into the frame.

    A profile without stripes is called global: be sure that the lamp flickers, and that the exposure is no multiple of its cycle.
    """
    (profile,) = corrected([profile_dn], dark_dn, flat_dn)
    rows = np.arange(len(profile), dtype=np.float64)
    cycles = np.arange(0.5, len(profile) / 8.0, 0.05)
    power = np.array([_left(profile, rows, cycle / len(profile))[0] for cycle in cycles])
    best = float(cycles[int(np.argmin(power))]) / len(profile)
    for step in (0.02, 0.004, 0.0008):
        near = best + np.linspace(-step, step, 11) / len(profile) * 2.5
        best = float(near[int(np.argmin([_left(profile, rows, frequency)[0] for frequency in near]))])
    _, swing, scatter = _left(profile, rows, best)
    cycle_us = 1e6 / light_hz
    if swing < VISIBLE * scatter * math.sqrt(2.0 / len(profile)):
        u = cycle_us / len(profile) / math.sqrt(12.0)
        return Skew(False, Measurement("line_time", 0.0, "us", u, 1, "no stripes under flicker"), 1)
    if best * len(profile) < 1.5:
        raise EstimatorError(f"{best * len(profile):.2g} cycles of {light_hz:g} Hz in the frame, at least 1.5 are needed")
    # Cramér-Rao bound of a sinusoid's frequency: 6 sigma^2 / (pi^2 A^2 N^3) cycles^2 per row (Kay 1993, 3.41).
    u_frequency = math.sqrt(6.0 / len(profile) ** 3) * scatter / (math.pi * swing)
    value = best * cycle_us
    budget = (
        type_a("noise of the rows", u_frequency * cycle_us),
        rectangular(f"mains frequency, +/- {mains:.2%}", value * mains),
    )
    return Skew(True, Measurement.of("line_time", value, "us", budget, 1, "stripes under flicker"), 1)


def _edges(profile: Floats) -> list[tuple[int, float]]:
    """(0 rising or 1 falling, row) of a lit band's edges at half height; none where all rows are alike."""
    noise = float(np.median(np.abs(np.diff(profile)))) / (0.6745 * math.sqrt(2.0))
    low, high = (float(np.percentile(profile, part)) for part in (1, 99))
    if high <= low or high - low < VISIBLE * noise:
        return []
    level = (profile - low) / (high - low)
    runs = runs_of(level > 0.5)
    if len(runs) != 1:
        return []
    first, stop = runs[0]
    found = []
    if first > 0:
        found.append((0, first - 1 + float((0.5 - level[first - 1]) / (level[first] - level[first - 1]))))
    if stop < len(level):
        found.append((1, stop - 1 + float((level[stop - 1] - 0.5) / (level[stop - 1] - level[stop]))))
    return found


def _rolling(kinds: Floats, phase: Floats, rows: Floats, frames: int) -> Skew:
    """Phase against row: a slope, the line time, and one constant for each kind of edge; the phases are known, the rows scatter."""
    columns = [rows, *(np.asarray(kinds == kind, dtype=np.float64) for kind in sorted(set(kinds.tolist())))]
    basis = np.column_stack(columns)
    use = np.ones(len(rows), dtype=bool)
    for _ in range(3):
        solution, *_ = np.linalg.lstsq(basis[use], phase[use], rcond=None)
        left = phase - basis @ solution
        spread = 1.4826 * float(np.median(np.abs(left[use]))) + 1e-9
        use = np.abs(left) < 5.0 * spread
    dof = int(use.sum()) - basis.shape[1]
    if dof < 2 or np.ptp(rows[use]) < 2.0:
        raise EstimatorError("the edges lie on too few rows: sweep the flash through the frame")
    u = _u_of_slope(basis[use], left[use], phase[use])
    if float(solution[0]) < VISIBLE * u:
        raise EstimatorError(f"edges do not move with the flash: {solution[0]:.3g} us per row, u {u:.2g}; phases and frames mixed up?")
    series = Series(tuple(phase.tolist()), tuple(rows.tolist()), (), "phase of the flash, us", "edge, row")
    budget = (type_a("scatter of the edges, by flashes", u),)
    how = "band edges over flash phases"
    return Skew(True, Measurement.of("line_time", float(solution[0]), "us", budget, int(use.sum()), how, series), frames)


def _u_of_slope(basis: Floats, left: Floats, flash: Floats) -> float:
    """Standard uncertainty of the first coefficient, where both edges of a flash may be late together: clusters (Liang, Zeger 1986)."""
    bread = np.linalg.inv(basis.T @ basis)
    flashes, which = np.unique(flash, return_inverse=True)
    scores = np.zeros((len(flashes), basis.shape[1]))
    np.add.at(scores, which, basis * left[:, None])
    meat = scores.T @ scores * len(flashes) / max(len(flashes) - basis.shape[1] - 1, 1)
    return math.sqrt(float((bread @ meat @ bread)[0, 0]))


def _global(profiles: Floats, phase: Floats) -> Skew:
    means = profiles.mean(axis=1)
    noise = float(np.median(np.abs(np.diff(profiles, axis=1)))) / (0.6745 * math.sqrt(2.0)) / math.sqrt(profiles.shape[1])
    lit = means > means.min() + VISIBLE * noise
    if not np.any(lit):
        raise NoFlash("no flash: neither rows nor frames differ by more than their noise")
    steps = np.diff(np.sort(phase))
    # A skew of this much over all rows would have put an edge into a frame.
    budget = (rectangular("longest step between flashes", float(steps.max(initial=0.0)) / profiles.shape[1] / 2.0),)
    return Skew(False, Measurement.of("line_time", 0.0, "us", budget, int(lit.sum()), "all rows see the flash alike"), int(lit.sum()))


def _left(profile: Floats, rows: Floats, frequency: float) -> tuple[float, float, float]:
    """What a sinusoid of that many cycles per row leaves, its amplitude, and the scatter of rows about it."""
    turn = 2.0 * math.pi * frequency * rows
    basis = np.column_stack([np.ones_like(rows), rows - rows.mean(), np.cos(turn), np.sin(turn)])
    solution, *_ = np.linalg.lstsq(basis, profile, rcond=None)
    left = profile - basis @ solution
    square = float(left @ left)
    return square, float(math.hypot(solution[2], solution[3])), math.sqrt(square / max(len(rows) - 5, 1))
