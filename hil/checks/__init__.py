"""Procedures: what is done at the bench to get each measurement, and what a failure means.

cases("frame_rate", rig, plan)      what the acceptance suite runs, one case a test item; nothing is opened
planned(rig, plan)                  every measurement that is to come, with seconds on the rig's clock
frame_rate.run(camera, case, notebook)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hil.checks import exposure, frame_rate, identity, link_settings, modes
from hil.checks.case import Case, Expected, Planned, cases_of
from hil.checks.notebook import Notebook

if TYPE_CHECKING:
    from hil.rig import Plan, Rig

__all__ = [
    "CHECKS",
    "Case",
    "Expected",
    "Notebook",
    "Planned",
    "cases",
    "exposure",
    "frame_rate",
    "identity",
    "link_settings",
    "modes",
    "planned",
]

_FORECASTS = {
    "identity": identity.forecast,
    "modes": modes.forecast,
    "link_settings": link_settings.forecast,
    "frame_rate": frame_rate.forecast,
    "exposure": exposure.forecast,
}
CHECKS = tuple(_FORECASTS)
"""The checks there are."""


def cases(check: str, rig: Rig, plan: Plan) -> list[Case]:
    """The cases of one check on this rig: one a camera, or one a camera and mode. Empty if the plan does not ask for it."""
    return cases_of(check, rig, plan, _FORECASTS[check]) if check in plan.checks and check in _FORECASTS else []


def planned(rig: Rig, plan: Plan) -> list[Planned]:
    """Every measurement that the plan asks for on this rig, in the plan's order; the seconds of all of them are the rig's time."""
    return [each for check in plan.checks for case in cases(check, rig, plan) for each in case.planned]
