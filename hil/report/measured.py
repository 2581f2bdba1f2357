"""The word for a measurement in a run's journal: the value with its budget, what it was held against, and what was decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

from hil.judge.rule import COVERAGE
from hil.measure.measurement import Measurement

Event = dict[str, Any]
"""One line of the journal; `event["event"]` says which."""


class Judged(Protocol):
    """What a decision rule says about one measurement (see `hil.judge`)."""

    @property
    def verdict(self) -> Any:
        """PASS, COND_PASS, FAIL, ERROR or INVALID; None if the measurement is only recorded."""

    @property
    def lower(self) -> float | None:
        """Lower limit in the measurement's unit, or None."""

    @property
    def upper(self) -> float | None:
        """Upper limit in the measurement's unit, or None."""

    @property
    def p_nonconform(self) -> float | None:
        """Probability that the true value is outside the limits, or None."""

    @property
    def reason(self) -> str:
        """One sentence; empty for a plain PASS."""


class Demand(Protocol):
    """Where limits come from and how they are applied (see `hil.judge.Limit`)."""

    @property
    def rule(self) -> str:
        """Decision rule: "guard"."""

    @property
    def source(self) -> str:
        """Origin of the bounds: "plan line/3"."""


def measurement(
    measured: Measurement,
    judged: Judged | None = None,
    limit: Demand | None = None,
    *,
    test: str = "",
    subject: str = "",
    mode: str = "",
    conditions: Mapping[str, Any] | None = None,
    attempt: int = 1,
) -> Event:
    """One measured value with its verdict and the `limit` it was held against; `judged` None records it without judging."""
    return {
        "event": "measurement",
        "name": measured.name,
        "subject": subject,
        "mode": mode,
        "conditions": dict(conditions or {}),
        "value": measured.value,
        "unit": measured.unit,
        "u": measured.u,
        "n": measured.n,
        "method": measured.method,
        "series": _series(measured),
        **_judgement(judged, limit),
        "attempt": attempt,
        "dof": measured.dof,
        "k": COVERAGE,
        "budget": [{**part._asdict(), "dof": part.dof if part.dof < math.inf else None} for part in measured.budget],
        "test": test,
    }


def _series(measured: Measurement) -> Event | None:
    if measured.series is None:
        return None
    return {
        "x": list(measured.series.x),
        "y": list(measured.series.y),
        "u": list(measured.series.u),
        "x_label": measured.series.x_label,
        "y_label": measured.series.y_label,
    }


_JUDGED = ("lower", "upper", "accept_lower", "accept_upper", "verdict", "reason", "p_nonconform", "tur")


def _judgement(judged: Judged | None, limit: Demand | None) -> Event:
    told = {name: getattr(judged, name, None) for name in _JUDGED}
    return told | {name: getattr(limit, name, None) for name in ("rule", "source")}
