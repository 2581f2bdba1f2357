"""The plan file, as a shape: which checks there are, their options, and how a limit is overridden."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hil.rig.fields import plain
from hil.rig.model import Strict
from hil.rig.words import kind, meant, quoted

_MODE = re.compile(r"\d+x\d+(-\d+)?( HDR)?")
_RULE = re.compile(r"simple|nonbinary|guard( (0(\.\d+)?|1(\.0+)?))?")
_SELECTIONS = ("all", "fastest")


def _modes(value: Any) -> Any:
    """A selection by its name, or a list of modes."""
    if isinstance(value, str):
        if value in _SELECTIONS:
            return value
        raise plain(f'{quoted(value)}; write "all", "fastest" or a list such as ["2028x1080"]{meant(value, _SELECTIONS)}')
    if not isinstance(value, (list, tuple)) or not value:
        raise plain(f'{quoted(value)} is {kind(value)}; write "all", "fastest" or a list such as ["2028x1080"]')
    for mode in value:
        if not isinstance(mode, str) or not _MODE.fullmatch(mode):
            raise plain(f'{quoted(mode)} is not a mode; write "2028x1080", "2304x1296 HDR" or, with its bits, "1640x1232-8"')
        if list(value).count(mode) > 1:
            raise plain(f"{quoted(mode)} is in the list twice")
    return tuple(value)


def _numbers(least: int, most: int | None = None) -> BeforeValidator:
    """A list of `least` to `most` numbers, as a tuple of floats."""

    def check(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise plain(f"{quoted(value)} is {kind(value)}; write a list of numbers")
        wrong = next((item for item in value if isinstance(item, bool) or not isinstance(item, (int, float))), None)
        if wrong is not None:
            raise plain(f"{quoted(wrong)} is {kind(wrong)}; write a list of numbers")
        if len(value) < least or (most is not None and len(value) > most):
            raise plain(f"{len(value)} in the list; write {least if least == most else f'at least {least}'} numbers")
        if not all(-1e18 < item < 1e18 for item in value):
            raise plain("every number must be finite")
        return tuple(float(item) for item in value)

    return BeforeValidator(check, json_schema_input_type=list[float])


def _parts(value: tuple[float, ...]) -> tuple[float, ...]:
    wrong = next((item for item in value if not 0 < item <= 1), None)
    if wrong is not None:
        raise plain(f"{wrong:g}; a part of the mode's fastest rate is above 0 and at most 1 (rates_hz takes Hz)")
    return value


def _positive(value: tuple[float, ...]) -> tuple[float, ...]:
    wrong = next((item for item in value if item <= 0), None)
    if wrong is not None:
        raise plain(f"{wrong:g}; must be more than 0")
    return value


def _rule(value: Any) -> Any:
    if isinstance(value, str) and not _RULE.fullmatch(value):
        raise plain(f'{quoted(value)} is not a decision rule; write "simple", "guard", "guard 0.82" or "nonbinary"')
    return value


Modes = Annotated[Literal["all", "fastest"] | tuple[str, ...], BeforeValidator(_modes, json_schema_input_type=str | list[str])]
Parts = Annotated[tuple[float, ...], _numbers(1), AfterValidator(_parts)]
Rates = Annotated[tuple[float, ...], _numbers(0), AfterValidator(_positive)]
Bounds = Annotated[tuple[float, ...], _numbers(2, 2)]


class Check(Strict):
    """A check of a plan."""

    noun: ClassVar[str] = "this check"
    entry: ClassVar[str] = "option"

    on_fail: Literal["stop", "go on"] = Field(default="go on", examples=["go on", "stop"])
    """What a failure means for what comes after: "stop" leaves it undone, "go on" does not."""


class Identity(Check):
    """The right module on the right port."""


class ModesCheck(Check):
    """The modes a camera offers, and a frame of each."""

    modes: Modes = Field(default="all", examples=["all"])
    """Of which modes a frame is looked at."""
    frames: int = Field(default=1, ge=1, examples=[1])
    """Frames to look at in each."""


class FrameRate(Check):
    """Frame rates, from timestamps."""

    modes: Modes = Field(default="all", examples=[["2028x1080", "1332x990"]])
    """The modes whose rate is measured."""
    frames: int = Field(default=100, ge=10, examples=[200])
    """Frames to time at each rate."""
    rates: Parts = Field(default=(1.0,), examples=[[1.0, 0.5]])
    """Rates to ask for, as parts of the mode's fastest."""
    rates_hz: Rates = Field(default=(), examples=[[30, 15]])
    """More rates, in Hz; a mode that does not reach one leaves it out."""


class Exposure(Check):
    """Shortest and longest exposures."""

    modes: Modes = Field(default="all", examples=["all"])
    """The modes whose exposures are captured."""
    longest_s: float = Field(default=0.5, gt=0, allow_inf_nan=False, examples=[0.5])
    """Seconds; longer exposures are not captured and listed as not said."""
    frames: int = Field(default=2, ge=1, examples=[2])
    """Frames to take at each long exposure."""
    by_light: bool = Field(default=True, examples=[True])
    """Whether to measure by light too, where the rig has light."""


class LinkSettings(Check):
    """The CSI-2 link frequency and its harmonics."""


class Sync(Check):
    """Two cameras in step; needs a rig with a source and a sink."""

    frames: int = Field(default=300, ge=10, examples=[300])
    """Frames to record with both."""
    rate_hz: float = Field(default=40.0, gt=0, allow_inf_nan=False, examples=[40])
    """Frames a second of the source; less where the mode does not run that fast."""
    by_light: bool = Field(default=True, examples=[True])
    """Whether to measure the offset by light too, where the rig has a strobe."""


class Trigger(Check):
    """One frame a pulse; needs a rig with a Pico on XTR."""

    frames: int = Field(default=100, ge=10, examples=[100])
    """Pulses to send at each rate; below 10 Hz as many as fit ten seconds, and at least six."""
    rates_hz: Rates = Field(default=(10.0,), examples=[[0.2, 10]])
    """Rates of the pulses in Hz, besides the fastest that exposure and read-out allow."""
    exposure_us: float = Field(default=6000.0, ge=30, le=1_000_000, allow_inf_nan=False, examples=[6000])
    """Microseconds of exposure at these rates."""
    longest_s: float = Field(default=1.0, gt=0, allow_inf_nan=False, examples=[1.0])
    """Seconds; longer exposures by light are listed as not said."""
    by_light: bool = Field(default=True, examples=[True])
    """Whether to measure exposures by light too, where the rig has a strobe."""


class Shutter(Check):
    """Rolling or global shutter; needs a rig with a strobe."""

    modes: Modes = Field(default="fastest", examples=["fastest"])
    """The modes whose readout is measured."""
    frames: int = Field(default=48, ge=10, examples=[48])
    """Frames to take."""


class Wiring(Check):
    """The levels on the rig's own wires; needs an ADC on one of them."""


class Checks(Strict):
    """What is done."""

    noun: ClassVar[str] = "[checks]"
    entry: ClassVar[str] = "check"

    identity: Identity | None = None
    """The right module on the right port; Wide and NoIR told apart where hardware can."""
    modes: ModesCheck | None = None
    """The modes that are offered, and a frame of each."""
    frame_rate: FrameRate | None = None
    """Frame rates, from the periods of timestamps."""
    exposure: Exposure | None = None
    """Shortest and longest exposures, by the frame interval and by light."""
    link_settings: LinkSettings | None = None
    """The CSI-2 link frequency and its distance from satellite bands."""
    sync: Sync | None = None
    """Two cameras in step, where the rig has a source and a sink."""
    trigger: Trigger | None = None
    """One frame a pulse, where the rig has a Pico on XTR."""
    shutter: Shutter | None = None
    """Rolling or global shutter, where the rig has a strobe."""
    wiring: Wiring | None = None
    """The levels on the rig's own wires, where an ADC reads them."""


class LimitFile(Strict):
    """Another limit for a characteristic, or another decision rule."""

    noun: ClassVar[str] = "a limit"

    within: Bounds | None = Field(default=None, examples=[[-30, 30]])
    """Lowest and highest allowed value, in the characteristic's unit."""
    at_least: float | None = Field(default=None, allow_inf_nan=False, examples=[47])
    """Lowest allowed value; no highest."""
    at_most: float | None = Field(default=None, allow_inf_nan=False, examples=[0])
    """Highest allowed value; no lowest."""
    rule: Annotated[str, BeforeValidator(_rule)] | None = Field(default=None, examples=["guard"])
    """Decision rule: "simple", "guard", "guard 0.82" or "nonbinary"."""

    @model_validator(mode="after")
    def _one_limit(self) -> LimitFile:
        written = [key for key in ("within", "at_least", "at_most") if getattr(self, key) is not None]
        if len(written) > 1:
            raise plain(f"both {' and '.join(written)}; write within = [lowest, highest]")
        if not written and self.rule is None:
            raise plain("says nothing; write within = [lowest, highest], at_least, at_most or rule")
        if self.within is not None and self.within[0] > self.within[1]:
            raise plain(f"within = [{self.within[0]:g}, {self.within[1]:g}]; the lower bound comes first")
        return self


class Procedure(Strict):
    """The document that a plan carries out."""

    noun: ClassVar[str] = "procedure"

    id: str = Field(min_length=1, max_length=80, examples=["QP-17"])
    """Its number."""
    version: str = Field(min_length=1, max_length=80, examples=["C"])
    """Its issue, as text: "C" or "3"."""
    title: str = Field(default="", max_length=200, examples=["Acceptance of HQ cameras"])
    """What it is called."""


class PlanFile(Strict):
    """A plan as written down."""

    noun: ClassVar[str] = "a plan"

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80, examples=["line"])
    """The plan's name in reports."""
    version: int = Field(ge=1, examples=[1])
    """Counted up with every change of what is demanded."""
    budget_s: float = Field(gt=0, allow_inf_nan=False, examples=[45])
    """Seconds the rig should take at most."""
    title: str = Field(default="", examples=["what the line demands"])
    """One line that says what the plan is for."""
    procedure: Procedure | None = Field(default=None, examples=[{"id": "QP-17", "version": "C"}])
    """The document that the plan carries out; printed in reports."""
    accept_cond_pass: bool = Field(default=False, examples=[True])
    """Whether a conditional pass (rule "nonbinary") counts as a pass."""
    checks: Checks = Field(examples=[{"identity": {}}])
    """The checks, in the order in which they are done."""
    limits: dict[str, LimitFile] = Field(default_factory=dict, examples=[{"sync_offset_us": {"within": [-30, 30]}}])
    """Limits that replace the catalog's."""
