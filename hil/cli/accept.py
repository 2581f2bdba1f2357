"""`hil accept`: what is asked of each rig's pytest process, and what becomes of their records."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from hil import checks, shipped
from hil.bench import refuse_what_cannot_be_opened
from hil.cli.job import Job, Order, looked_through
from hil.cli.process import Ahead
from hil.cli.supervise import Run, supervise
from hil.clock import utc_now
from hil.errors import UserError
from hil.judge import EXIT_CODES, Verdict
from hil.line import around
from hil.line.around import Bar
from hil.report import Journal, Record, events, exit_status, journal, run_dir, traveller, worst_status
from hil.report.events import Event
from hil.report.files import refuse_unwritable, replace, unit_dir
from hil.report.jsontext import document
from hil.report.junit import junit
from hil.report.markdown import markdown
from hil.report.opening import opening as opened
from hil.rig import Rig, load, load_plan, overrides
from hil.rig.operating import refuse_without_button

INTERRUPTED = 130


@dataclass(frozen=True)
class Options:
    """What `hil accept` was asked for, the same for all its rigs."""

    sim: bool
    unit: str | None
    plan: str
    seed: int
    tests: Sequence[Path]
    changes: Sequence[str]
    reports: Path
    jobs: int
    wait_for_start: bool = False
    allow_reboot: bool = False
    job: Job = field(default_factory=Job)


@dataclass(frozen=True)
class Outputs:
    """Files over all rigs of a call, beside the report folder of each; None for those not asked for."""

    json: str | None = None
    """"-" for standard output."""
    junit: str | None = None
    markdown: str | None = None

    def refuse_unwritable(self) -> None:
        """UserError, before anything is driven, if one of them could not be written."""
        for option, path in (("--json", self.json), ("--junit", self.junit), ("--markdown", self.markdown)):
            if path is not None and (option, path) != ("--json", "-"):
                refuse_unwritable(option, path)

    def write(self, records: list[Record]) -> None:
        """Write them."""
        if self.json == "-":
            sys.stdout.write(document(records))
        elif self.json is not None:
            replace(Path(self.json), document(records))
        if self.junit is not None:
            replace(Path(self.junit), junit(*records))
        if self.markdown is not None:
            replace(Path(self.markdown), markdown(records))


def chosen_rigs(names: Sequence[str], *, every: bool) -> list[str]:
    """The rigs of a call; UserError for none, or for both names and --all."""
    if every and names:
        raise UserError("hil accept: --all and rigs are given", ", ".join(names), "one of the two")
    if not every and not names:
        raise UserError("hil accept: a rig asked for", "none is given", "a rig file, a name from `hil rigs`, or --all")
    return list(shipped.names("rigs")) if every else list(names)


def run(names: Sequence[str], options: Options, outputs: Outputs, ahead: Ahead | None = None) -> int:
    """Accept every rig; the exit status is the worst over them. Any fault in a file or option: UserError, and nothing is driven."""
    rigs = [load(name) for name in names]
    for rig in rigs:
        refuse(rig, options)
    order = looked_through(options.job, utc_now()[:10])
    outputs.refuse_unwritable()
    told = [_told(rig, options, order) for rig in rigs]
    console = Console(stderr=outputs.json == "-", highlight=False)
    runs = [prepared(rig, name, options, order, one) for rig, name, one in zip(rigs, names, told, strict=True)]
    records, interrupted = supervise(runs, options.jobs if options.sim else 1, console, ahead=ahead, meanwhile=around.make_ready)
    outputs.write(records)
    statuses = [_afterwards(run, record, order, options, console) for run, record in zip(runs, records, strict=True)]
    return INTERRUPTED if interrupted else worst_status(statuses)


def _told(rig: Rig, options: Options, order: Order) -> dict[str, Any]:
    """For the rig's traveller. UserError if this unit may not run here now."""
    plan, attempt = load_plan(options.plan), 1
    if options.unit is not None:
        attempt = traveller.attempt(unit_dir(options.reports, options.unit), rig=rig.name, plan=plan.name, simulated=options.sim)
    around.refuse_another_attempt(options.unit, attempt, plan.attempts, plan.name, order.waived)
    told = {"attempt": attempt, **order.told, **around.traveller(order.station, options.unit, rig.name, simulated=options.sim)}
    asked = ("operator", "order", "part", "sub_units", "attempt")
    job = {"unit": options.unit, "rig": rig.name, "plan": plan.name, "procedure": dict(plan.procedure), "simulated": options.sim}
    around.refuse_if_told_so(order.station, {**job, **{key: told[key] for key in asked}})
    return told


def _afterwards(run: Run, record: Record, order: Order, options: Options, console: Console) -> int:
    """Tell everybody who has to know of a run; its exit status. That of a golden unit says whether it behaved."""
    if run.fault:
        console.print(f"      {run.fault}", markup=False)
    if not run.filed:
        status = exit_status(record)
        # Whatever was told while it ran: no record says so.
        return EXIT_CODES[Verdict.ERROR] if status in (EXIT_CODES[Verdict.PASS], EXIT_CODES[Verdict.FAIL]) else status
    done = around.after(order.station, record, run.folder, options.reports)
    for line in done.lines:
        console.print(f"      {line}", markup=False)
    return exit_status(record) if done.golden is None else EXIT_CODES[Verdict.PASS if done.golden else Verdict.ERROR]


def refuse(rig: Rig, options: Options) -> None:
    """UserError for whatever of rig, plan and options cannot be run."""
    refuse_what_cannot_be_opened(rig)
    checks.planned(rig, load_plan(options.plan))
    if options.wait_for_start:
        refuse_without_button(rig)
    for tests in options.tests:
        _refuse_unloadable(tests)
    overrides.refuse_without_twin(options.changes, simulated=options.sim)
    if options.sim:
        from hil.sim.needs import require_picamera2

        require_picamera2()
        overrides.twin_spec(rig, [overrides.parse(text) for text in options.changes])


def _refuse_unloadable(tests: Path) -> None:
    if not tests.exists():
        raise UserError(f"--tests {tests} asked for", "no such file", "a file test_*.py, or a folder of them")
    if tests.is_file():
        try:
            compile(tests.read_bytes(), str(tests), "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            where = f"{tests}:{error.lineno}" if isinstance(error, SyntaxError) else str(tests)
            raise UserError(f"--tests {tests} asked for", f"{where}: {getattr(error, 'msg', error)}") from error


def prepared(rig: Rig, given: str, options: Options, order: Order, told: Mapping[str, Any]) -> Run:
    """A run with its folder and its traveller; one that may not begin has its journal already, and no command."""
    started, plan = utc_now(), load_plan(options.plan)
    folder = run_dir(options.reports, unit=options.unit, rig=rig.name, started=started)
    traveller.write(folder, told)
    station = order.station.folder if order.station else None
    bars = [*order.bars]
    if around.GOLDEN not in order.waived and told.get("purpose") != "gauge":
        bars += around.locks(order.station, options.unit, rig.name, started, simulated=options.sim)
    if not bars:
        _draw_wiring(rig, folder)
        return Run(rig.name, folder, _command(rig, given, folder, options), station)
    seed = options.seed if options.sim else None
    opening = opened(rig, plan, unit=options.unit, seed=seed, overrides=options.changes, started=started, traveller=told)
    _file_as_invalid(folder, opening, bars)
    return Run(rig.name, folder, None, station)


def _file_as_invalid(folder: Path, opening: Event, bars: Sequence[Bar]) -> None:
    """The journal of a run that may not begin."""
    with Journal(folder / journal.NAME) as book:
        book.write(opening)
        book.write(events.planned([]))
        for bar in bars:
            seen = ["nothing was driven"]
            book.write(events.diagnosis(bar.cause, severity="invalid", says=bar.says, where=bar.where, seen=seen, do=bar.do))
        book.write(events.end(rig_s=0.0, wall_s=0.0))


def _draw_wiring(rig: Rig, folder: Path) -> None:
    """Put the picture of a wired rig beside its run: the record names it by its hash, the certificate shows it."""
    if rig.wiring:
        with contextlib.suppress(ImportError):  # drawn with schemdraw
            from hil.rig.picture import wiring

            (folder / traveller.WIRING).write_bytes(wiring.picture(rig))


def _command(rig: Rig, given: str, folder: Path, options: Options) -> list[str]:
    suite = shipped.path("acceptance")
    argv = ["-c", str(suite / "pytest.ini"), f"--rootdir={suite}", "-p", "no:cacheprovider"]
    argv += ["-p", "no:xdist", str(suite), *(str(path.resolve()) for path in options.tests)]
    # pytest rewrites the assertions of every module of a plugin's distribution, all of hil: only a user's tests gain by that.
    argv += [] if options.tests else ["--assert=plain"]
    argv += ["--rig", given if given in shipped.names("rigs") else str(rig.path.resolve()), "--plan", _absolute(options.plan)]
    argv += ["--report", str(folder.resolve()), "--alluredir", str(folder.resolve() / "allure-results")]
    if options.unit is not None:
        argv += [f"--unit={options.unit}"]
    argv += ["--allow-reboot"] if options.allow_reboot else []
    argv += ["--wait-for-start"] if options.wait_for_start else []
    if options.sim:
        argv += ["--sim", "--sim-seed", str(options.seed), *(f"--set={change}" for change in options.changes)]
    return argv


def _absolute(plan: str) -> str:
    return plan if plan in shipped.names("plans") else str(Path(plan).resolve())
