"""The file station.toml, as a shape."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from hil.rig.fields import plain
from hil.rig.strict import Strict
from hil.rig.words import kind, quoted

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _id(value: Any) -> Any:
    if isinstance(value, str) and not _ID.fullmatch(value):
        raise plain(f'{quoted(value)}; write up to 32 letters, digits, - and _, for example "ST-01": certificates are numbered with it')
    return value


def _day(value: Any) -> Any:
    """A day, written 2027-03-31 with or without quotes."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise plain(f"{quoted(value)}: {error}") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise plain(f"{quoted(value)} is {'a time' if isinstance(value, datetime) else kind(value)}; write a day such as 2027-03-31")


def _line(value: Any) -> Any:
    """One line of text."""
    if isinstance(value, str) and (not value.strip() or any(ord(char) < 32 for char in value)):
        raise plain(f"{quoted(value)}; write one line of text")
    return value


Id = Annotated[str, BeforeValidator(_id)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
Line = Annotated[str, BeforeValidator(_line)]


class Environment(Strict):
    """What surrounds the station; written into every record."""

    noun: ClassVar[str] = "[environment]"

    temperature_c: float | None = Field(default=None, ge=-60, le=150, examples=[23.0])
    """Degrees Celsius."""
    humidity_percent: float | None = Field(default=None, ge=0, le=100, examples=[45.0])
    """Relative humidity."""
    light: Line | None = Field(default=None, examples=["closed box, LED panel 5000 K"])
    """What lights the scene."""


class Equipment(Strict):
    """Something that measurements rest on."""

    noun: ClassVar[str] = "[[equipment]]"

    id: Line = Field(examples=["EQ-7"])
    """Its name in reports, and in --waive."""
    name: Line = Field(examples=["frequency counter"])
    serial: Line | None = Field(default=None, examples=["MY5012"])
    calibrated: Day | None = Field(default=None, examples=["2026-03-31"])
    """Last calibrated on this day."""
    due: Day | None = Field(default=None, examples=["2027-03-31"])
    """To be calibrated again by the end of this day; without it, it needs no calibration."""
    certificate: Line | None = Field(default=None, examples=["K-2026-0815"])
    """Number of its calibration certificate."""

    @model_validator(mode="after")
    def _due_after_calibrated(self) -> Equipment:
        if self.calibrated is not None and self.due is not None and self.due < self.calibrated:
            raise plain(f"due on {self.due}, before it was calibrated, {self.calibrated}")
        return self


class Golden(Strict):
    """A unit whose verdict is known."""

    noun: ClassVar[str] = "[[golden]]"

    unit: Line = Field(examples=["GOLD-1"])
    """Its serial number."""
    rig: str | None = Field(default=None, examples=["camera-module-3"])
    """The rig that it is for; every rig when left out."""
    expect: Literal["PASS", "FAIL"] = Field(examples=["PASS"])
    """The verdict it has to get."""
    cause: str | None = Field(default=None, examples=["R11 fitted"])
    """The cause that its FAIL has to name."""


class Mes(Strict):
    """The commands that ask and tell a manufacturing system."""

    noun: ClassVar[str] = "[mes]"

    before: str | None = Field(default=None, examples=["mes-ask"])
    """Run before a unit: may this serial number run here?"""
    after: str | None = Field(default=None, examples=["mes-tell"])
    """Run after it: gets the record, the exit status and the label."""
    timeout_s: float = Field(default=10.0, gt=0, le=600, examples=[10])
    """Seconds that a command may take."""
    when_offline: Literal["refuse", "run"] = Field(default="refuse", examples=["refuse"])
    """What becomes of a unit when `before` cannot be asked."""


class StationFile(Strict):
    """A test station as written down."""

    noun: ClassVar[str] = "a station"

    id: Id = Field(examples=["ST-01"])
    """Short and never used twice: certificates are numbered ST-01-000001."""
    name: Line = Field(examples=["camera line 1"])
    issuer: Line | None = Field(default=None, examples=["Example Cameras Ltd"])
    """Who issues its certificates."""
    address: Line | None = Field(default=None, examples=["1 Example Road, Example Town"])
    place: Line | None = Field(default=None, examples=["hall 2"])
    """Where it stands."""
    fixture: Line | None = Field(default=None, examples=["FX-3"])
    """What holds the unit."""
    environment: Environment = Field(default_factory=Environment, examples=[{"temperature_c": 23.0}])
    equipment: tuple[Equipment, ...] = Field(default=(), strict=False, examples=[[]])
    history: str | None = Field(default=None, examples=["postgresql://history.example/hil"])
    """Where `hil history` keeps its records; beside the reports when left out."""
    mes: Mes = Field(default_factory=Mes, examples=[{"before": "mes-ask"}])
    golden: tuple[Golden, ...] = Field(default=(), strict=False, examples=[[]])
    golden_every_h: float | None = Field(default=None, gt=0, examples=[8])
    """Hours for which golden units that behaved as expected keep the line open."""
