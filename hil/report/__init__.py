"""What a run leaves: a journal written while it happens, one record made from it, and views of that record.

`Journal` writes the `events`; `build` makes the record (schema `hil.run/1`); `Terminal` and `Live` show it while it happens, `write_all`
leaves record.json, report.html and junit.xml beside the journal. Nothing here touches a device.
"""

from hil.report import events
from hil.report.diff import diff
from hil.report.events import PlannedTest
from hil.report.files import Written, run_dir, write_all
from hil.report.journal import Journal
from hil.report.live import Followed, Live
from hil.report.record import Record, build, load, of_journal, schema
from hil.report.terminal import Terminal
from hil.report.verdict import exit_status, worst_status

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
