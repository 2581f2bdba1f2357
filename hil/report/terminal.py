"""The terminal output of one run, fed by its events: live while they arrive, or afterwards from the journal, by the same code.

On a terminal a last line says what goes on; elsewhere (a file, a CI log) there are plain lines and nothing moves. Colours only on a
terminal, and not with NO_COLOR (rich decides). There is no thread: whoever waits calls `tick`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.live import Live as LiveLine
from rich.text import Text

from hil.clock import Clock, RealClock
from hil.report import columns, layout, naming, table
from hil.report.events import Event
from hil.report.glyphs import harmless
from hil.report.record import Record, build
from hil.report.status import Status
from hil.report.verdict import of_measurement

LONG_S = 30.0
"""Where nothing moves, only what takes at least this long is announced."""


class Terminal:
    """Prints one run."""

    def __init__(self, console: Console, folder: Path | None = None, clock: Clock | None = None) -> None:
        """`folder` is named at the end; `clock` counts on between two progress events (the machine's clock by default)."""
        self.console, self.folder = console, folder
        self.status = Status(clock or RealClock())
        self._events: list[Event] = []
        self._run: Event = {}
        self._tests: dict[str, Event] = {}
        self._many = False
        self._columns = columns.Columns()
        self._check: str | None = None
        self._pending: list[Event] = []
        self._tabled = self._titled = self._finished = False
        self._announced = ""
        self._line: LiveLine | None = None
        self._on: dict[str, Callable[[Event], None]] = {
            "run": self._opened,
            "planned": self._planned,
            "started": self._started,
            "measurement": self._pending.append,
            "statement": self._pending.append,
            "progress": self._progressed,
        }

    def feed(self, event: Event) -> None:
        """Take one event of the journal and show what it changes."""
        self._events.append(event)
        self.status.feed(event)
        if event["event"] in self._on:
            self._on[event["event"]](event)
        self.tick()

    def tick(self) -> None:
        """Refresh the live line; call it a few times a second while waiting."""
        if self._line is not None:
            line = Text("  ", no_wrap=True, overflow="ellipsis").append(self.status.text(), style="dim")
            self._line.update(line, refresh=True)

    def finish(self, *, torn: bool = False) -> Record:
        """Print what is left and the verdict block as the run stands; the record so far."""
        record = build(self._events, torn=torn)
        if not self._finished:
            self._finished = True
            self._flush()
            self._stop_line()
            self._print_block(record)
        return record

    def __enter__(self) -> Terminal:
        if self.console.is_terminal:
            self._line = LiveLine(console=self.console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._line.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop_line()

    def _opened(self, event: Event) -> None:
        self._run = event

    def _planned(self, event: Event) -> None:
        self._tests = {test["test"]: test for test in event["tests"]}
        self._many = len(table.subjects(event["tests"])) > 1
        self._columns = columns.Columns.for_plan(event["tests"], self._many, self.console.width)
        if self._run:
            self._print_wrapped(layout.header(self._run, event["tests"]), 2)

    def _started(self, event: Event) -> None:
        check = self._tests.get(event["test"], {}).get("check") or naming.title(event["test"])
        if check != self._check:
            self._flush()
            self._check = check

    def _progressed(self, event: Event) -> None:
        """Where nothing can move, a long step is at least announced, once per frame."""
        here = self.status.step()
        if self.console.is_terminal or event["expected_s"] < LONG_S or here == self._announced or self._run.get("simulated"):
            return
        self._announced = here
        self._print(Text(f"  {self.status.text()}"))

    def _flush(self) -> None:
        """Print the rows of the check that has ended."""
        parts = self._run.get("unit_parts", [])
        told = [one for one in self._pending if one["event"] == "measurement"]
        said = [one for one in self._pending if one["event"] == "statement"]
        self._pending.clear()
        judged = [{**one, "verdict": of_measurement(one, parts)} for one in told]
        self._gap_before_table(bool(told or said))
        for section in table.sections(judged, said, list(self._tests.values()), unit_parts=parts, brief=True):
            self._print_section(section)

    def _gap_before_table(self, rows: bool) -> None:
        if rows and not self._tabled:
            self._tabled = True
            self._print(Text())

    def _print_section(self, section: table.Section) -> None:
        if section.heading:
            self._print_titles()
            self._print(Text(f"  {section.heading}", style="bold"))
        label = None
        for row in section.rows:
            if not row.in_words:
                self._print_titles()
            for line in columns.row(row, self._columns, first=row.label != label):
                self._print(line)
            label = row.label

    def _print_titles(self) -> None:
        """Once, above the first row with figures."""
        if not self._titled:
            self._titled = True
            self._print(columns.titles(self._columns))

    def _print_block(self, record: Record) -> None:
        self._print(Text())
        for text, indent in layout.block(record, self.folder):
            self._print_wrapped(text, indent)

    def _print_wrapped(self, text: Text, indent: int) -> None:
        for line in layout.wrapped(self.console, text, indent):
            self._print(line)

    def _print(self, text: Text) -> None:
        text.plain = harmless(text.plain)
        self.console.print(text, soft_wrap=True, highlight=False)

    def _stop_line(self) -> None:
        if self._line is not None:
            self._line.update(Text(""), refresh=True)
            self._line.stop()
            self._line = None
