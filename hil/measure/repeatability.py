"""What a station's gauge study adds to an uncertainty: how far readings of one unit differ from one time to the next.

A measurement's own budget has the scatter within a run. Taking the unit out and putting it in again may add to that; a study that does so
sees both together. So only what the study has beyond the budget's own type A contributions is added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hil.measure.budget import type_a, type_b
from hil.measure.measurement import Measurement


@dataclass(frozen=True, slots=True)
class Repeatability:
    """Of one characteristic at one station, from a gauge study."""

    name: str
    subject: str
    mode: str
    unit: str
    u: float
    """Standard deviation of repeatability and reproducibility (GRR), in `unit`."""
    dof: float
    study: str
    """Which study says so."""

    def fits(self, m: Measurement, subject: str, mode: str) -> bool:
        """Whether it is about this measurement."""
        return (self.name, self.unit, self.subject, self.mode) == (m.name, m.unit, subject, mode)


def repeated(m: Measurement, found: Repeatability) -> Measurement:
    """`m` with what the study adds; counts and exact values, and what is wide enough already, stay as they are."""
    if m.u == 0.0 or not math.isfinite(m.u):
        return m
    own = math.hypot(*(part.s for part in m.budget if part.type == "A"))
    beyond = math.sqrt(max(found.u**2 - own**2, 0.0))
    if beyond == 0.0:
        return m
    known = m.budget or (type_b("as the estimator states it", m.u),)
    # Width of Student's t, as every type A contribution has it (see `hil.measure.budget`).
    wide = beyond * math.sqrt(found.dof / (found.dof - 2.0)) if found.dof > 2.0 else beyond
    added = type_a(f"beyond one run: {found.study}", wide, found.dof)
    return Measurement.of(m.name, m.value, m.unit, (*known, added), m.n, m.method, m.series)
