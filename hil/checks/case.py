"""What a plan asks of a rig, worked out from files alone: cases, and the measurements each will bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hil import catalog
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.rig import Camera, Light, Plan, Rig

START_S = 0.5
"""Rig time to configure a camera and wait for its first frame."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One measurement that is to come."""

    check: str
    name: str
    subject: str
    mode: str
    seconds: float
    """Rig time, booked on the first measurement of a case."""
    required: bool
    note: str = ""
    case: str = ""
    """`Case.id` it belongs to."""


@dataclass(frozen=True, slots=True)
class Case:
    """One item of a check: a camera, or one mode of it, with everything the procedure has to know beforehand."""

    id: str
    """"cm3", "cm3-2304x1296", "cm3-2304x1296-HDR"."""
    check: str
    camera: str
    """The rig's name for it; the subject of its measurements."""
    mode: str
    """A mode's name as in plans; "" where the case is about the whole camera."""
    required: bool
    """Whether every driver generation that this rig may have offers the mode."""
    note: str
    options: Mapping[str, Any]
    """The plan's options of the check."""
    plan: str
    in_unit: bool
    fitted: Camera
    module: catalog.Module
    sensor: catalog.Sensor
    board: catalog.Board
    light: Light | None
    """The rig's light if it shines into this camera."""
    rig_has_light: bool
    gnss: tuple[str, ...]
    sees_strobe: bool = False
    """Whether it looks at the rig's strobe."""
    last: bool = False
    """Whether it is the camera's last case of the check: what is said once a camera is said there."""
    planned: tuple[Planned, ...] = ()

    @property
    def seconds(self) -> float:
        """Rig time of the case."""
        return sum(each.seconds for each in self.planned)

    @property
    def subject(self) -> str:
        """The part of the rig that its measurements are about."""
        return self.camera

    @property
    def link_hz(self) -> int:
        """The link frequency that the rig file states, or else the overlay's default, in Hz."""
        stated = self.fitted.link_frequency_mhz
        return self.sensor.link_freq_default_hz if stated is None else round(stated * 1e6)

    @property
    def generations(self) -> tuple[catalog.Generation, ...]:
        """The driver generations this camera may show: the one the rig states, or all, the usual one first."""
        if self.fitted.driver is not None:
            return (self.sensor.generation(self.fitted.driver),)
        return (self.sensor.usual, *(g for g in self.sensor.generations if g is not self.sensor.usual))

    def expected_mode(self) -> catalog.Mode | None:
        """The mode as the first generation that offers it has it; None where the case is about the whole camera."""
        return offered(self.generations, self.mode) if self.mode else None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case will bring."""

    names: tuple[str, ...]
    """Of its measurements, in order."""
    seconds: float
    """On the rig's clock."""
    optional: Mapping[str, str] = field(default_factory=dict)
    """Names that may turn out to be impossible on this rig, with the reason; they are then not said."""


Forecast = Callable[[Case], Expected]
"""What is known of a case beforehand."""

NEED_FREE_RUN = ("modes", "frame_rate", "exposure")
"""Checks of frames that a camera makes by itself."""


def paced(rig: Rig, camera: str) -> bool:
    """Whether nothing but pulses makes this camera's frames: a sink by device tree (IMX477) or by its MAS pad (IMX296)."""
    fitted = rig.cameras[camera]
    by_pad = catalog.module(fitted.module).sensor == "imx296"
    return fitted.sync == "sink" and (by_pad or fitted.always_on)


def cases_of(check: str, rig: Rig, plan: Plan, forecast: Forecast) -> list[Case]:
    """Every camera of the rig that can show it by itself, times the modes that the plan names if the check has modes."""
    found = []
    for camera in rig.cameras:
        if check in NEED_FREE_RUN and paced(rig, camera):
            continue
        bare = bare_case(check, camera, rig, plan)
        names = mode_names(bare) if "modes" in bare.options else [""]
        found += [case_in(bare, name, last=name == names[-1], forecast=forecast) for name in names]
    return found


def offered(generations: tuple[catalog.Generation, ...], name: str) -> catalog.Mode | None:
    """The mode of that name in the first of the generations that has it."""
    for generation in generations:
        for mode in sorted(generation.modes, key=lambda m: -m.bits):
            if name in (mode.key, mode.key_bits):
                return mode
    return None


def mode_name(mode: catalog.Mode, sensor: catalog.Sensor) -> str:
    """The shortest name that is clear for this sensor: with bits only where some driver has several depths in that size."""
    depths = {m.bits for g in sensor.generations for m in g.modes if (m.size, m.hdr) == (mode.size, mode.hdr)}
    return mode.key if len(depths) == 1 else mode.key_bits


def bare_case(check: str, camera: str, rig: Rig, plan: Plan) -> Case:
    """A case of the whole camera, nothing forecast."""
    fitted = rig.cameras[camera]
    module = catalog.module(fitted.module)
    return Case(
        id=camera,
        check=check,
        camera=camera,
        mode="",
        required=True,
        note="",
        options=plan.checks[check],
        plan=plan.label,
        in_unit=camera in rig.unit,
        fitted=fitted,
        module=module,
        sensor=catalog.sensor(module.sensor),
        board=catalog.board(rig.hosts[fitted.host].board),
        light=rig.light if camera in rig.lit() else None,
        rig_has_light=rig.light is not None,
        gnss=tuple(rig.gnss),
        sees_strobe=rig.strobe is not None and camera in rig.strobe.seen_by,
    )


def mode_names(case: Case) -> list[str]:
    """The names of the modes that the plan chooses for a case's camera. UserError if it has none of them."""
    chosen = case.options["modes"]
    if chosen == "fastest":
        return [mode_name(max(case.generations[0].modes, key=lambda m: m.nominal_fps), case.sensor)]
    if chosen == "all":
        return list(dict.fromkeys(mode_name(m, case.sensor) for m in _biggest_first(case.generations)))
    unknown = [name for name in chosen if offered(case.sensor.generations, name) is None]
    if unknown and not any(offered(case.sensor.generations, name) for name in chosen):
        exist = dict.fromkeys(mode_name(m, case.sensor) for g in case.sensor.generations for m in g.modes)
        raise UserError(
            f'plan {case.plan}, {case.check}: mode "{unknown[0]}" of {case.camera} asked for', f"{case.module.name} has {', '.join(exist)}"
        )
    return [name for name in chosen if name not in unknown]


def _biggest_first(generations: tuple[catalog.Generation, ...]) -> Iterator[catalog.Mode]:
    # HDR last: switching it closes and reopens every camera of the host.
    for generation in generations:
        yield from sorted(generation.modes, key=lambda m: (m.hdr, -m.size[0] * m.size[1], -m.bits))


def case_in(bare: Case, name: str, *, last: bool, forecast: Forecast) -> Case:
    """The case of one mode, with what it will bring."""
    having = [g for g in bare.generations if offered((g,), name)] if name else list(bare.generations)
    required = len(having) == len(bare.generations)
    note = "" if required else f"only where the host has the {bare.sensor.name} driver {' or '.join(repr(g.name) for g in having)}"
    case_id = f"{bare.camera}-{name.replace(' ', '-')}" if name else bare.camera
    case = replace(bare, id=case_id, mode=name, last=last, required=required, note=note)
    expected = forecast(case)
    return replace(case, planned=tuple(_planned(case, expected, i) for i in range(len(expected.names))))


def _planned(case: Case, expected: Expected, place: int) -> Planned:
    name = expected.names[place]
    note = case.note or expected.optional.get(name, "")
    return Planned(case.check, name, case.camera, case.mode, 0.0 if place else expected.seconds, not note, note, case.id)
