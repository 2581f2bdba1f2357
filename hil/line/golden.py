"""Golden units: some that are known to pass, some that are known to fail and why. The line is locked until all have behaved, every shift.

What each of them did is written into golden.jsonl in the station's folder, by hand of nobody but `hil accept`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Protocol

from hil.report import Record
from hil.report.jsontext import line

NAME = "golden.jsonl"


class Expected(Protocol):
    """A golden unit, as station.toml has it."""

    @property
    def unit(self) -> str:
        """Its serial number."""

    @property
    def rig(self) -> str | None:
        """The rig it is for; None for every rig."""

    @property
    def expect(self) -> str:
        """The verdict that it has to get."""

    @property
    def cause(self) -> str | None:
        """The cause that a FAIL has to name; None for any."""


@dataclass(frozen=True, slots=True)
class Golden:
    """What a golden unit did."""

    unit: str
    rig: str
    started: str
    """UTC, "2026-11-22T06:00:00Z"."""
    verdict: str
    causes: tuple[str, ...]
    simulated: bool
    behaved: bool
    """Whether it was what station.toml expects."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The golden units of a station."""

    folder: Path
    expected: tuple[Expected, ...]
    every_h: float | None
    """Hours for which they keep the line open; None: nobody demands them."""

    def of(self, unit: str | None, rig: str) -> Expected | None:
        """What is expected of `unit` on `rig`; None for a unit that is not golden there."""
        return next((one for one in self.expected if one.unit == unit and one.rig in (None, rig)), None)

    def note(self, record: Record) -> Golden | None:
        """Write down what a golden unit did; None for any other unit."""
        wanted = self.of(record["unit"], record["rig"])
        if wanted is None:
            return None
        causes = tuple(one["cause"] for one in record["diagnoses"] if one["severity"] != "finding")
        behaved = record["verdict"] == wanted.expect and (wanted.cause is None or wanted.cause in causes)
        seen = Golden(wanted.unit, record["rig"], record["started"] or "", record["verdict"], causes, record["simulated"], behaved)
        with (self.folder / NAME).open("ab+") as file:
            file.write(_ended(file) + line(asdict(seen)))
        return seen

    def rigs(self, *, simulated: bool) -> list[str]:
        """The rigs that golden units are for, or have run on."""
        named = [one.rig for one in self.expected if one.rig is not None]
        return list(dict.fromkeys([*named, *(one.rig for one in self._seen() if one.simulated == simulated)]))

    def locked(self, rig: str, now: str, *, simulated: bool) -> list[str]:
        """Why the line of `rig` is locked, a sentence for each golden unit; empty if it is open. `now`: UTC, as in records.

        A simulated golden unit opens the line for simulated units only, and so the other way round.
        """
        if self.every_h is None:
            return []
        seen = [one for one in self._seen() if one.rig == rig and one.simulated == simulated]
        wanted = [one for one in self.expected if one.rig in (None, rig)]
        return [says for one in wanted if (says := self._wrong_with(one, seen, now))]

    def _wrong_with(self, wanted: Expected, seen: Sequence[Golden], now: str) -> str:
        last = next((one for one in reversed(seen) if one.unit == wanted.unit), None)  # as filed: a clock may have been set back
        if last is None:
            return f"{wanted.unit}, which should {wanted.expect}, has not run yet"
        if not last.behaved:
            got = f"{last.verdict} ({', '.join(last.causes)})" if last.causes else last.verdict
            should = f"{wanted.expect} ({wanted.cause})" if wanted.cause else wanted.expect
            return f"{wanted.unit} got {got} at {last.started}, it should get {should}"
        assert self.every_h is not None
        if not timedelta(0) <= _time(now) - _time(last.started) <= timedelta(hours=self.every_h):
            return f"{wanted.unit} last ran at {last.started}, it should every {self.every_h:g} h"
        return ""

    def _seen(self) -> list[Golden]:
        try:
            lines = (self.folder / NAME).read_bytes().splitlines()
        except FileNotFoundError:
            return []
        return [one for text in lines if (one := _golden(text)) is not None]


def _golden(text: bytes) -> Golden | None:
    """A line's golden unit; None for a line that broke off: what it told does not open the line."""
    try:
        told: Mapping[str, Any] = json.loads(text)
        found = Golden(**{**told, "causes": tuple(told["causes"])})
        return found if _time(found.started).tzinfo else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _ended(file: IO[bytes]) -> bytes:
    """What ends a line that broke off, so that the next one is one by itself."""
    if not file.seek(0, 2):
        return b""
    file.seek(-1, 2)
    return b"" if file.read(1) == b"\n" else b"\n"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
