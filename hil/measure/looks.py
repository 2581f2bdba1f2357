"""What is kept of a raw frame where nobody needs its pixels: reductions that travel to a host process and run there on every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hil.measure.errors import EstimatorError
from hil.measure.image import clipped_part, plane_means


@dataclass(frozen=True, slots=True)
class Planes:
    """Reduces to the means of the four colour planes in DN, and the part of pixels at full scale."""

    full_scale_dn: int

    def __call__(self, pixels: NDArray[np.uint16]) -> tuple[NDArray[np.float64], float]:
        """[2, 2] and a part from 0 to 1."""
        return plane_means(pixels), clipped_part(pixels, self.full_scale_dn)


@dataclass(frozen=True, slots=True)
class PlaneLevels:
    """One frame as `Levels` saw it; both [2, 2], by place in the colour filter."""

    means_dn: NDArray[np.float64]
    """Mean of each colour plane."""
    at_top: NDArray[np.float64]
    """Part of its pixels at the plane's brightest code: many only where it saturates, at full scale or at full wells."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Reduces to the mean of each colour plane, and how much of it is saturated."""

    def __call__(self, pixels: NDArray[np.uint16]) -> PlaneLevels:
        """What is kept of one raw frame."""
        planes = [[pixels[row::2, column::2] for column in (0, 1)] for row in (0, 1)]
        at_top = np.array([[np.count_nonzero(plane == plane.max()) / plane.size for plane in pair] for pair in planes])
        return PlaneLevels(plane_means(pixels), at_top)


@dataclass(frozen=True, slots=True)
class RowLook:
    """One frame as `Rows` saw it."""

    means_dn: NDArray[np.float64]
    """Mean of each row, [height], as read: rows of different colours differ."""
    clipped: float
    """Part of the pixels at full scale."""

    @property
    def mean_dn(self) -> float:
        """Mean of the whole frame."""
        return float(self.means_dn.mean())


def mean_rows(looks: Sequence[RowLook]) -> NDArray[np.float64]:
    """Mean of each row over some frames. EstimatorError where none came."""
    if not looks:
        raise EstimatorError("no frame of the reference recordings came")
    return np.asarray(np.mean([look.means_dn for look in looks], axis=0))


@dataclass(frozen=True, slots=True)
class Rows:
    """Reduces to the mean of each row, and the part of pixels at full scale."""

    full_scale_dn: int

    def __call__(self, pixels: NDArray[np.uint16]) -> RowLook:
        """What is kept of one raw frame."""
        # Most frames have no pixel at full scale, and to find the largest takes a third of comparing and counting.
        full = float(np.count_nonzero(pixels >= self.full_scale_dn)) / pixels.size if pixels.max() >= self.full_scale_dn else 0.0
        # Whole numbers add up exactly, and three times as fast as in float64; a row of 65,536 pixels fits.
        return RowLook(pixels.sum(axis=1, dtype=np.uint32) / pixels.shape[1], full)
