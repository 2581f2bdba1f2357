"""The journal: one JSON line per event, append only, from which everything else is made.

What survives: every line is handed to the kernel by one `write` before the next event can begin, so it outlives the death of
the process (SIGKILL, out of memory). Power loss is another matter: `fdatasync` waits for the card, 5 to 30 ms on the SD cards of
a Pi. So it is called at once after `run`, `planned`, `diagnosis` and `end`, and after any other event when the last call is a second
old. On a bench, where measurements are seconds apart, that is nearly every one of them; in a twin that measures thousands in a
second it costs one call a second, and the price of a measurement stays flat.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from hil.clock import Clock, RealClock
from hil.report.events import Event
from hil.report.jsontext import line, plain

NAME = "journal.jsonl"
SYNC_AT_ONCE = frozenset({"run", "planned", "diagnosis", "end"})
SYNC_EVERY_NS = 1_000_000_000


class Journal:
    """Writes events; every listener (the terminal, a panel) hears each one after it is on file."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        """Create `path`; a journal is never continued, so an existing file is an error (FileExistsError)."""
        self.path = path
        self.listeners: list[Callable[[Event], None]] = []
        self._clock = clock or RealClock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._synced_ns = self._clock.now_ns()

    def write(self, event: Mapping[str, Any]) -> None:
        """Append one event of `hil.report.events`, then tell the listeners."""
        _write_all(self._file, line(event))
        self._sync_if_due(str(event["event"]))
        if self.listeners:
            told = plain(event)
            for listener in self.listeners:
                listener(told)

    def close(self) -> None:
        """Sync and close; a second call does nothing."""
        if self._file >= 0:
            os.fdatasync(self._file)
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _sync_if_due(self, kind: str) -> None:
        now_ns = self._clock.now_ns()
        if kind in SYNC_AT_ONCE or now_ns - self._synced_ns >= SYNC_EVERY_NS:
            os.fdatasync(self._file)
            self._synced_ns = now_ns


def is_written(path: Path) -> bool:
    """Whether somebody is writing this journal: the lock goes with the process that holds it."""
    with path.open("rb") as journal:
        try:
            fcntl.flock(journal, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
    return False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a journal holds, as far as it can be read."""

    events: tuple[Event, ...]
    torn: bool = False
    """True if a line is no whole event: the writer was killed in the middle of it, or the file was damaged."""


def read(path: Path) -> Reading:
    """Read a journal, whole or torn; FileNotFoundError if there is none."""
    return parse(path.read_bytes())


def parse(content: bytes) -> Reading:
    """Events of a journal's bytes. A last line without its newline is torn, even if it happens to be whole JSON."""
    *lines, rest = content.split(b"\n")
    events = [_event(text) for text in lines]
    return Reading(tuple(event for event in events if event is not None), torn=bool(rest) or None in events)


class Tail:
    """Follows a journal that another process writes."""

    def __init__(self, path: Path) -> None:
        """`path` need not exist yet."""
        self.path = path
        self._offset = 0

    def new(self) -> list[Event]:
        """Events that were completed since the last call; never waits."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._offset)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        return list(parse(whole).events)


def replay(events: Iterable[Event], listener: Callable[[Event], None]) -> None:
    """Tell `listener` a finished run as it was told live."""
    for event in events:
        listener(event)


def _event(text: bytes) -> Event | None:
    try:
        event = json.loads(text)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _write_all(file: int, content: bytes) -> None:
    """One `write` takes the whole line on a regular file; a full disk or a signal may cut it short."""
    while content:
        content = content[os.write(file, content) :]
