"""Procedures: what is done at the bench to get each measurement, and what a failure means.

cases("frame_rate", rig, plan)      what the acceptance suite runs, one case a test item; nothing is opened
planned(rig, plan)                  every measurement that is to come, with seconds on the rig's clock
frame_rate.run(camera, case, notebook)
sync.run(bench, case, notebook)     what needs more than one camera takes the whole rig
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hil.checks import exposure, frame_rate, identity, link_settings, modes, shutter, sync, trigger, wiring
from hil.checks.case import NEED_FREE_RUN, Case, Expected, Planned, cases_of, paced
from hil.checks.notebook import Notebook
from hil.checks.rigcase import RigCase

if TYPE_CHECKING:
    from hil.rig import Plan, Rig

__all__ = [
    "CHECKS",
    "Case",
    "Expected",
    "Notebook",
    "Planned",
    "RigCase",
    "cases",
    "exposure",
    "frame_rate",
    "identity",
    "link_settings",
    "modes",
    "not_shown",
    "planned",
    "shutter",
    "sync",
    "trigger",
    "wiring",
]

_OF_A_CAMERA = {
    "identity": identity.forecast,
    "link_settings": link_settings.forecast,
    "modes": modes.forecast,
    "frame_rate": frame_rate.forecast,
    "exposure": exposure.forecast,
}
_OF_THE_RIG: dict[str, Callable[[Rig, Plan], list[RigCase]]] = {
    "wiring": wiring.cases,
    "shutter": shutter.cases,
    "sync": sync.cases,
    "trigger": trigger.cases,
}
CHECKS = ("identity", "wiring", "modes", "link_settings", "frame_rate", "exposure", "shutter", "sync", "trigger")
"""The checks there are, in the order in which they are done: wires before what needs them, what a trigger may leave behind at last."""

_WANTING = {"wiring": "ADC on a sync or trigger wire", "shutter": "[strobe]", "sync": "source and sink", "trigger": "Pico on XTR"}


def cases(check: str, rig: Rig, plan: Plan) -> Sequence[Case | RigCase]:
    """The cases of one check on this rig. Empty if the plan does not ask for it, or the rig cannot show it."""
    if check not in plan.checks:
        return []
    if check in _OF_THE_RIG:
        return _OF_THE_RIG[check](rig, plan)
    return cases_of(check, rig, plan, _OF_A_CAMERA[check]) if check in _OF_A_CAMERA else []


def planned(rig: Rig, plan: Plan) -> list[Planned]:
    """Every measurement that the plan asks for on this rig, in the plan's order; the seconds of all of them are the rig's time."""
    return [each for check in plan.checks for case in cases(check, rig, plan) for each in case.planned]


def not_shown(rig: Rig, plan: Plan) -> list[str]:
    """What the plan asks for and this rig cannot show, in words, once."""
    wanting = [check for check in _WANTING if check in plan.checks and not cases(check, rig, plan)]
    said = [f"{', '.join(wanting)} (this rig has no {', no '.join(_WANTING[check] for check in wanting)})"] if wanting else []
    by_itself = [check.replace("_", " ") for check in NEED_FREE_RUN if check in plan.checks]
    slaves = [name for name in rig.cameras if paced(rig, name)]
    if slaves and by_itself:
        said.append(f"{', '.join(by_itself)} of {', '.join(slaves)} (it makes frames only on the source's pulses)")
    return said
