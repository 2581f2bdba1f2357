"""Where a run's files lie: reports/<UNIT>/<UTC>-<RIG>/, and the views that are written there when it has ended."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.report import allure, journal
from hil.report.html import html
from hil.report.jsontext import document
from hil.report.junit import junit
from hil.report.record import Record, of_journal

NO_UNIT = "no-unit"
LONGEST_NAME = 64
_RULE = "a unit's serial number is one line of text, not blank; it is kept as it is, only the folder's name is made safe"
_ODD = re.compile(r"[^A-Za-z0-9._+-]")
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Written:
    """What `write_all` made."""

    record: Record
    paths: dict[str, Path]
    """By file name: "record.json", "report.html", "junit.xml", "journal.jsonl"."""


def run_dir(root: Path, *, unit: str | None, rig: str, started: str) -> Path:
    """Create the folder of a run and return it; `started` is UTC as in the record, "2026-11-22T14:03:11Z".

    Two runs that begin in one second get folders of their own ("-2"). UserError if `unit` cannot be a serial number.
    """
    parent = root / (safe_name(checked_serial(unit)) if unit is not None else NO_UNIT)
    parent.mkdir(parents=True, exist_ok=True)
    stamp = re.sub(r"[-:]|\.\d+", "", started)
    for folder in _numbered(parent / f"{safe_name(stamp)}-{safe_name(rig)}"):
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError


def checked_serial(serial: str) -> str:
    """The serial number itself, or UserError with the rule: no blank one, no control characters, nothing that turns text around."""
    if not serial.strip():
        asked = f"--unit {serial!r} is not a serial number"
        raise UserError(asked, found="nothing but blanks", hint=_RULE)
    odd = next((char for char in serial if char in _BIDI or unicodedata.category(char) in _FORBIDDEN), None)
    if odd is not None:
        asked = f"--unit {serial!r} is not a serial number"
        raise UserError(asked, found=f"the control character U+{ord(odd):04X}", hint=_RULE)
    return serial


def safe_name(text: str) -> str:
    """A folder name for any text: what is not A-Z a-z 0-9 . _ + - becomes "_"; if that changed anything, a hash keeps two texts apart."""
    name = _ODD.sub("_", text)[:LONGEST_NAME].lstrip(".-") or "_"
    if name == text:
        return name
    return f"{name}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def write_all(folder: Path) -> Written:
    """Write record.json, report.html and junit.xml beside the journal in `folder`; also when that breaks off."""
    record = of_journal(folder / journal.NAME)
    contents = {"record.json": document(record), "report.html": html(record, folder), "junit.xml": junit(record)}
    for name, content in contents.items():
        replace(folder / name, content)
    if (folder / allure.RESULTS).is_dir():
        allure.environment(folder / allure.RESULTS, record)
    return Written(record, {name: folder / name for name in (*contents, journal.NAME)})


def write_json(path: Path, records: list[dict[str, Any]]) -> None:
    """What `--json` writes: always an array, one record for each rig in the order given."""
    replace(path, document(records))


def replace(path: Path, content: str) -> None:
    """Write a whole file or nothing: a reader never sees half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)


def _numbered(first: Path) -> Iterator[Path]:
    return chain([first], (first.with_name(f"{first.name}-{number}") for number in count(2)))
