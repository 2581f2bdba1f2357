"""Least squares where every frame has parameters of its own and all frames share some.

Levenberg-Marquardt on the weighted residuals; the normal equations have an arrow's shape and are solved through the Schur complement
of the shared block (Triggs et al., "Bundle adjustment", 2000, section 6), so that a hundred frames cost a hundred small systems.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Model = Callable[[Floats, Floats], Floats]
"""(own[frames, p], shared[q]) -> values[frames, points]."""

STEPS: Final = 40
DAMPING: Final = 1e-3
"""Where Levenberg-Marquardt begins; it stops at `HOPELESS`."""

HOPELESS: Final = 1e9

SETTLED: Final = 1e-7
"""Relative fall of the sum of squares below which the fit is done."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all frames have in common: where it starts, what is known of it beforehand, and how far it may go."""

    start: Floats
    prior: Floats
    sigma: Floats
    """Standard uncertainty of `prior`; a parameter with 0 is fixed."""
    low: Floats
    high: Floats
    steps: Floats
    """Differences for derivatives, small against what the data can resolve."""


@dataclass(frozen=True, slots=True)
class Own:
    """What every frame has for itself."""

    start: Floats
    """[frames, p]."""
    steps: Floats
    """[p]: differences for derivatives."""
    precision: Floats
    """[p]: 1 / variance of what is known of it beforehand, about 0; 0 where nothing is."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """A fit that has settled."""

    own: Floats
    """[frames, p]."""
    shared: Floats
    """[q]."""
    residuals: Floats
    """[frames, points], weighted: standard deviation 1 where weights are right."""
    own_covariance: Floats
    """[frames, p, p], as if the shared parameters were known."""
    shared_covariance: Floats
    """[q, q]."""
    sensitivity: Floats
    """[frames, p, q]: change of a frame's own parameters with the shared ones, free or fixed."""
    response: Floats
    """[q, q]: change of the free shared parameters (rows) with the fixed ones (columns); 0 elsewhere."""

    @property
    def chi2(self) -> float:
        """Sum of squares of the weighted residuals."""
        return float(np.sum(self.residuals**2))


def fit(model: Model, y: Floats, weight: Floats, own: Own, shared: Shared, settled: float = SETTLED) -> Pooled:
    """Fit `y[frames, points]` with weights 1 / standard deviation."""
    free = shared.sigma > 0
    precision = np.where(free, 1.0 / np.where(free, shared.sigma, 1.0) ** 2, 0.0)
    mine, common, damping = own.start, shared.start, DAMPING

    def cost_of(values: Floats, mine: Floats, common: Floats) -> float:
        known = np.sum(precision * (common - shared.prior) ** 2) + np.sum(own.precision * mine**2)
        return float(np.sum(((y - values) * weight) ** 2) + known)

    def blocks_of(values: Floats) -> _Blocks:
        return _normal(model, values, y, weight, replace(own, start=mine), replace(shared, start=common))

    value = model(mine, common)
    cost, blocks = cost_of(value, mine, common), blocks_of(value)
    for _ in range(STEPS):
        step, common_step = _solve(blocks, precision * (shared.prior - common), precision, free, damping)
        moved, changed = mine + step, np.clip(common + common_step, shared.low, shared.high)
        new_value = model(moved, changed)
        new_cost = cost_of(new_value, moved, changed)
        if not new_cost <= cost:
            damping *= 10.0
            if damping > HOPELESS:
                break
            continue
        gain, mine, common, cost = cost - new_cost, moved, changed, new_cost
        damping *= 0.2
        blocks = blocks_of(new_value)
        if gain <= settled * cost:
            break
    return _report(blocks, precision, free, mine, common)


@dataclass(frozen=True, slots=True)
class _Blocks:
    residuals: Floats
    own: Floats
    cross: Floats
    shared: Floats
    own_right: Floats
    shared_right: Floats


def _normal(model: Model, value: Floats, y: Floats, weight: Floats, own: Own, shared: Shared) -> _Blocks:
    residuals = (y - value) * weight
    by_own = np.empty((*y.shape, len(own.steps)))
    for i, step in enumerate(own.steps):
        moved = own.start.copy()
        moved[:, i] += step
        by_own[..., i] = (model(moved, shared.start) - value) / step * weight
    by_shared = np.empty((*y.shape, len(shared.steps)))
    for i in range(len(shared.steps)):
        changed = shared.start.copy()
        changed[i] += shared.steps[i]
        by_shared[..., i] = (model(own.start, changed) - value) / shared.steps[i] * weight
    turned = by_own.transpose(0, 2, 1)
    return _Blocks(
        residuals=residuals,
        own=turned @ by_own + np.diag(own.precision),
        cross=turned @ by_shared,
        shared=(by_shared.transpose(0, 2, 1) @ by_shared).sum(axis=0),
        own_right=(turned @ residuals[..., None])[..., 0] - own.precision * own.start,
        shared_right=np.einsum("nrq,nr->q", by_shared, residuals),
    )


def _solve(b: _Blocks, pull: Floats, precision: Floats, free: NDArray[np.bool_], damping: float) -> tuple[Floats, Floats]:
    diagonal = np.einsum("npp->np", b.own)
    damped = b.own + (diagonal * damping + 1e-12 * diagonal.max(axis=1, keepdims=True) + 1e-300)[:, :, None] * np.eye(b.own.shape[1])
    own_right, cross = np.linalg.solve(damped, b.own_right[..., None])[..., 0], np.linalg.solve(damped, b.cross)
    common = np.zeros(len(free))
    if np.any(free):
        schur = b.shared - np.einsum("npq,npr->qr", b.cross, cross) + np.diag(precision + damping * np.diag(b.shared))
        right = b.shared_right + pull - np.einsum("npq,np->q", b.cross, own_right)
        common[free] = np.linalg.solve(schur[np.ix_(free, free)], right[free])
    return own_right - cross @ common, common


def _report(b: _Blocks, precision: Floats, free: NDArray[np.bool_], own: Floats, common: Floats) -> Pooled:
    inverse: Floats = np.linalg.pinv(b.own, hermitian=True).astype(np.float64)
    sensitivity = -inverse @ b.cross
    schur = b.shared + np.einsum("npq,npr->qr", b.cross, sensitivity) + np.diag(precision)
    covariance, response = np.zeros_like(schur), np.zeros_like(schur)
    if np.any(free):
        known = np.linalg.inv(schur[np.ix_(free, free)])
        covariance[np.ix_(free, free)] = known
        response[np.ix_(free, ~free)] = -known @ schur[np.ix_(free, ~free)]
    return Pooled(own, common, b.residuals, inverse, covariance, sensitivity, response)
