"""Reads a TOML file so that every value keeps its line, and every way a file can be unreadable is one clear sentence."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.errors import Faults, UserError
from hil.rig.locate import Located, Where, locate

_LARGEST = 1_000_000
"""Bytes. A rig of a hundred cameras is 20 kB; whatever is larger was not meant to be read."""

_PLAIN = {
    "Invalid value": "the value after = is missing or not understood; text needs quotes",
    "Expected '=' after a key in a key/value pair": "a key needs = and a value after it",
    "Invalid statement": "a line begins with a [section], a key or a # comment",
    "Expected newline or end of document after a statement": "something follows the value; one key a line, text in quotes",
    "Unclosed inline table": "a { is not closed on its line",
    "Unclosed array": "a [ is not closed, or a comma is missing between its items",
    "Unterminated string": "a quote is not closed",
    "Illegal character '\\n'": "a quote is not closed on its line",
    "Cannot declare": "a [section] is written twice",
    "Cannot overwrite a value": "a key is written twice",
    "Duplicate inline table key": "a key is written twice",
    "Cannot mutate immutable namespace": "a table in { } cannot be added to later",
    "Expected ']' at the end of a table declaration": "a [section] needs its closing ]",
    "Unescaped '\\' in a string": "a \\ in double quotes starts an escape; write \\\\ or use single quotes",
}


@dataclass(frozen=True)
class Document:
    """A TOML file that was read and understood, as yet unchecked."""

    path: Path
    shown: str
    """The path as messages show it: relative to the working directory where that is shorter."""
    text: str
    data: dict[str, Any]
    located: Located

    def line(self, where: Where) -> int:
        """The line of a value; where the file does not have it, of the nearest table around it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.located.lines:
                return self.located.lines[where[:length]]
        return 1

    def fault(self, where: Where, message: str) -> Fault:
        """A fault at a value, in the house's style: `rigs/mine.toml:9  [cameras] sink.port: message`."""
        section = len(where) == 1 and isinstance(self.data.get(str(where[0])), dict)
        return Fault(self.line(where), f"{self.shown}:{self.line(where)}  {place(where, section)}{message}")

    @property
    def sha256(self) -> str:
        """Hash of what the file says: comments, spacing, key order and line ends do not change it."""
        content = json.dumps(_canonical(self.data), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a file; they sort in file order."""

    line: int
    text: str


def place(where: Where, section: bool = False) -> str:
    """`[cameras] sink.port: ` for ("cameras", "sink", "port"); a list item is shown as its list, a whole `section` as `[cameras] `."""
    keys = [key for key in where if isinstance(key, str)]
    if len(keys) < 2:
        return "".join(f"[{key}] " if section else f"{key}: " for key in keys)
    return f"[{keys[0]}] {'.'.join(keys[1:])}: "


def raise_all(faults: list[Fault]) -> None:
    """Raise `Faults` with one line each, in file order, each once; nothing when there are none."""
    if faults:
        raise Faults(dict.fromkeys(fault.text for fault in sorted(faults)))


def read(path: Path, what: str, needs: str) -> Document:
    """Read and parse a file. `what` it should be ("rig"), what such a file `needs`, for an empty one. `UserError` else."""
    name = relative(path)
    text = _text(path, name, what)
    data = _parsed(text, name)
    if not data:
        raise UserError(f"{name}: the file is empty", f"{needs} are missing", f"copy the nearest shipped {what} and change it")
    document = Document(path, name, text, data, locate(text))
    raise_all([document.fault(where, "holds a NUL character, which no name has") for where in _with_nul(data, ())])
    return document


def relative(path: Path) -> str:
    """The path as messages show it: relative to the working directory where that is shorter."""
    try:
        short = os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)
    return str(path) if short.startswith("..") else short


def _text(path: Path, shown: str, what: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except IsADirectoryError as error:
        raise UserError(f"{shown}: this is a folder, not a {what} file", hint=f"name one file in it: {_inside(path)}") from error
    except PermissionError as error:
        raise UserError(f"{shown}: no permission to read this file", hint=f"chmod a+r {shown}") from error
    except (OSError, ValueError) as error:
        raise UserError(f"{shown}: cannot be read", found=getattr(error, "strerror", None) or str(error)) from error
    return _decoded(content, shown, what)


def _inside(path: Path) -> str:
    files = sorted(file.name for file in path.glob("*.toml"))
    return ", ".join(files[:12]) if files else "it has no .toml file"


def _decoded(content: bytes, shown: str, what: str) -> str:
    if len(content) > _LARGEST:
        raise UserError(f"{shown}: larger than 1 MB, which no {what} file is")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = f"byte 0x{content[error.start]:02x}"
        raise UserError(f"{shown}:{line}  this is not UTF-8 text", byte, "save the file as UTF-8") from error
    return text.replace("\r\n", "\n")


def _parsed(text: str, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Faults([_syntax(str(error), text, shown)]) from error
    except RecursionError as error:
        raise UserError(f"{shown}: lists or tables nested too deep") from error
    except ValueError as error:  # a number of thousands of digits
        raise UserError(f"{shown}: a value in it cannot be read", found=str(error)) from error


def _syntax(message: str, text: str, shown: str) -> str:
    twice = locate(text).twice
    if twice:
        where, first, second = twice[0]
        return f'{shown}:{second}  {place(where[:-1], section=True)}"{where[-1]}" is written twice; the first is in line {first}'
    at = re.search(r"\(at line (\d+)", message)
    lines = text.splitlines() or [""]
    line = min(int(at.group(1)), len(lines)) if at else len(lines)
    reason = next((plain for start, plain in _PLAIN.items() if message.startswith(start)), message.split(" (at ")[0])
    return f"{shown}:{line}  not TOML: {reason}\n  found  {lines[line - 1].strip()[:120]}"


def _with_nul(value: Any, where: Where) -> Iterator[Where]:
    """Where a NUL is written; nothing later has to reckon with one."""
    if isinstance(value, str) and "\0" in value:
        yield where
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from [(*where, key)] if "\0" in str(key) else _with_nul(item, (*where, key))


def _canonical(value: Any) -> Any:
    """JSON's view of a TOML value, where 5 and 5.0 are one number."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (str, int, float, bool)) else str(value)
