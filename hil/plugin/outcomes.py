"""How a test ended, in the journal's words; and our errors as messages instead of tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.checks.diagnosis import Diagnosed, UnitFault
from hil.errors import HilError, RigError
from hil.report import events


def shorten(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """A HilError says all there is to say: what was asked, found and to be tried."""
    if call.excinfo is not None and isinstance(call.excinfo.value, HilError):
        report.longrepr = f"{type(call.excinfo.value).__name__}: {call.excinfo.value}"


def result(call: pytest.CallInfo[None], report: pytest.TestReport) -> str:
    """passed, failed (an assertion), error (any other exception) or skipped."""
    if report.skipped:
        return "skipped"
    if call.excinfo is None or report.passed:
        return "passed"
    failed = isinstance(call.excinfo.value, AssertionError | pytest.fail.Exception)
    return "failed" if failed and call.when == "call" else "error"


def reason(call: pytest.CallInfo[None], report: pytest.TestReport) -> str:
    """The message, first line first."""
    if call.excinfo is None:
        return ""
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    error = call.excinfo.value
    if isinstance(error, HilError):
        return "; ".join(
            part for part in (error.asked, error.found and f"found: {error.found}", error.hint and f"try: {error.hint}") if part
        )
    if isinstance(error, pytest.FixtureLookupError):
        return f"there is no fixture {error.argname!r}; pytest --fixtures lists what there is"
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return str(error)
    last = call.excinfo.traceback[-1]
    return f"{type(error).__name__}: {error} ({last.path.name}:{last.lineno + 1})" if isinstance(last.path, Path) else str(error)


def diagnosis(error: RigError | UnitFault, test: str) -> events.Event:
    """A cause for the journal, told in full where a procedure reasoned about it; else as far as the error's own lines go."""
    if isinstance(error, Diagnosed | UnitFault):
        named = error.diagnosis
        return events.diagnosis(
            named.cause,
            severity="fail" if isinstance(error, UnitFault) else "error",
            says=named.says,
            where=named.where,
            seen=named.seen,
            so=named.so,
            so_not=named.so_not,
            do=named.do,
            evidence=named.seen,
            test=test,
        )
    found = [error.found] if error.found else []
    return events.diagnosis(
        error.cause,
        severity="error",
        says=error.asked,
        where=error.where,
        seen=found,
        evidence=found,
        do=[error.hint] if error.hint else [],
        test=test,
    )
