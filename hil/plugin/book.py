"""Where a test writes what it measures: recorded first, judged second, told to the journal and to Allure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hil.errors import RigError, UserError
from hil.judge import Limit, Outcome, Verdict, attribute, judge, with_plan
from hil.measure.measurement import Measurement
from hil.measure.repeatability import Repeatability, repeated
from hil.report import allure, events

if TYPE_CHECKING:
    from hil.rig import Plan, Rig

AGREEMENT_K = 4.0
"""Two methods disagree only beyond k = 4: with k = 2 one healthy comparison in twenty would be a false alarm."""


class Notebook:
    """One test's notebook."""

    def __init__(
        self,
        test: str,
        subject: str,
        check: str,
        rig: Rig,
        plan: Plan,
        write: Callable[[events.Event], None],
        repeatability: Sequence[Repeatability] = (),
    ) -> None:
        """`test`: node id; `subject`: the camera that a test without an explicit one is about; `write`: the journal.

        `repeatability`: what the station's gauge study adds to the uncertainties.
        """
        self.test, self.subject, self.check = test, subject, check
        self._rig, self._plan, self._write, self._repeatability = rig, plan, write, repeatability
        self._pictured: list[events.Event] = []
        self._bad: list[tuple[Measurement, Outcome, str]] = []

    def measure(
        self,
        m: Measurement,
        limit: Limit | None = None,
        *,
        subject: str,
        mode: str = "",
        conditions: Mapping[str, object] | None = None,
    ) -> Outcome:
        """Record `m`, judged by `limit` or by the plan's own; a bad value fails the test at its end, not here."""
        m = next((repeated(m, one) for one in self._repeatability if one.fits(m, subject, mode)), m)
        limit = with_plan(limit, m.name, m.unit, self._plan)
        in_unit = all(part in self._rig.unit for part in subject.split("+")) if subject else True
        outcome = attribute(judge(m, limit), limit, in_unit=in_unit)
        event = events.measurement(m, outcome, limit, test=self.test, subject=subject, mode=mode, conditions=conditions)
        self._write(event)
        allure.measurement(event)
        self._pictured.append(event)
        if outcome.verdict not in (None, Verdict.PASS, Verdict.COND_PASS):
            self._bad.append((m, outcome, mode))
        return outcome

    def finding(self, cause: str, where: str, evidence: Sequence[str], *, says: str = "", do: Sequence[str] = ()) -> None:
        """A named fact that decides nothing by itself."""
        seen = list(evidence)
        self._write(
            events.diagnosis(cause, severity="finding", says=says, where=where, seen=seen, do=do, evidence=seen, test=self.test),
        )

    def not_said(self, text: str) -> None:
        """What this rig cannot show."""
        self._write(events.not_said(text))

    def text(self, name: str, value: str, *, subject: str, mode: str = "") -> None:
        """A recorded fact that is not a number; shown in the line of words of its check."""
        self._write(events.statement(value, check=self.check or name, subject=subject, detail=mode))

    @contextmanager
    def step(self, title: str, seconds: float = 0.0) -> Iterator[None]:
        """A named part of the test: a step in Allure, and the live line if it takes long on the rig's clock."""
        if seconds >= 1.0:
            self._write(events.progress(title, expected_s=seconds))
        with allure.step(title):
            yield

    def settle(self) -> None:
        """Called once after the test's body: pictures to Allure, then one failure listing all that is bad."""
        allure.pictures(self._pictured)
        if not self._bad:
            return
        lines = [f"{m.name}{f' in {mode}' if mode else ''}: {outcome.reason}" for m, outcome, mode in self._bad]
        wrong = [outcome.verdict for _, outcome, _ in self._bad]
        self._bad = []
        if Verdict.FAIL in wrong:
            raise AssertionError("\n".join(lines))
        raise RigError("\n".join(lines), cause="measurement not usable", where=self.subject)


@dataclass(frozen=True)
class Measure:
    """The `measure` fixture: record into a notebook, then judge."""

    notebook: Notebook

    def __call__(
        self,
        value: Measurement | float,
        *,
        within: tuple[float, float] | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        limit: Limit | None = None,
        agrees_with: Measurement | None = None,
        name: str = "",
        subject: str = "",
        mode: str = "",
        conditions: Mapping[str, object] | None = None,
        stop: bool = False,
    ) -> Outcome:
        """See the fixture; at most one kind of limit, UserError otherwise."""
        m = _named(value, name)
        asked = _asked(m, within, at_least, at_most, limit, agrees_with)
        outcome = self.notebook.measure(m, asked, subject=subject or self.notebook.subject, mode=mode, conditions=conditions)
        if stop:
            self.notebook.settle()
        return outcome


def _named(value: Measurement | float, name: str) -> Measurement:
    if isinstance(value, Measurement):
        return value.named(name) if name else value
    if not name:
        raise UserError("measure: a bare number asked for", repr(value), 'measure(x, name="..."), or a hil.measure.Measurement')
    return Measurement(name, float(value), "")


def _asked(
    m: Measurement,
    within: tuple[float, float] | None,
    at_least: float | None,
    at_most: float | None,
    limit: Limit | None,
    agrees_with: Measurement | None,
) -> Limit | None:
    given: dict[str, Any] = {"within": within, "at_least": at_least, "at_most": at_most, "limit": limit, "agrees_with": agrees_with}
    named = [key for key, value in given.items() if value is not None]
    if len(named) > 1 and set(named) != {"at_least", "at_most"}:
        raise UserError(f"measure({m.name}): one of {', '.join(given)} asked for", f"{' and '.join(named)} are given")
    if limit is not None:
        return limit
    if agrees_with is not None:
        return _agreement(m, agrees_with)
    if within is not None:
        return Limit(within[0], within[1], m.unit, source="the test")
    if at_least is None and at_most is None:
        return None
    return Limit(at_least, at_most, m.unit, source="the test")


def _agreement(m: Measurement, other: Measurement) -> Limit:
    if m.unit != other.unit:
        asked = f"measure({m.name}): agreement with {other.name} asked for"
        raise UserError(asked, f"{m.unit} and {other.unit}", "two measurements in one unit")
    band = AGREEMENT_K * math.hypot(m.u, other.u)
    source = f"agreement with {other.name}, k = {AGREEMENT_K:g}"
    return Limit(other.value - band, other.value + band, m.unit, source=source, rule="simple")
