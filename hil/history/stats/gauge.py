"""Gauge repeatability and reproducibility, crossed, by analysis of variance: AIAG, Measurement Systems Analysis, 4th ed., chapter III B.

Where a camera station has no appraisers, what was changed between readings takes their place: stations, fixtures, re-seatings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

POOLED_ABOVE = 0.25
"""AIAG: an interaction of parts and appraisers with a larger p is no interaction, and joins the repeatability."""
K = 6.0
"""Deviations in a study's or tolerance's width: 99.73 % of a normal distribution."""
GOOD, POOR = 10.0, 30.0
"""Percent: up to the first a gauge is good, beyond the second it is not acceptable; between them it depends on what for."""
NDC = 5
"""Categories that a gauge should tell apart."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Standard deviations of a study, in the unit of its readings."""

    parts: int
    appraisers: int
    trials: int
    ev: float
    """Repeatability: equipment variation."""
    av: float
    """Reproducibility: of appraisers, or what took their place."""
    interaction: float
    """Of parts and appraisers; 0 where it was pooled."""
    pv: float
    """Of the parts."""
    p_interaction: float
    """NaN where there is one part or one appraiser."""
    tolerance: float | None
    """Width between the limits; None without."""

    @property
    def grr(self) -> float:
        """Repeatability and reproducibility."""
        return math.sqrt(self.ev**2 + self.av**2 + self.interaction**2)

    @property
    def tv(self) -> float:
        """All of it."""
        return math.hypot(self.grr, self.pv)

    @property
    def ndc(self) -> int | None:
        """Number of distinct categories; None for a gauge without any variation of its own."""
        return int(1.41 * self.pv / self.grr) if self.grr > 0 else None

    def of_study(self, deviation: float) -> float:
        """Percent of the study's variation; NaN without any."""
        return 100 * deviation / self.tv if self.tv > 0 else math.nan

    def of_tolerance(self, deviation: float) -> float:
        """Percent of the tolerance, 6 deviations wide; NaN without one."""
        return 100 * K * deviation / self.tolerance if self.tolerance else math.nan

    @property
    def judged(self) -> str:
        """AIAG's word for it: by the tolerance where there is one, else by the study."""
        share = self.of_tolerance(self.grr) if self.tolerance else self.of_study(self.grr)
        if math.isnan(share):
            return "no variation at all"
        return "good" if share <= GOOD else "marginal" if share <= POOR else "not acceptable"


def study(readings: ArrayLike, tolerance: float | None = None) -> Gauge:
    """Of readings [part, appraiser, trial], at least 2 parts and 2 trials; ValueError for anything else, or for what is no number."""
    x = np.asarray(readings, float)
    if x.ndim != 3 or x.shape[0] < 2 or x.shape[1] < 1 or x.shape[2] < 2:
        raise ValueError("at least 2 parts and 2 trials are needed")
    if not np.isfinite(x).all():
        raise ValueError("a reading is no number")
    parts, appraisers, trials = x.shape
    x = x - x[0, 0, 0]  # equal readings then have no variance at all, whatever rounding does to their mean
    ms, p_interaction = _mean_squares(x)
    pooled = not p_interaction <= POOLED_ABOVE
    base, ev2 = (ms["pooled"], ms["pooled"]) if pooled else (ms["interaction"], ms["error"])
    interaction = 0.0 if pooled else max(0.0, (ms["interaction"] - ms["error"]) / trials)
    av2 = max(0.0, (ms["appraisers"] - base) / (parts * trials)) if appraisers > 1 else 0.0
    pv2 = max(0.0, (ms["parts"] - base) / (appraisers * trials))
    deviations = math.sqrt(ev2), math.sqrt(av2), math.sqrt(interaction), math.sqrt(pv2)
    return Gauge(parts, appraisers, trials, *deviations, p_interaction, tolerance or None)


def _mean_squares(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[dict[str, float], float]:
    """Mean squares by source, and the p value of the interaction."""
    from scipy.stats import f

    parts, appraisers, trials = x.shape
    mean, cells = x.mean(), x.mean(axis=2)
    by_part, by_appraiser = x.mean(axis=(1, 2)), x.mean(axis=(0, 2))
    ss_interaction = trials * float(((cells - by_part[:, None] - by_appraiser + mean) ** 2).sum())
    ss_error = float(((x - cells[..., None]) ** 2).sum())
    dof_interaction, dof_error = (parts - 1) * (appraisers - 1), parts * appraisers * (trials - 1)
    error = ss_error / dof_error
    interaction = ss_interaction / dof_interaction if dof_interaction else math.nan
    told = {
        "parts": appraisers * trials * float(((by_part - mean) ** 2).sum()) / (parts - 1),
        "appraisers": parts * trials * float(((by_appraiser - mean) ** 2).sum()) / (appraisers - 1) if appraisers > 1 else 0.0,
        "interaction": interaction,
        "error": error,
        "pooled": (ss_interaction + ss_error) / (dof_interaction + dof_error),
    }
    if not dof_interaction:
        return told, math.nan
    p = float(f.sf(interaction / error, dof_interaction, dof_error)) if error > 0 else (1.0 if ss_interaction < 1e-24 else 0.0)
    return told, p
