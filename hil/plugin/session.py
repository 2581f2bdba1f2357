"""What a pytest run was given: one rig, one plan, and with `--sim` the rig's twin. Cheap until a test begins.

Collecting must not cost more than reading two files, so the twin is put into place by the first of: a test module that
imports picamera2, or the first test. What is told and recorded is in `hil.plugin.run`.
"""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from hil.errors import UserError
from hil.rig import Plan, Rig, load, load_plan

if TYPE_CHECKING:
    from hil.checks import Case, RigCase
    from hil.plugin.run import Run
    from hil.sim.twin import Twin

DEFAULT_RIG = "camera-module-3"
"""What `--sim` without `--rig` runs on: a program that only wants a camera gets a common one."""


@dataclass
class Listener:
    """What pytest tells only to registered objects: how collecting and the whole run went."""

    interrupted: bool = False
    """Ctrl-C, or a signal that stands for it; pytest's own exit status does not tell that from a bad test file."""
    not_loaded: list[tuple[str, list[str]]] = field(default_factory=list)
    """Test files that do not import, with the last lines of why."""

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Somebody stopped the run."""
        # pytest's own "1 error during collection" comes as a KeyboardInterrupt too.
        self.interrupted = isinstance(excinfo.value, KeyboardInterrupt) and not isinstance(excinfo.value, pytest.Session.Interrupted)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file was collected, or not."""
        if report.failed:
            text = report.longreprtext.strip().splitlines()
            said = [line.removeprefix("E").strip() for line in text if line.startswith("E ")]
            self.not_loaded.append((report.nodeid.rsplit("/", 1)[-1] or "a test file", said[-3:] or text[-1:]))


@dataclass
class Session:
    """Kept in `config.stash`."""

    config: pytest.Config
    rig: Rig
    plan: Plan
    simulated: bool
    seed: int | None
    listener: Listener = field(default_factory=Listener)
    run: Run | None = None
    """None while nothing but collecting was asked for."""
    _twin: Twin | None = None
    _finder: OpensTwin | None = field(default=None, repr=False)

    def headline(self) -> str:
        """For pytest's header."""
        where = f"simulated, seed {self.seed}" if self.simulated else "real"
        return f"rig: {self.rig.name} ({where}), plan {self.plan.name}/{self.plan.version}"

    def cases(self, check: str) -> Sequence[Case | RigCase]:
        """What the plan asks of one check on this rig."""
        from hil import checks

        return checks.cases(check, self.rig, self.plan)

    def twin(self) -> Twin | None:
        """The twin, put into this process when it is first asked for; None on the bench."""
        if self.simulated and self._twin is None:
            from hil.bench import open_twin

            self._withdraw()
            self._twin = open_twin(self.rig, self.seed or 0, self.config.getoption("hil_set"))
        return self._twin

    def await_picamera2(self) -> None:
        """Have the twin in place as soon as anything imports picamera2 or libcamera."""
        self._finder = OpensTwin(self)
        sys.meta_path.insert(0, self._finder)

    def dismantle(self) -> None:
        """Take the twin out of the process."""
        self._withdraw()
        if self._twin is not None:
            self._twin.close()
            self._twin = None

    def _withdraw(self) -> None:
        if self._finder is not None:
            sys.meta_path.remove(self._finder)
            self._finder = None


class OpensTwin(importlib.abc.MetaPathFinder):
    """Finds nothing itself: it opens the twin, whose own finders then come first."""

    def __init__(self, session: Session) -> None:
        """`session`: whose twin."""
        self._session = session

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Open the twin when picamera2 or libcamera is looked for."""
        if name not in ("picamera2", "libcamera"):
            return None
        self._session.twin()
        for finder in sys.meta_path:
            found = finder.find_spec(name, path, target)
            if found is not None:
                return found
        return None


def start(config: pytest.Config, chosen: str | None) -> Session:
    """Read the files that the options name. UserError on any fault in them."""
    simulated = config.getoption("--sim")
    changes = config.getoption("hil_set")
    if changes and not simulated:
        raise UserError("--set changes the twin", "no --sim was given", "add --sim, or change the rig itself")
    if (unit := config.getoption("--unit")) is not None:
        from hil.report.serials import checked_serial

        checked_serial(unit)
    rig = load(chosen or DEFAULT_RIG)
    session = Session(config, rig, load_plan(config.getoption("--plan")), simulated, config.getoption("--sim-seed") if simulated else None)
    if config.getoption("--wait-for-start"):
        from hil.rig.operating import refuse_without_button

        refuse_without_button(rig)
    if simulated:
        from hil.rig import overrides

        overrides.twin_spec(rig, [overrides.parse(text) for text in changes])
        session.await_picamera2()
    return session
