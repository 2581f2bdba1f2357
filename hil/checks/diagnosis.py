"""From observations to a named cause: a table of causes (`causes.toml`), the first whose conditions hold is the diagnosis.

A condition is a fact that was observed, by name: `"sink_silent"`, or `"!clock_at_sink"` for one that was observed not to hold. A fact that
nobody could observe on this rig (None, or absent) fulfils neither, so a cause is only named where the observations single it out; the last
cause of each group says what remains. Sentences are data too; what stands in braces is a fact.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from hil.errors import HilError, RigError
from hil.measure import EstimatorError

Facts = Mapping[str, Any]
"""What was observed: truth values for conditions, texts and numbers for sentences. None: not observable here."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A named cause with its reasons."""

    cause: str
    """Short and stable: "XVS wire open"."""
    says: str
    """The sentence shown first."""
    where: str = ""
    """The part of the rig concerned; what a failure of the unit is blamed on."""
    seen: tuple[str, ...] = ()
    """The observations."""
    so: str = ""
    """What follows from them."""
    so_not: tuple[str, ...] = ()
    """What is ruled out, and by what."""
    do: tuple[str, ...] = ()
    """Next steps."""
    unit: bool = False
    """True: the unit under test is at fault; else the rig is."""


class Diagnosed(RigError):
    """The rig is at fault, and this is why."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        """`diagnosis`: told in full; as a message it is cut to what was asked, found and to be tried."""
        self.diagnosis = diagnosis
        super().__init__(diagnosis.says, " · ".join(diagnosis.seen), "; ".join(diagnosis.do), where=diagnosis.where, cause=diagnosis.cause)


class UnitFault(HilError, AssertionError):
    """The unit is at fault, every cause in the rig being ruled out: verdict FAIL."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        """`diagnosis`: `unit` is true in it."""
        self.diagnosis = diagnosis
        super().__init__(diagnosis.says, " · ".join(diagnosis.seen), "; ".join(diagnosis.do))


@contextmanager
def measured_by_light(asked: str, where: str, hint: str) -> Iterator[None]:
    """Frames in which an estimator finds nothing become a RigError: whatever is wrong with the light, it is not the unit that failed."""
    try:
        yield
    except EstimatorError as error:
        raise RigError(f"{asked} asked for", str(error), hint, where=where, cause="not measurable by light") from error


@dataclass(frozen=True, slots=True)
class Cause:
    """An entry of `causes.toml`."""

    cause: str
    when: tuple[str, ...]
    says: str
    where: str
    so: str
    so_not: tuple[tuple[str, str], ...]
    """What is ruled out, each with the fact that rules it out."""
    do: tuple[str, ...]
    unit: bool

    def fits(self, facts: Facts) -> bool:
        """Whether every condition was observed to hold."""
        return all(holds(condition, facts) for condition in self.when)

    def told(self, facts: Facts, seen: Sequence[str]) -> Diagnosis:
        """The diagnosis, in the words of this rig."""
        fill = _Filled({name: value for name, value in facts.items() if value is not None})
        ruled_out = (text for condition, text in self.so_not if holds(condition, facts))
        return Diagnosis(
            cause=self.cause,
            says=self.says.format_map(fill),
            where=self.where.format_map(fill),
            seen=tuple(seen),
            so=self.so.format_map(fill),
            so_not=tuple(text.format_map(fill) for text in ruled_out),
            do=tuple(step.format_map(fill) for step in self.do),
            unit=self.unit,
        )


class _Filled(dict[str, Any]):
    """A fact that was not observed leaves a gap that reads as such."""

    def __missing__(self, name: str) -> str:
        return "?"


def holds(condition: str, facts: Facts) -> bool:
    """Whether a condition was observed to hold; what was not observed fulfils neither "x" nor "!x"."""
    value = facts.get(condition.removeprefix("!"))
    return value is not None and bool(value) is not condition.startswith("!")


def diagnose(group: str, facts: Facts, seen: Sequence[str]) -> Diagnosis | None:
    """The first cause of `group` that fits; None if none does, and then nothing is wrong that the table knows of."""
    fitting = next((cause for cause in causes(group) if cause.fits(facts)), None)
    return fitting.told(facts, seen) if fitting else None


def blame(diagnosis: Diagnosis, unit: Sequence[str]) -> RigError | UnitFault:
    """The error to raise: of the unit only where the table blames it and every part concerned is in `unit`."""
    if diagnosis.unit and all(part in unit for part in diagnosis.where.split("+")):
        return UnitFault(diagnosis)
    return Diagnosed(replace(diagnosis, unit=False))


@cache
def causes(group: str) -> tuple[Cause, ...]:
    """The causes of one group, in the order in which they are asked for."""
    table = tomllib.loads(resources.files("hil.checks").joinpath("causes.toml").read_text(encoding="utf-8"))
    return tuple(_cause(name, entry) for name, entry in table[group].items())


def _cause(name: str, entry: Mapping[str, Any]) -> Cause:
    return Cause(
        cause=name,
        when=tuple(entry["when"]),
        says=entry["says"],
        where=entry.get("where", ""),
        so=entry.get("so", ""),
        so_not=tuple((condition, text) for condition, text in entry.get("so_not", ())),
        do=tuple(entry["do"]),
        unit=entry.get("blames", "rig") == "unit",
    )
