"""One or several runs watched from outside: each rig's own process writes a journal, this reads them as they grow.

One run looks as in its own terminal. Several have one live line each; their blocks appear in the order in which they were asked for,
each as soon as those before it are there, and a summary ends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.live import Live as LiveLines
from rich.text import Text

from hil.clock import Clock, RealClock
from hil.report import layout
from hil.report.columns import STYLES, padded, verdict
from hil.report.events import Event
from hil.report.figures import duration
from hil.report.glyphs import harmless
from hil.report.headline import headline, tally
from hil.report.journal import Tail, read, replay
from hil.report.record import Record, build
from hil.report.status import Status
from hil.report.terminal import Terminal
from hil.report.verdict import WORST_FIRST


@dataclass
class Followed:
    """A run that another process does."""

    rig: str
    """Name shown until the journal tells one."""
    journal: Path
    """Its journal; the file may appear later. The folder is the run's."""
    note: str = ""
    """What the process said if it ended without a journal."""
    ended: bool = False
    record: Record | None = None
    status: Status = field(init=False)
    tail: Tail = field(init=False)

    def follow(self, clock: Clock) -> None:
        """Begin at the journal's start."""
        self.status, self.tail = Status(clock), Tail(self.journal)


class Live:
    """`with Live(runs, console) as live:` then `poll` a few times a second, `closed` for each process that ended, `finish`."""

    def __init__(self, runs: Sequence[Followed], console: Console, clock: Clock | None = None) -> None:
        """`runs` in the order in which they were asked for."""
        self.runs, self.console, self._clock = list(runs), console, clock or RealClock()
        for run in self.runs:
            run.follow(self._clock)
        self._only = Terminal(console, self.runs[0].journal.parent, self._clock) if len(self.runs) == 1 else None
        self._lines: LiveLines | None = None
        self._shown = 0
        self._begun_ns = self._clock.now_ns()

    def poll(self) -> None:
        """Read what is new and refresh the live lines; never waits."""
        for run in self.runs:
            for event in run.tail.new():
                self._feed(run, event)
        if self._only is not None:
            self._only.tick()
        if self._lines is not None:
            self._lines.update(self._board(), refresh=True)

    def closed(self, index: int, note: str = "") -> None:
        """Process `index` has ended; `note` is what it said if it did so without a journal."""
        self.poll()
        run = self.runs[index]
        run.ended, run.note = True, note
        self._show_ready()

    def finish(self) -> list[Record]:
        """Print what is left, and for several rigs the summary; the records in the order of the runs."""
        for index, run in enumerate(self.runs):
            if not run.ended:
                self.closed(index)
        self._stop()
        records = [run.record for run in self.runs if run.record is not None]
        if self._only is None:
            self._summary(records)
        return records

    def __enter__(self) -> Live:
        if self._only is not None:
            self._only.__enter__()
        elif self.console.is_terminal:
            self._lines = LiveLines(console=self.console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._lines.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _feed(self, run: Followed, event: Event) -> None:
        run.status.feed(event)
        if self._only is not None:
            self._only.feed(event)

    def _show_ready(self) -> None:
        """Blocks come in the order asked for: a rig that is ready early waits for those before it."""
        while self._shown < len(self.runs) and self.runs[self._shown].ended:
            self._show(self.runs[self._shown], first=self._shown == 0)
            self._shown += 1

    def _show(self, run: Followed, *, first: bool) -> None:
        if not run.journal.exists():
            run.record = _without_journal(run)
            told = verdict("ERROR").append(f"  rig {run.rig}   {run.note or 'its process ended without a journal'}", style="not bold")
            self._print(told, 7)
            return
        reading = read(run.journal)
        if self._only is None and not first:
            self._print(Text())
        terminal = self._only or Terminal(self.console, run.journal.parent, self._clock)
        if self._only is None:
            replay(reading.events, terminal.feed)
        run.record = terminal.finish(torn=reading.torn)

    def _board(self) -> Text:
        """A line for each run that is not printed yet."""
        waiting = self.runs[self._shown :]
        width = max((len(run.rig) for run in waiting), default=0) + 3
        board = Text("\n", no_wrap=True, overflow="ellipsis")
        return board.join(_board_line(run, width) for run in waiting)

    def _summary(self, records: Sequence[Record]) -> None:
        self._print(Text())
        width = max((len(record["rig"]) for record in records), default=0) + 3
        for record in records:
            line = Text("  ").append(padded(record["rig"], width)).append(verdict(record["verdict"]))
            line.append(" " * max(2, 12 - len(record["verdict"])))
            self._print(line.append(tally(record) if record["verdict"] == "PASS" else headline(record), style="dim"), width + 14)
        self._print(summary(records, (self._clock.now_ns() - self._begun_ns) / 1e9))

    def _print(self, text: Text, indent: int = 0) -> None:
        text.plain = harmless(text.plain)
        for line in layout.wrapped(self.console, text, indent):
            self.console.print(line, soft_wrap=True, highlight=False)

    def _stop(self) -> None:
        if self._only is not None:
            self._only.__exit__(None, None, None)
        if self._lines is not None:
            self._lines.update(Text(""), refresh=True)
            self._lines.stop()
            self._lines = None


def summary(records: Sequence[Record], wall_s: float) -> Text:
    """`11 PASS   48 min on the rigs' clocks in 31 s`; the worst verdict first."""
    counts = Counter(record["verdict"] for record in records)
    told = Text(" · ").join(_count(counts[word], word) for word in WORST_FIRST if counts[word])
    rig_s = sum(record["time"]["rig_s"] or 0.0 for record in records)
    return told.append(f"   {duration(rig_s)} on the rigs' clocks in {duration(wall_s)}")


def _count(count: int, word: str) -> Text:
    return Text(f"{count} {word}", style=STYLES[word])


def _board_line(run: Followed, width: int) -> Text:
    what = "done, waits for its turn" if run.ended else run.status.text()
    return Text(f"  {run.rig:<{width}}").append(f"{' ' if run.ended else run.status.spinner()} {what}", style="dim")


def _without_journal(run: Followed) -> Record:
    """A record for a process that died before it could write a line."""
    events: list[Event] = [
        {"event": "run", "rig": run.rig, "unit_parts": [], "plan": {}},
        {"event": "diagnosis", "severity": "error", "cause": "no journal", "says": run.note or "its process ended without a journal"},
    ]
    return build(events)
