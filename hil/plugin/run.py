"""What a pytest run does on its rig, told to the journal as it happens: the plan, each test, how it ended, the record."""

from __future__ import annotations

import io
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hil import checks
from hil.bench import Bench, open_rig
from hil.checks import Planned
from hil.checks.diagnosis import UnitFault
from hil.clock import RealClock, utc_now
from hil.errors import RigError, RigFaults, UserError
from hil.measure.repeatability import Repeatability
from hil.plugin import causes, outcomes, software
from hil.plugin.book import Notebook
from hil.plugin.items import about, label, planned_test
from hil.plugin.operator import Operator
from hil.plugin.watching import Watching
from hil.report import Journal, PlannedTest, Terminal, allure, events, traveller, write_all
from hil.report.opening import opening
from hil.report.record import build
from hil.report.verdict import counts_as

if TYPE_CHECKING:
    from hil.plugin.session import Session

NEED_CAMERAS = frozenset({"bench", "camera", "pair", "trigger"})
"""Fixtures whose cameras are those of the bench. They ask for it only where the rig has what they need, so pytest's closure lacks it."""


@dataclass
class Run:
    """State of the run; `Session.run`."""

    session: Session
    told: list[events.Event] = field(default_factory=list)
    _journal: Journal | None = None
    _bench: Bench | None = None
    _refused: bool = False
    _lent: bool = False
    _clock: RealClock = field(default_factory=RealClock)
    _begun_ns: int = 0
    _rig_s: float = 0.0
    _operator: Operator | None = None
    _watching: Watching | None = None
    _left_safe: list[str] = field(default_factory=list)
    _ends: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _reported: float = 0.0
    _diagnosed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._begun_ns = self._clock.now_ns()
        # SIGTERM and a closed terminal must leave the rig as safe as Ctrl-C does: pytest then runs every finalizer.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)

    @property
    def folder(self) -> Path | None:
        """Where the record goes; None if none was asked for."""
        chosen = self.session.config.getoption("hil_report")
        return Path(chosen) if chosen else None

    # -- before anything is driven ------------------------------------------------------------------------------------

    def write_plan(self, items: Sequence[pytest.Item]) -> None:
        """Open the journal and write the plan into it."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._journal = Journal(self.folder / "journal.jsonl")
        given, config = self.session, self.session.config
        self._write(
            opening(
                given.rig,
                given.plan,
                unit=config.getoption("--unit"),
                seed=given.seed,
                overrides=config.getoption("hil_set"),
                started=utc_now(),
                traveller=traveller.read(self.folder) if self.folder is not None else None,
            )
        )
        self._write(events.planned(self._planned(items)))
        drawing = traveller.drawing(self.folder) if self.folder is not None else None
        if drawing is not None:
            self._write(drawing)
        if any(item.get_closest_marker("check") for item in items):
            for text in checks.not_shown(given.rig, given.plan):
                self._write(events.not_said(text))
        for name, said in self.session.listener.not_loaded:
            self._write(events.diagnosis("tests do not load", severity="error", says=f"{name} does not load", seen=said, evidence=said))
        for name in self._without_tests(items):
            said = ["pytest found no test in it: functions test_*, in files test_*.py"]
            self._write(events.diagnosis("no tests", severity="error", says=f"{name} has no test", seen=said, evidence=said))

    def _without_tests(self, items: Sequence[pytest.Item]) -> list[str]:
        """Files and folders that were asked for and gave nothing, though they load."""
        asked = [Path(argument.partition("::")[0]).resolve() for argument in self.session.config.args]
        loaded = [item.path.resolve() for item in items]
        bad = {name for name, _ in self.session.listener.not_loaded}
        return [a.name for a in asked if a.name not in bad and not any(a == path or a in path.parents for path in loaded)]

    def _planned(self, items: Sequence[pytest.Item]) -> list[PlannedTest]:
        expected: dict[tuple[str, str], list[Planned]] = {}
        for planned in checks.planned(self.session.rig, self.session.plan):
            expected.setdefault((planned.check, planned.case), []).append(planned)
        return [planned_test(item, expected) for item in items]

    def prepare(self) -> None:
        """Put the twin in place; at a test station wait for the start button, if that was asked for, and show that it is busy.

        What is wrong with a rig, or its twin, before any test can begin ends the run: ERROR, with its cause in the record.
        """
        try:
            self._operator = Operator.at(self.session.rig, self.session.twin())
            if self._operator is not None:
                if self.session.config.getoption("--wait-for-start"):
                    self._operator.await_start(self._write)
                    self._begun_ns = self._clock.now_ns()
                self._operator.begin()
        except RigError as error:
            self._diagnose(error, "")
            raise pytest.exit.Exception(str(error), 3) from error
        except UserError as error:  # a rig that is never driven
            raise pytest.exit.Exception(str(error), 2) from error

    # -- while it runs ------------------------------------------------------------------------------------------------

    def open(self) -> Bench:
        """Open the rig. A rig that does not open ends the run: nothing else could be measured."""
        try:
            self._bench = open_rig(self.session.rig, twin=self.session.twin(), progress=self._progress)
        except RigError:
            self._refused = True
            raise
        self._bench.allow_reboot = self.session.config.getoption("--allow-reboot")
        self._write(events.versions(software.versions(self._bench)))
        self._watching = Watching.of(self._bench, self._write)
        return self._bench

    def close(self) -> None:
        """Leave the rig safe and note how long it was open on its own clock."""
        if self._bench is not None:
            if self._watching is not None:
                self._watching.look("", anyway=True)
            self._rig_s = self._bench.rig_seconds()
            self._left_safe = self._bench.close()
            self._bench = None

    def notebook(self, item: pytest.Item) -> Notebook:
        """A notebook for one test."""
        check, subject, _ = about(item)
        rig = self.session.rig
        serial = self.session.config.getoption("--unit")
        if serial:
            allure.unit_parameter(serial)
        allure.labels(rig.name, check, subject)
        only = next(iter(rig.cameras)) if len(rig.cameras) == 1 else ""
        repeatability = [Repeatability(**one) for one in self.told[0]["repeatability"]]
        return Notebook(label(item), subject or only, check, rig, self.session.plan, self._write, repeatability)

    def begin(self, item: pytest.Item) -> None:
        """A test begins. One that asks for none of `NEED_CAMERAS` may open the cameras itself, so they are free while it runs."""
        self._write(events.started(label(item)))
        if self._bench is None:
            return
        wanted = not NEED_CAMERAS.isdisjoint(getattr(item, "fixturenames", ()))
        if wanted and self._lent:
            self._bench.take_back()
        elif not wanted and not self._lent:
            self._bench.lend()
        self._lent = not wanted
        if self._watching is not None:
            self._watching.look(label(item))

    def heard(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        """One phase of a test ended; at the last one its outcome is written."""
        name = label(item)
        result = outcomes.result(call, report)
        if call.excinfo is not None and isinstance(call.excinfo.value, RigError | UnitFault):
            self._diagnose(call.excinfo.value, name)
        worse = {"passed": 0, "skipped": 1, "failed": 2, "error": 3}
        if name not in self._ends or worse[result] > worse[self._ends[name][0]]:
            trace = report.longreprtext if result in ("failed", "error") else ""
            self._ends[name] = (result, outcomes.reason(call, report), trace)
        if call.when == "teardown":
            self._conclude(item, name)

    def _conclude(self, item: pytest.Item, name: str) -> None:
        result, reason, trace = self._ends[name]
        self._write(events.outcome(name, result, reason=reason, traceback=trace))
        if self._bench is not None and (gone := self._bench.gone()) is not None:
            self._diagnose(gone, "")
            item.session.shouldfail = gone.asked
        if result in ("passed", "skipped"):
            return
        check, _, _ = about(item)
        plan = self.session.plan
        if self._refused:
            item.session.shouldfail = "the rig did not open"
        elif check and plan.checks[check].get("on_fail") == "stop":
            item.session.shouldfail = f"{check} failed, and plan {plan.name} stops there"

    def _diagnose(self, error: RigError | UnitFault, test: str) -> None:
        if id(error) in self._diagnosed:
            return
        self._diagnosed.add(id(error))
        for fault in error.faults if isinstance(error, RigFaults) else (error,):
            self._write(causes.diagnosis(fault, test))

    def _progress(self, what: str, done: int, of: int, elapsed_s: float, expected_s: float) -> None:
        if elapsed_s < self._reported:
            self._reported = 0.0
        # A line a second is enough for the eye; a long exposure in the twin passes thousands of them.
        if elapsed_s - self._reported >= max(1.0, expected_s / 50):
            self._reported = elapsed_s
            self._write(events.progress(what, done=done, of=of, elapsed_s=elapsed_s, expected_s=expected_s))

    # -- the end ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Write the last line of the journal, and the record with its reports."""
        self.close()
        wall_s = (self._clock.now_ns() - self._begun_ns) / 1e9
        self._write(events.end(rig_s=self._rig_s, wall_s=wall_s, interrupted=self.session.listener.interrupted, left_safe=self._left_safe))
        if self._journal is not None and self.folder is not None:
            self._journal.close()
            write_all(self.folder)
        if self._operator is not None:
            self._operator.end(counts_as(build(self.told)))

    def summarise(self, reporter: Any) -> None:
        """What was measured and the verdict, below pytest's own lines."""
        if not any(event["event"] == "measurement" for event in self.told):
            return
        from rich.console import Console

        text = io.StringIO()
        terminal = Terminal(Console(file=text, force_terminal=reporter.hasmarkup, highlight=False), self.folder, None)
        for event in self.told:
            terminal.feed(event)
        terminal.finish()
        reporter.write(f"\n{text.getvalue()}")

    def _write(self, event: events.Event) -> None:
        self.told.append(event)
        if self._journal is not None:
            self._journal.write(event)
