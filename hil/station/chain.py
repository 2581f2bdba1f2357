"""The chain of a station: one line for each record that it has sealed, append only, each naming the hash of the one before.

A line is on the disk before its record is, and it says of which content it is: a run that broke off in between finds its own line again
when its record is written anew, so no sequence number is lost and none is used twice. `head.json` repeats the last line; a chain that
ends before it has been cut.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

_TAIL = 65536
"""Bytes; no line is as long."""


@dataclass(frozen=True, slots=True)
class Link:
    """One sealed record."""

    station: str
    """Its id."""
    sequence: int
    """From 1 on."""
    sha256: str
    """Of the record, as its seal has it."""
    previous: str | None
    """`sha256` of the record before; None for the first."""
    content: str
    """Hash of the record without its seal and certificate: known before it has its place in the chain."""
    unit: str | None = None
    verdict: str = ""
    certificate: str | None = None
    """Its number; None where none was issued."""
    refused: str = ""
    """Why none was issued."""
    started: str | None = None
    """UTC."""

    def line(self) -> bytes:
        """As the chain has it."""
        return (json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")) + "\n").encode()

    @classmethod
    def of(cls, text: bytes) -> Link | None:
        """The link that a line tells; None if it is none."""
        try:
            told = json.loads(text)
            return cls(**{field.name: told[field.name] for field in fields(cls)})
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Chain:
    """`chain.jsonl`, `head.json` and `lock` of a station's folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """The chain's file."""
        return self.folder / "chain.jsonl"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with it, among all processes of this machine; waits for the others."""
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def links(self) -> list[Link]:
        """All links, oldest first; what is no line of a chain is left out."""
        return parse(self._read())[0]

    def last(self) -> Link | None:
        """The newest link, of the chain or, where that was cut, of head.json."""
        tail = self._tail().rstrip(b"\n").rpartition(b"\n")[2]
        ends = [link for link in (Link.of(tail), self.head()) if link is not None]
        return max(ends, key=lambda link: link.sequence, default=None)

    def cut(self) -> str:
        """What tells that its end was cut off; nothing if that was not."""
        links, head = parse(self._tail())[0], self.head()
        last = links[-1].sequence if links else 0
        if head is None or head.sequence <= last:
            return ""
        return f"it ends with {last}, but {head.sequence} were sealed (head.json): its end was cut off"

    def head(self) -> Link | None:
        """What head.json says was appended last; one behind the chain after a power cut."""
        try:
            return Link.of((self.folder / "head.json").read_bytes())
        except OSError:
            return None

    def of_content(self, content: str) -> Link | None:
        """The link of the record with that content, if it was sealed before."""
        whole = self._read()
        at = whole.rfind(f'"content":"{content}"'.encode())
        if at < 0:
            return None
        end = whole.find(b"\n", at)
        return Link.of(whole[whole.rfind(b"\n", 0, at) + 1 : end if end >= 0 else len(whole)])

    def append(self, link: Link) -> None:
        """Write a link so that it outlives a power cut. Call it `locked`."""
        self._mend()
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            content = link.line()
            while content:
                content = content[os.write(file, content) :]
            os.fsync(file)
        finally:
            os.close(file)
        draft = self.folder / ".head.json"
        draft.write_bytes(link.line())
        draft.replace(self.folder / "head.json")

    def _mend(self) -> None:
        """A last line without its end was being written when the power went: no record was written after it. A whole one gets its end."""
        tail = self._tail()
        if not tail or tail.endswith(b"\n"):
            return
        rest = tail.rpartition(b"\n")[2]
        if Link.of(rest) is not None:
            with self.path.open("ab") as file:
                file.write(b"\n")
        else:
            os.truncate(self.path, self.path.stat().st_size - len(rest))

    def _tail(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                return file.read()
        except FileNotFoundError:
            return b""

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""


def parse(content: bytes) -> tuple[list[Link], list[int]]:
    """The links of a chain's bytes, and the numbers of lines that are none. A last line that a power cut broke off is neither."""
    links, bad = [], []
    for number, text in enumerate(content.split(b"\n"), 1):
        link = Link.of(text)
        if link is not None:
            links.append(link)
        elif text and number <= content.count(b"\n"):
            bad.append(number)
    return links, bad
