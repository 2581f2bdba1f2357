"""A line with bends and steps through noisy points that hold outliers: how one clock runs against another that NTP slews.

Bends (the rate changes) and steps are added one by one where they explain most, while they explain more than chance does; then
they are moved to where they fit best, and what no longer explains anything is dropped. Outliers are set aside by their residuals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SIGNIFICANT = 25.0
"""Drop of chi-squared for which a bend or step is believed: under 1e-4 by chance, over all places where it might be."""

STEP_SEEN = 6.0
"""Times the scatter of a point that a step must be high: a lower one is a bend that is not in its place yet."""

MOST_CHANGES = 16
PLACES = 150
"""Where a change is looked for at first."""

OUTLIER = 5.0
EDGE = 4
"""Points at either end within which no change can be told from noise."""

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Change:
    """At `x`, the slope or the level is another from there on."""

    kind: str
    """"bend" or "step"."""
    x: float

    def column(self, x: Array) -> Array:
        """Its effect per unit of size."""
        return np.maximum(x - self.x, 0.0) if self.kind == "bend" else (x > self.x).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The fitted curve."""

    changes: tuple[Change, ...]
    """In order of x."""
    parameters: Array
    """Level and slope at x = 0, then the sizes of the changes."""
    covariance: Array
    """Of the parameters and of the places of the bends, which follow them."""
    scatter: float
    """Standard deviation of one point."""
    kept: NDArray[np.bool_]
    """Which points are no outliers."""

    def __call__(self, x: Array) -> Array:
        """The curve."""
        values: Array = _design(x, self.changes) @ self.parameters
        return values

    def u(self, x: Array) -> Array:
        """Standard uncertainty of the curve from the scatter."""
        columns = _jacobian(x, self.changes, self.parameters)
        variance: Array = np.einsum("ij,jk,ik->i", columns, self.covariance, columns)
        u: Array = np.sqrt(np.maximum(variance, 0.0))
        return u


def fit_piecewise(x: Array, y: Array) -> Piecewise:
    """Fit at least 8 points with ascending `x`."""
    kept = _smooth(x, y)
    changes: tuple[Change, ...] = ()
    for _ in range(_ROUNDS):
        changes = _find(x[kept], y[kept])
        parameters = _solve(x[kept], y[kept], changes)
        residuals = y - _design(x, changes) @ parameters
        scale = max(_robust(residuals[kept]), 1.0)
        changes = tuple(_stepped(x, y, changes, number, parameters, scale) for number in range(len(changes)))
        residuals = y - _design(x, changes) @ parameters
        before, kept = kept, np.abs(residuals - np.median(residuals[kept])) <= OUTLIER * scale
        if np.array_equal(before, kept):
            break
    return _report(x, y, kept, changes)


def _smooth(x: Array, y: Array) -> NDArray[np.bool_]:
    """Points that lie where their neighbours say, which holds on a bent line too; a first guess at who is no outlier."""
    share = (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
    beside = y[1:-1] - (y[:-2] + share * (y[2:] - y[:-2]))
    inner = np.abs(beside - np.median(beside)) <= OUTLIER * max(_robust(beside), 1.0)
    kept = np.concatenate([[True], inner, [True]])
    return kept if kept.sum() >= 2 * EDGE else np.ones(len(x), dtype=np.bool_)


def _find(x: Array, y: Array) -> tuple[Change, ...]:
    y = y - np.polynomial.Polynomial.fit(x, y, 1)(x)
    changes: list[Change] = []
    inner = x[EDGE:-EDGE]
    places = np.unique(inner[np.linspace(0, len(inner) - 1, min(PLACES, len(inner))).astype(np.intp)]) if len(inner) else inner
    while len(changes) < MOST_CHANGES and len(places):
        best = _best(x, y, changes, places)
        if best is None:
            break
        changes = _settled(x, y, [*changes, best])
    return tuple(sorted(_believed(x, y, changes), key=lambda change: change.x))


def _best(x: Array, y: Array, changes: list[Change], places: Array) -> Change | None:
    """The change that would explain most of what is left, if that is more than chance."""
    basis, _ = np.linalg.qr(_design(x, tuple(changes)))
    left = y - basis @ (basis.T @ y)
    variance = _variance(left)
    found: tuple[float, Change | None] = (SIGNIFICANT, None)
    for kind in ("step", "bend"):
        columns = np.stack([Change(kind, _between(x, place)).column(x) for place in places], axis=1)
        columns -= basis @ (basis.T @ columns)
        norms = np.einsum("ij,ij->j", columns, columns)
        along = columns.T @ left
        gains = np.where(norms > 1e-9 * len(x), along**2 / np.maximum(norms, 1e-30), 0.0) / variance
        if kind == "step":
            gains[np.abs(along) < STEP_SEEN * variance**0.5 * norms] = 0.0
        at = int(np.argmax(gains))
        if gains[at] > found[0]:
            found = (float(gains[at]), Change(kind, _between(x, places[at])))
    return found[1]


def _between(x: Array, place: float) -> float:
    """Half way from a point to the next: a step never falls on a point."""
    at = min(int(np.searchsorted(x, place)), len(x) - 2)
    return float((x[at] + x[at + 1]) / 2)


def _settled(x: Array, y: Array, changes: list[Change]) -> list[Change]:
    """Each change where it fits best, given the others; twice round."""
    reach = (x[-1] - x[0]) / min(PLACES, len(x)) * 2
    gap = float(np.median(np.diff(x)))
    for span in (reach, max(reach / 6, gap)):
        for number, change in enumerate(changes):
            shifts = np.linspace(-span, span, 13)
            tried = [Change(change.kind, _place(x, change, float(shift))) for shift in shifts]
            sums = [_rest(x, y, (*changes[:number], one, *changes[number + 1 :])) for one in tried]
            changes[number] = tried[int(np.argmin(sums))]
    return changes


def _stepped(x: Array, y: Array, changes: tuple[Change, ...], number: int, parameters: Array, scale: float) -> Change:
    """A step where most points, also those set aside as outliers, are on the curve: it was found among the others only."""
    change = changes[number]
    if change.kind == "bend":
        return change
    at = int(np.searchsorted(x, change.x))
    near = slice(max(at - 2 * EDGE, 0), min(at + 2 * EDGE, len(x)))
    tried = [Change("step", _between(x, place)) for place in x[near]]
    off = [np.abs(y - _design(x, (*changes[:number], one, *changes[number + 1 :])) @ parameters)[near] for one in tried]
    return tried[int(np.argmin([np.minimum(one, OUTLIER * scale).sum() for one in off]))]


def _place(x: Array, change: Change, shift: float) -> float:
    inside = float(np.clip(change.x + shift, x[EDGE - 1], x[-EDGE]))
    return _between(x, inside) if change.kind == "step" else inside


def _believed(x: Array, y: Array, changes: list[Change]) -> list[Change]:
    """Without those that, beside the others, explain no more than chance."""
    while changes:
        rest = _rest(x, y, tuple(changes))
        variance = _variance(y - _design(x, tuple(changes)) @ _solve(x, y, tuple(changes)))
        losses = [(_rest(x, y, (*changes[:n], *changes[n + 1 :])) - rest) / variance for n in range(len(changes))]
        least = int(np.argmin(losses))
        if losses[least] >= SIGNIFICANT:
            break
        changes = changes[:least] + changes[least + 1 :]
    return changes


def _report(x: Array, y: Array, kept: NDArray[np.bool_], changes: tuple[Change, ...]) -> Piecewise:
    parameters = _solve(x[kept], y[kept], changes)
    residuals = y[kept] - _design(x[kept], changes) @ parameters
    columns = _jacobian(x[kept], changes, parameters)
    freedom = max(len(residuals) - columns.shape[1], 1)
    variance = float(residuals @ residuals) / freedom
    # Neighbours that err alike are less news than they seem (a first-order autoregressive process).
    alike = float(residuals[1:] @ residuals[:-1]) / max(float(residuals @ residuals), 1e-30) if len(residuals) > 20 else 0.0
    alike = min(max(alike, 0.0), 0.9)
    covariance = np.linalg.pinv(columns.T @ columns) * variance * (1 + alike) / (1 - alike)
    return Piecewise(changes, parameters, covariance, variance**0.5, kept)


def _design(x: Array, changes: tuple[Change, ...]) -> Array:
    return np.column_stack([np.ones_like(x), x, *(change.column(x) for change in changes)])


def _jacobian(x: Array, changes: tuple[Change, ...], parameters: Array) -> Array:
    """The design, and how the curve moves with the place of each bend. A step's place is known to be between two points."""
    moves = [
        -size * (x > change.x).astype(np.float64) for change, size in zip(changes, parameters[2:], strict=True) if change.kind == "bend"
    ]
    return np.column_stack([_design(x, changes), *moves])


def _solve(x: Array, y: Array, changes: tuple[Change, ...]) -> Array:
    design = _design(x, changes)
    norms: Array = np.sqrt(np.einsum("ij,ij->j", design, design))
    norms[norms == 0.0] = 1.0
    scaled = design / norms
    # Normal equations of a few scaled columns: ten times as fast as a decomposition of all points, and exact enough (see `_find`).
    solution = np.linalg.lstsq(scaled.T @ scaled, scaled.T @ y, rcond=1e-14)[0].astype(np.float64)
    solution /= norms
    return solution


def _rest(x: Array, y: Array, changes: tuple[Change, ...]) -> float:
    left = y - _design(x, changes) @ _solve(x, y, changes)
    return float(left @ left)


def _variance(left: Array) -> float:
    """Of one point, from neighbours' differences: what a curve has not explained yet hardly counts."""
    return max(float(np.mean(np.diff(left) ** 2)) / 2, 1.0)


def _robust(residuals: Array) -> float:
    """Standard deviation as the bulk shows it: half the differences of neighbours are smaller than this says."""
    return 1.4826 * float(np.median(np.abs(residuals - np.median(residuals))))
