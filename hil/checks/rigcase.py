"""A case about several cameras, or about the wires: what a procedure for a pair, a trigger or a strobe knows beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hil import catalog
from hil.checks.case import Case, Expected, Planned, bare_case, mode_name, offered

if TYPE_CHECKING:
    from hil.rig import Plan, Rig

FEWEST_ROWS = 1000
"""A mode with fewer rows leaves too little of a rolling shutter to place a flash in."""


@dataclass(frozen=True, slots=True)
class RigCase:
    """One item of a check that is not about one camera by itself."""

    id: str
    """"source+sink", "gs"."""
    check: str
    subject: str
    """What its measurements are about: cameras joined by "+", a net, a pin."""
    rig: Rig
    options: Mapping[str, Any]
    """The plan's options of the check."""
    plan: str
    cameras: Mapping[str, Case]
    """The cameras concerned, in the order of the subject, each in the mode that the check uses."""
    mode: str = ""
    required: bool = True
    note: str = ""
    planned: tuple[Planned, ...] = ()

    @property
    def seconds(self) -> float:
        """Rig time of the case."""
        return sum(each.seconds for each in self.planned)

    @property
    def in_unit(self) -> bool:
        """Whether every camera concerned is under test."""
        return all(camera in self.rig.unit for camera in self.cameras)

    def expecting(self, expected: Expected) -> RigCase:
        """Itself, with what it will bring."""
        planned = tuple(self._planned(expected, place) for place in range(len(expected.names)))
        return replace(self, planned=planned)

    def _planned(self, expected: Expected, place: int) -> Planned:
        name = expected.names[place]
        note = expected.optional.get(name, "")
        return Planned(self.check, name, self.subject, self.mode, 0.0 if place else expected.seconds, not note, note, self.id)


def rig_case(check: str, cameras: Sequence[str], rig: Rig, plan: Plan, *, mode: str | None = None, subject: str = "") -> RigCase:
    """A case of these cameras, each in the mode of that name; without one in the mode that `usual_mode` picks."""
    bare = {name: bare_case(check, name, rig, plan) for name in cameras}
    parts = {name: replace(case, mode=usual_mode(case) if mode is None else mode) for name, case in bare.items()}
    about = subject or "+".join(cameras)
    modes = {case.mode for case in parts.values()}
    shown = modes.pop() if len(modes) == 1 else ""
    return RigCase(
        id=about if mode is None else f"{about}-{mode.replace(' ', '-')}",
        check=check,
        subject=about,
        rig=rig,
        options=plan.checks[check],
        plan=plan.label,
        cameras=parts,
        mode=shown,
    )


def usual_mode(case: Case) -> str:
    """The smallest mode with `FEWEST_ROWS` that every driver generation offers, in its deepest bits: quick to read, rows enough."""
    everywhere = [m for m in case.generations[0].modes if not m.hdr and all(offered((g,), m.key_bits) for g in case.generations)]
    tall = [m for m in everywhere if m.size[1] >= FEWEST_ROWS] or everywhere
    chosen: catalog.Mode = min(tall, key=lambda m: (m.size[0] * m.size[1], -m.bits))
    return mode_name(chosen, case.sensor)
