"""The pytest processes of `hil accept`: started side by side, followed, and stopped so that every rig is left safe.

The one place outside `hil.clock` where real time is waited on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from hil.cli import process
from hil.cli.process import Ahead
from hil.clock import RealClock
from hil.report import Followed, Live, Record, events, load, traveller, write_all
from hil.report.files import absent
from hil.report.journal import read
from hil.report.jsontext import line
from hil.station import station

POLL_S = 0.05
GRACE_S = 60.0
"""How long a rig may take to be left safe after Ctrl-C before its process is killed."""


@dataclass
class Run:
    """One rig's pytest process."""

    rig: str
    folder: Path
    command: Sequence[str] | None
    """Arguments of pytest. None: it may not begin; its journal is written."""
    station: Path | None = None
    """Folder of the station that it runs at; None where the machine is none."""
    process: subprocess.Popen[bytes] | None = None
    closed: bool = False
    fault: str = ""
    """Why it could not be filed, or not all of its reports be written."""

    @property
    def journal(self) -> Path:
        """Where the process writes what happens."""
        return self.folder / "journal.jsonl"

    @property
    def filed(self) -> bool:
        """Whether it left a record."""
        return (self.folder / "record.json").exists()

    @property
    def going(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None


def supervise(
    runs: list[Run],
    side_by_side: int,
    console: Console,
    *,
    ahead: Ahead | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[list[Record], bool]:
    """Work off all runs, `side_by_side` at once (0: as many as cores): their records in order, and whether somebody stopped it.

    `ahead`: a process that one of them may take. `meanwhile`: what is done when the first have been started.
    """
    interrupted = False
    with Live([Followed(run.rig, run.journal) for run in runs], console) as live, _signals_are_ctrl_c():
        try:
            _work_off(runs, side_by_side or len(os.sched_getaffinity(0)), live, ahead, meanwhile)
        except KeyboardInterrupt:
            interrupted = True
            # Every process, in our group, heard it too and is leaving its rig safe.
            for index, run in enumerate(runs):
                _stop(run)
                _reap(run, index, live, "interrupted before it began")
        return [_filed(run, record) for run, record in zip(runs, live.finish(), strict=True)], interrupted


def _filed(run: Run, record: Record) -> Record:
    """The record with its seal, as it lies in the run's folder; as it was told where there is none."""
    return load(run.folder)[0] if run.filed else record


def _work_off(runs: list[Run], side_by_side: int, live: Live, ahead: Ahead | None, meanwhile: Callable[[], None]) -> None:
    clock, idle = RealClock(), iter([meanwhile])
    while not all(run.closed for run in runs):
        running = [run for run in runs if run.process is not None and not run.closed]
        waiting = [run for run in runs if run.process is None and not run.closed]
        for run in waiting[: side_by_side - len(running)]:
            if run.command is None:
                _reap(run, runs.index(run), live, "")
            else:
                _start(run, run.command, ahead)
        live.poll()
        for work in idle:
            work()
        for index, run in enumerate(runs):
            if run.process is not None:
                _reap(run, index, live)
        clock.sleep(POLL_S)


def _start(run: Run, command: Sequence[str], ahead: Ahead | None) -> None:
    env = {} if run.station is None else {station.VARIABLE: str(run.station.resolve())}
    run.process = process.start(command, env, run.folder / "pytest.log", ahead)


def _reap(run: Run, index: int, live: Live, interrupted: str = "") -> None:
    """Close the books of a run whose process has ended, or never began."""
    if run.closed or run.going:
        return
    run.closed = True
    note = ""
    if not run.journal.exists():
        note = interrupted or _last_words(run)
        _remove_if_unused(run.folder)
    elif not run.filed:
        try:
            if not interrupted and run.command is not None:
                _tell_of_its_death(run)
            write_all(run.folder, run.station)
        except OSError as error:
            run.fault = f"{run.folder}: {(error.strerror or str(error)).lower()}"
    elif absent(run.folder):
        run.fault = f"not written: {', '.join(absent(run.folder))}; once there is room:   hil report {run.folder}"
    live.closed(index, note)


def _tell_of_its_death(run: Run) -> None:
    """The process died before it could write its record; the journal has what it measured, and now also how it ended.

    One that has its end already is whole, and the run may have its place in the station's chain: only its filing broke off.
    """
    told_so_far = read(run.journal).events
    if any(event["event"] == "end" for event in told_so_far):
        return
    begun = [event["test"] for event in told_so_far if event["event"] == "started"]
    status = run.process.returncode if run.process is not None else 0
    how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
    seen = [f"it ended with {how}", f"while {begun[-1]} ran" if begun else "before the first test"]
    told = events.diagnosis("process died", severity="error", says="the process that drove the rig died", seen=seen, evidence=seen)
    with run.journal.open("ab") as journal:
        journal.write(b"\n" + line(told))


def _last_words(run: Run) -> str:
    log = run.folder / "pytest.log"
    said = [text.strip() for text in log.read_text(errors="replace").splitlines() if text.strip(" ^~")] if log.exists() else []
    status = run.process.returncode if run.process else "?"
    return f"{said[-1].removeprefix('ERROR: ')}  (all of it: {log})" if said else f"pytest ended with status {status} and said nothing"


def _remove_if_unused(folder: Path) -> None:
    if [path.name for path in folder.iterdir()] == [traveller.NAME]:
        (folder / traveller.NAME).unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


@contextlib.contextmanager
def _signals_are_ctrl_c() -> Iterator[None]:
    """SIGTERM and SIGHUP reach this process alone, Ctrl-C the whole group: `_stop` makes them the same."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(run: Run) -> None:
    """Wait until the process has left its rig safe; a second Ctrl-C, or `GRACE_S`, ends the patience."""
    if run.process is None or not run.going:
        return
    run.process.send_signal(signal.SIGTERM)
    try:
        run.process.wait(GRACE_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        run.process.kill()
        run.process.wait()
