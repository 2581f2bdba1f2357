"""`hil gauge`: the same units put in again and again, each run an ordinary record, and what that says of the station."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from hil.cli import accept
from hil.cli.answer import Answer, Cell, Output, Sheet
from hil.cli.job import Job, Order, looked_through
from hil.cli.person import Terminal
from hil.cli.supervise import supervise
from hil.clock import utc_now
from hil.errors import UserError
from hil.history.needs import require
from hil.line import study
from hil.line.around import after
from hil.report import Record, exit_status, worst_status
from hil.report.quantity import label
from hil.report.serials import checked_serial
from hil.rig import Rig, load, load_plan

FEWEST = 2
COLUMNS = ("characteristic", "unit", "EV", "AV", "INT", "GRR", "% of_limits", "% of_study", "ndc", "judged")


@dataclass(frozen=True)
class Options:
    """What `hil gauge` was asked for."""

    sim: bool
    units: Sequence[str]
    """Serial numbers; in the twin names of specimens."""
    seatings: int
    trials: int
    plan: str
    seed: int
    reports: Path
    jobs: int
    job: Job = field(default_factory=Job)
    resume: str | None = None
    """Name of a study that was interrupted."""


@dataclass(frozen=True)
class Place:
    """A run's place in the study; numbers from 0."""

    part: int
    seating: int
    trial: int

    def named(self, options: Options) -> study.Place:
        """As records have it."""
        return options.units[self.part], f"seating {self.seating + 1}", self.trial + 1


def parts(sim: bool, number: int, units: Sequence[str]) -> list[str]:
    """The units of a study: those that are named, or in the twin `number` specimens. UserError for too few, or one twice."""
    if not units and not sim:
        raise UserError("hil gauge: the units of the study asked for", "none is named", "--unit A-1 --unit A-2 ..., or --sim")
    named = [checked_serial(unit) for unit in units] or [f"specimen-{at + 1}" for at in range(number)]
    if len(set(named)) < max(len(named), FEWEST):
        raise UserError("hil gauge: units of the study asked for", ", ".join(named), "at least 2, each once")
    return named


def run(name: str, options: Options, output: Output) -> int:
    """Make the study; exit status as of its runs: a unit that fails is no fault of a gauge study."""
    require()
    rig, started = load(name), utc_now()
    called = options.resume or f"{rig.name}-{started.replace('-', '').replace(':', '')}"
    asked = accept.Options(options.sim, None, options.plan, options.seed, [], [], options.reports, options.jobs, job=options.job)
    accept.refuse(rig, asked)
    order = looked_through(options.job, started[:10])
    if order.bars:
        raise UserError(f"a gauge study of {rig.name} asked for", order.bars[0].says, order.bars[0].do[0])
    records = earlier(rig, options) if options.resume else []
    try:
        _make(rig, name, options, asked, order, called, records)
    except KeyboardInterrupt:
        made = sum(study.is_whole(one) for one in records)
        sys.stderr.write(f"{made} of {len(list(_places(options)))} runs are made; go on:   the same command, and --resume {called}\n")
        raise
    found, left = study.results(records) if records else ([], ["nothing was measured"])
    says = [f"left out: {one}" for one in left]
    if order.station is not None and found:
        path = study.keep(order.station.folder, called, records, found)
        says.append(f"{path}: the runs of {rig.name} at station {order.station.id} take it into their uncertainties from now on")
    output.write(_answer(called, options, found, says))
    return worst_status([0 if exit_status(one) == 1 else exit_status(one) for one in records])


def earlier(rig: Rig, options: Options) -> list[Record]:
    """The records of a study that was interrupted; UserError if there are none, or if they are of another study than was asked for now."""
    name, plan = options.resume or "", load_plan(options.plan)
    found = study.runs(options.reports, name, options.units)
    asked = f"study {name} to be gone on with"
    if not found:
        raise UserError(asked, f"no run of it with units {', '.join(options.units)} in {options.reports}", "its name, units and --reports")
    if any((one["rig"], one["plan"]["sha256"], one["simulated"]) != (rig.name, plan.sha256, options.sim) for one in found):
        raise UserError(asked, f"it was begun on another rig than {rig.name}, or by another plan", "the same command, and --resume")
    wanted = {place.named(options) for place in _places(options)}
    beyond = [place for one in found if (place := study.place_of(one)) not in wanted]
    if beyond:
        raise UserError(asked, "it has {}, {}, trial {}".format(*beyond[0]), "the same units, --seatings and --trials")
    return found


def _make(rig: Rig, given: str, options: Options, asked: accept.Options, order: Order, called: str, records: list[Record]) -> None:
    """Make the runs that `records` lacks, and add theirs to it."""
    at_once = (options.jobs or len(os.sched_getaffinity(0))) if options.sim else 1
    quiet = Console(quiet=True)
    person = Terminal(Console(file=sys.stderr, highlight=False))
    made = {study.place_of(one) for one in records}
    places = [place for place in _places(options) if place.named(options) not in made]
    watched = Console(file=sys.stderr)
    inside: tuple[int, int] | None = None
    with Progress(console=watched, transient=True, disable=not watched.is_terminal) as progress:
        bar = progress.add_task(f"{len(places)} runs of {len(options.units)} units", total=len(places))
        for first in range(0, len(places), at_once):
            now = places[first : first + at_once]
            seated = now[0].part, now[0].seating
            if not options.sim and seated != inside:
                progress.stop()
                person.ask_ready(f"put {options.units[now[0].part]} in (seating {now[0].seating + 1} of {options.seatings})")
                progress.start()
            inside = seated
            runs = [
                accept.prepared(rig, given, _of(rig, place, options, asked), order, _told(place, options, order, called)) for place in now
            ]
            done, interrupted = supervise(runs, at_once, quiet)
            for one, record in zip(runs, done, strict=True):
                if one.filed:
                    after(order.station, record, one.folder, options.reports)
                    records.append(record)
            progress.advance(bar, len(now))
            if interrupted:
                raise KeyboardInterrupt


def _places(options: Options) -> Iterator[Place]:
    """A unit stays in for its trials, and comes back after all the others have been in."""
    for seating in range(options.seatings):
        for part in range(len(options.units)):
            for trial in range(options.trials):
                yield Place(part, seating, trial)


def _of(rig: Rig, place: Place, options: Options, asked: accept.Options) -> accept.Options:
    """In the twin, another specimen in another seating; on a bench whatever was put in."""
    changes = []
    if options.sim:
        again = place.seating * options.trials + place.trial
        changes = [
            f"cameras.{name}.{key}={value}" for name in rig.unit for key, value in (("specimen", place.part + 1), ("seating", again))
        ]
    return replace(asked, unit=options.units[place.part], changes=changes)


def _told(place: Place, options: Options, order: Order, called: str) -> dict[str, object]:
    where = dict(zip(study.PLACE, place.named(options), strict=True))
    return {**order.told, "purpose": "gauge", "gauge": {"study": called, **where}}


def _answer(called: str, options: Options, found: Sequence[study.Result], says: Sequence[str]) -> Answer:
    varied = [one for one in found if one.gauge.grr > 0]
    design = f"{len(options.units)} units, {options.seatings} seatings, {options.trials} trials"
    words = ["In place of appraisers: seatings. Judged by the width of the limits where there are two, else by the study itself (AIAG)."]
    words += ["EV: readings of one seating. AV: seatings. INT: seatings that move one unit otherwise than another. GRR: all three."]
    words += [f"{len(found) - len(varied)} more did not vary at all: counts, and what is read and not measured."]
    sheet = Sheet(COLUMNS, [_row(one) for one in varied])
    return Answer(f"gauge study {called}: {design}", [sheet], [*words, *says], options.sim)


def _row(one: study.Result) -> tuple[Cell, ...]:
    gauge, key = one.gauge, one.key
    name = " · ".join(part for part in (label(key.name, key.unit), key.subject, key.mode, f"#{key.nth}" if key.nth > 1 else "") if part)
    deviations = [float(f"{value:.3g}") for value in (gauge.ev, gauge.av, gauge.interaction, gauge.grr)]
    of_limits = round(gauge.of_tolerance(gauge.grr), 2) if gauge.tolerance else None
    return (name, key.unit, *deviations, of_limits, round(gauge.of_study(gauge.grr), 1), gauge.ndc, gauge.judged)
