"""What the factory's system has not taken yet: a folder of messages in the station's folder, sent in the order in which they were made.

A message is written, whole, before it is sent, and removed when it is taken; so one that was on its way when the power went is sent
again, and the system may see it twice: it knows it by the record's sha256. The first one that finds nobody ends the round.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.line import mes
from hil.report import Record
from hil.report.jsontext import document

REFUSED = "refused"
"""Folder of what the system would not take; a person has to look at it."""


@dataclass(frozen=True, slots=True)
class Round:
    """What became of the messages in one round."""

    sent: int = 0
    waiting: int = 0
    refused: tuple[str, ...] = ()
    """For each message that was refused in this round: the unit, and what the system said."""
    trouble: str = ""
    """Why the rest is waiting."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder `outbox` of a station."""

    folder: Path

    def put(self, record: Record) -> Path:
        """Keep a message about `record` until it is taken. The same record twice is one message."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{(record['started'] or '').replace(':', '').replace('-', '')}-{record['seal']['sha256'][:16]}.json"
        path = self.folder / name
        draft = self.folder / f".{name}"
        with draft.open("w", encoding="utf-8") as file:
            file.write(document(mes.message(record)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return path

    def waiting(self) -> list[Path]:
        """Messages that were not taken yet, oldest first."""
        return sorted(self.folder.glob("[!.]*.json"))

    def refused(self) -> list[Path]:
        """Messages that the system would not take."""
        return sorted((self.folder / REFUSED).glob("*.json"))

    def send(self, after: str, timeout_s: float) -> Round:
        """Tell all that is waiting; stops at the first that finds nobody. Does nothing while another process is at it."""
        with self._alone() as alone:
            if not alone:
                return Round(waiting=len(self.waiting()), trouble="another process is sending")
            return self._send(after, timeout_s)

    def _send(self, after: str, timeout_s: float) -> Round:
        sent, refused = 0, []
        for path in self.waiting():
            told = _message(path)
            if told is None:  # not written by us, or damaged since: it must not hold up the others
                refused.append(f"{self._aside(path)}: not a message of ours")
                continue
            said = mes.tell(after, told, timeout_s)
            if said.status == mes.MAY:
                path.unlink()
                sent += 1
            elif said.status == mes.MAY_NOT:
                self._aside(path)
                refused.append(f"{told['record']['unit']}: {said.text or 'no reason given'}")
            else:
                return Round(sent, len(self.waiting()), tuple(refused), said.text or f"exit status {said.status}")
        return Round(sent, 0, tuple(refused))

    def _aside(self, path: Path) -> str:
        (self.folder / REFUSED).mkdir(exist_ok=True)
        path.replace(self.folder / REFUSED / path.name)
        return path.name

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(lock)


def _message(path: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        return told if {"verdict", "unit", "rig"} <= set(told["record"]) and {"exit_status", "label"} <= set(told) else None
    except (ValueError, TypeError, KeyError):
        return None
