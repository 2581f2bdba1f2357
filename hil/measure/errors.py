"""What an estimator says when its input is no measurement."""

from __future__ import annotations


class EstimatorError(ValueError):
    """The arrays given hold nothing to estimate from: empty, too short, NaN, stuck, out of order or clipped.

    Estimators return finite numbers or raise this, in one sentence with the reason; they never return a guess. The one exception is
    a count that the input cannot attribute (lost by sensor or host, without sequence numbers): it is NaN and its `method` says why.
    """
