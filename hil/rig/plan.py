"""Plans: what is demanded of a unit, with which options and limits, and how long that may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil import shipped
from hil.rig.document import Document, Fault, raise_all, read
from hil.rig.faults import checked
from hil.rig.planfile import LimitFile, PlanFile
from hil.rig.words import meant

CHARACTERISTICS: Mapping[str, str] = {
    "identity": "", "modes_offered": "modes", "frame_mean": "%", "frame_noise": "DN", "frame_faults": "faults",
    "frame_rate": "Hz", "page_rate": "Hz", "frame_period": "us", "frame_jitter": "us",
    "dropped_frames": "frames", "dropped_frames_sensor": "frames", "dropped_frames_host": "frames",
    "doubled_frames": "frames", "late_frames": "frames",
    "exposure": "us", "exposure_shortest": "us", "exposure_longest": "us", "exposure_offset": "us", "exposure_nonlinearity": "%",
    "exposure_advertised_min": "us", "exposure_advertised_max": "us",
    "link_frequency": "Hz", "link_harmonic": "MHz", "link_harmonic_distance": "MHz",
    "exposure_by_flash": "us",
    "level_high": "V", "level_low": "V", "level_off": "V", "level_idle": "V",
    "sync_frames": "frames", "sync_rate_difference": "ppm", "sync_offset": "us",
    "sync_offset_of_ends": "us", "sync_offset_by_clock": "us", "sync_spread": "us",
    "trigger_rate": "Hz", "trigger_lost_pulses": "frames", "trigger_extra_frames": "frames", "trigger_lag": "pulses",
    "trigger_fastest": "Hz", "trigger_offset": "us", "trigger_start": "us", "trigger_exposure": "us", "trigger_pair_offset": "us",
    "shutter_skew": "us", "line_time": "us",
}  # fmt: skip
"""What a plan may set limits for, with units; with the unit after its name it is taken too: "frame_rate_hz"."""

LIMIT_NAMES = (
    *CHARACTERISTICS,
    *(f"{name}_{unit.lower()}" for name, unit in CHARACTERISTICS.items() if unit in ("Hz", "MHz", "us", "DN", "V", "ppm")),
)
"""Every name that `[limits]` takes."""


@dataclass(frozen=True, slots=True)
class LimitOverride:
    """A limit that the plan sets in place of the usual one; None leaves that part as it is."""

    within: tuple[float, float] | None = None
    """Lowest and highest allowed value, in the characteristic's unit."""
    at_least: float | None = None
    at_most: float | None = None
    rule: str | None = None
    """"simple", "guard", "guard 0.82" or "nonbinary"."""

    @property
    def lower(self) -> float | None:
        """Lowest allowed value; None for no lower limit, or where only the rule is overridden."""
        return self.within[0] if self.within else self.at_least

    @property
    def upper(self) -> float | None:
        """Highest allowed value; None for no upper limit, or where only the rule is overridden."""
        return self.within[1] if self.within else self.at_most


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked plan, as plain data."""

    name: str
    version: int
    budget_s: float
    """Seconds the rig should take at most."""
    title: str
    checks: Mapping[str, Mapping[str, Any]]
    """Options of each check with their defaults filled in, in the order of the file. Modes are "all", "fastest" or a tuple of names."""
    limits: Mapping[str, LimitOverride] = field(default_factory=dict)
    """By characteristic."""
    accept_cond_pass: bool = False
    procedure: Mapping[str, str] = field(default_factory=dict)
    """Id, version and title of the document that the plan carries out; empty if it names none."""
    sha256: str = ""
    """Hash of what the file says; comments and spacing do not change it."""
    path: Path = Path()
    text: str = ""

    @property
    def label(self) -> str:
        """`quick/1`, as reports name it."""
        return f"{self.name}/{self.version}"


def load_plan(name_or_path: str | Path = "quick") -> Plan:
    """The plan of a shipped name ("quick", "full", "line") or of a file.

    `UserError` for a file that cannot be read, `Faults` with every fault of one that can.
    """
    document = read(shipped.find("plans", name_or_path), "plan", "name, version, budget_s and [checks]")
    written, faults = checked(PlanFile, document)
    faults += [*_empty(document), *_unknown_limits(document)]
    raise_all(faults)
    assert written is not None, "a plan without faults is there"
    return _plan(written, document)


def _empty(document: Document) -> Iterator[Fault]:
    if document.data.get("checks") == {}:
        yield document.fault(("checks",), "is empty; a plan has at least one check, for example identity = {}")


def _unknown_limits(document: Document) -> Iterator[Fault]:
    limits = document.data.get("limits")
    for name in limits if isinstance(limits, dict) else ():
        if name not in LIMIT_NAMES:
            guess = meant(name, LIMIT_NAMES) or f"  ({', '.join(CHARACTERISTICS)})"
            yield document.fault(("limits", name), f"no such characteristic{guess}")


def _plan(written: PlanFile, document: Document) -> Plan:
    order = document.data["checks"]
    return Plan(
        name=written.name,
        version=written.version,
        budget_s=written.budget_s,
        title=written.title,
        checks={name: getattr(written.checks, name).model_dump() for name in order},
        limits={name: _limit(limit) for name, limit in written.limits.items()},
        accept_cond_pass=written.accept_cond_pass,
        procedure=written.procedure.model_dump() if written.procedure else {},
        sha256=document.sha256,
        path=document.path,
        text=document.text,
    )


def _limit(limit: LimitFile) -> LimitOverride:
    within = (limit.within[0], limit.within[1]) if limit.within else None
    return LimitOverride(within, limit.at_least, limit.at_most, limit.rule)
