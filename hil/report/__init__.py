"""What a run leaves: a journal written while it happens, one record made from it, and views of that record.

`Journal` writes the `events`; `build` makes the record (schema `hil.run/1`); `Terminal` and `Live` show it while it happens, `write_all`
leaves record.json, report.html and junit.xml beside the journal. Nothing here touches a device.

What shows a run on a terminal is imported when it is asked for: reports are made without it, and without rich.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hil.report import events
from hil.report.diff import diff
from hil.report.events import PlannedTest
from hil.report.files import Written, run_dir, write_all
from hil.report.journal import Journal
from hil.report.record import Record, build, load, of_journal, schema
from hil.report.verdict import exit_status, worst_status

if TYPE_CHECKING:
    from hil.report.live import Followed, Live
    from hil.report.terminal import Terminal

__all__ = [
    "Followed",
    "Journal",
    "Live",
    "PlannedTest",
    "Record",
    "Terminal",
    "Written",
    "build",
    "diff",
    "events",
    "exit_status",
    "load",
    "of_journal",
    "run_dir",
    "schema",
    "worst_status",
    "write_all",
]


def __getattr__(name: str) -> Any:
    if name in ("Followed", "Live"):
        from hil.report import live

        return getattr(live, name)
    if name == "Terminal":
        from hil.report.terminal import Terminal

        return Terminal
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
