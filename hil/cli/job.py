"""What `hil accept` knows of the job beside rig and plan: operator, order, part, sub-units, waivers, and the station it runs at."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.line.around import GOLDEN, RETEST, Bar, overdue
from hil.report.serials import checked_line, checked_serial
from hil.rig.words import meant
from hil.station import Station, find


@dataclass(frozen=True)
class Job:
    """The options of a job, as typed."""

    operator: str | None = None
    order: str | None = None
    part: str | None = None
    """NUMBER, or NUMBER/REVISION."""
    batch: str | None = None
    serials: Sequence[str] = ()
    """PART=SERIAL of each sub-unit."""
    waive: Sequence[str] = ()
    """WHAT=REASON of each waiver."""
    station: Path | None = None
    """Its folder."""


@dataclass(frozen=True)
class Order:
    """A job that was looked through: nothing of it will be refused any more."""

    station: Station | None
    told: Mapping[str, Any] = field(default_factory=dict)
    """For the traveller of each of its runs."""
    bars: Sequence[Bar] = ()
    """What keeps the station from judging."""

    @property
    def waived(self) -> frozenset[str]:
        """What a waiver was given for."""
        return frozenset(one["what"] for one in self.told["waivers"])


def looked_through(job: Job, today: str) -> Order:
    """The job, checked before anything is driven; `today` (UTC) as 2026-11-22. UserError for whatever no record could hold."""
    station = find(job.station)
    told: dict[str, Any] = {
        "operator": _line(job.operator, "--operator", "an operator"),
        "order": _line(job.order, "--order", "an order's number"),
        "part": _part(job),
        "sub_units": dict(_sub_units(job.serials)),
        "waivers": list(_waivers(job, station)),
    }
    if station is None:
        return Order(None, told)
    station.refuse_another_id()
    if cut := station.chain.cut():
        sys.stderr.write(f"hil: the chain of station {station.id}: {cut}; see `hil verify {station.chain.path}`\n")
    _ = station.key  # a key that cannot be used is named before the run, not after it
    told |= {"station": station.facts(), "equipment": station.equipment(), "environment": station.environment()}
    order = Order(station, told)
    problems = station.equipment_problems(date.fromisoformat(today))
    return replace(order, bars=[overdue(name, says) for name, says in problems.items() if name not in order.waived])


def _line(text: str | None, option: str, what: str) -> str | None:
    return None if text is None else checked_line(text, option, what)


def _part(job: Job) -> dict[str, str | None]:
    number, revision = job.part, None
    if number is not None and "/" in number:
        number, _, revision = number.rpartition("/")
    return {
        "number": _line(number, "--part", "a part's number"),
        "revision": _line(revision, "--part", "a part's revision"),
        "batch": _line(job.batch, "--batch", "a batch's number"),
    }


def _sub_units(serials: Sequence[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for given in serials:
        name, serial = _pair(given, "--serial", "PART=SERIAL, for example --serial lens=L-0815")
        if name in seen:
            raise UserError(f"--serial {given} asked for", f"{name} has a serial number already")
        seen.add(name)
        yield checked_line(name, "--serial", "a part's name"), checked_serial(serial, "--serial")


def _waivers(job: Job, station: Station | None) -> Iterator[dict[str, str | None]]:
    known = [RETEST, GOLDEN, *(str(one["id"]) for one in station.equipment())] if station else [RETEST]
    for given in job.waive:
        what, reason = _pair(given, "--waive", 'WHAT=REASON, for example --waive EQ-7="loan unit, QA note 12"')
        if what not in known:
            there = f"there {'are' if station else 'is'} {', '.join(known)}" + ("" if station else "; this machine is no station")
            raise UserError(f"--waive {given} asked for", f'nothing called "{what}" could be waived{meant(what, known)}', there)
        yield {"what": what, "reason": checked_line(reason, "--waive", "a reason"), "by": job.operator}


def _pair(given: str, option: str, form: str) -> tuple[str, str]:
    name, equals, text = given.partition("=")
    if not (name.strip() and equals and text.strip()):
        raise UserError(f"{option} {given!r} asked for", "" if equals else 'there is no "="', form)
    return name.strip(), text
