"""How a test ended, in words; and our errors as messages instead of tracebacks. Imported in every run, also without a rig."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil.errors import HilError


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
