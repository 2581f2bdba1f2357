"""In which line of a TOML text each key stands. `tomllib` reads values but forgets where they were.

A scanner over text that `tomllib` has accepted, so it needs no opinion on what is valid: it follows headers, dotted and
quoted keys, inline tables, arrays and the four kinds of string (TOML 1.0), and writes down line numbers from 1.
Over text that was refused it goes as far as it can, which is enough to find a key written twice.
"""

from __future__ import annotations

import bisect
import contextlib
import re
import tomllib
from dataclasses import dataclass, field

Where = tuple[str | int, ...]
"""Keys and list indices from the top of the file to a value."""

_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


@dataclass(frozen=True)
class Located:
    """Line numbers of a TOML text."""

    lines: dict[Where, int]
    """Line of each key, table and list item, counted from 1."""
    twice: tuple[tuple[Where, int, int], ...] = ()
    """Keys written more than once: key, first line, second line."""


def locate(text: str) -> Located:
    """Scan `text`; never fails: what follows a place that makes no sense has no line."""
    scan = _Scan(text)
    with contextlib.suppress(_LostError, RecursionError):
        scan.document()
    return Located(scan.lines, tuple(scan.twice))


class _LostError(Exception):
    """The text makes no sense here."""


@dataclass
class _Scan:
    text: str
    at: int = 0
    lines: dict[Where, int] = field(default_factory=dict)
    twice: list[tuple[Where, int, int]] = field(default_factory=list)
    written: set[Where] = field(default_factory=set)
    tables: dict[Where, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.newlines = [match.start() for match in re.finditer("\n", self.text)]

    def document(self) -> None:
        table: Where = ()
        while self.skip(_BLANK_LINES) < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Where:
        """`[a.b]` or `[[a.b]]`: the table that follows."""
        start, brackets = self.at, 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        keys = self.keys()
        self.take("]" * brackets)
        if brackets == 1:
            return self.note(self.resolve(keys), start)
        name = (*self.resolve(keys[:-1]), keys[-1])
        self.lines.setdefault(name, self.line(start))
        self.tables[name] = self.tables.get(name, -1) + 1
        return self.note((*name, self.tables[name]), start)

    def resolve(self, keys: list[str]) -> Where:
        """The place a header speaks of: within a list of tables, its latest."""
        where: Where = ()
        for key in keys:
            where += (key,)
            where += (self.tables[where],) if where in self.tables else ()
        return where

    def pair(self, table: Where) -> None:
        start = self.at
        where = (*table, *self.keys())
        self.take("=")
        self.note(where, start)
        self.skip(_BLANK)
        self.value(where)

    def keys(self) -> list[str]:
        found: list[str] = []
        while True:
            self.skip(_BLANK)
            found.append(self.key())
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return found
            self.at += 1

    def key(self) -> str:
        if self.text[self.at : self.at + 1] in ("'", '"'):
            return _unquoted(self.match(_STRING))
        return self.match(_BARE_KEY)

    def value(self, where: Where) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self.array(where)
        elif opening == "{":
            self.inline_table(where)
        else:
            self.match(_STRING if opening in ("'", '"') else _SCALAR)

    def array(self, where: Where) -> None:
        self.at += 1
        index = 0
        while not self.closes("]"):
            self.note((*where, index), self.at)
            self.value((*where, index))
            index += 1
            self.comma()

    def inline_table(self, where: Where) -> None:
        self.at += 1
        while not self.closes("}"):
            self.pair(where)
            self.comma()

    def closes(self, bracket: str) -> bool:
        self.skip(_BLANK_LINES)
        if not self.text.startswith(bracket, self.at):
            return False
        self.at += 1
        return True

    def comma(self) -> None:
        self.skip(_BLANK_LINES)
        if self.text.startswith(",", self.at):
            self.at += 1

    def note(self, where: Where, at: int) -> Where:
        line = self.line(at)
        if where in self.written:
            self.twice.append((where, self.lines[where], line))
        else:
            self.lines[where] = line
        for depth in range(1, len(where)):  # tables that are there only because something is in them
            self.lines.setdefault(where[:depth], line)
        self.written.add(where)
        return where

    def line(self, at: int) -> int:
        return bisect.bisect_left(self.newlines, at) + 1

    def skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def take(self, expected: str) -> None:
        self.skip(_BLANK)
        if not self.text.startswith(expected, self.at):
            raise _LostError
        self.at += len(expected)

    def match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            raise _LostError
        self.at = found.end()
        return found.group()


def _unquoted(key: str) -> str:
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError as error:
        raise _LostError from error
