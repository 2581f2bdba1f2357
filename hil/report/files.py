"""Where a run's files lie: reports/<UNIT>/<UTC>-<RIG>/, and the views that are written there when it has ended."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from hil.errors import UserError
from hil.report import allure, journal, pdf
from hil.report.csvtable import csv_table
from hil.report.html import html
from hil.report.jsontext import document
from hil.report.junit import junit
from hil.report.record import Record, of_journal
from hil.report.serials import checked_serial
from hil.station import Station, find, seal, seal_without

NO_UNIT = "no-unit"
LONGEST_NAME = 64
_ODD = re.compile(r"[^A-Za-z0-9._+-]")
_TAKEN = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|.*\.|history\.sqlite.*|no-unit")
"""Names that Windows, where reports may be copied to, or the reports' own folder has another use for."""


@dataclass(frozen=True, slots=True)
class Written:
    """What `write_all` made."""

    record: Record
    paths: dict[str, Path]
    """By file name: "record.json", "report.html", "certificate.pdf", "journal.jsonl"."""


def run_dir(root: Path, *, unit: str | None, rig: str, started: str) -> Path:
    """Create the folder of a run and return it; `started` is UTC as in the record, "2026-11-22T14:03:11Z".

    Two runs that begin in one second get folders of their own ("-2"). UserError if `unit` cannot be a serial number, or if no folder can
    be made below `root`.
    """
    parent = unit_dir(root, unit)
    stamp = re.sub(r"[-:]|\.\d+", "", started)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        return _made(parent / f"{safe_name(stamp)}-{safe_name(rig)}")
    except OSError as error:
        asked = f"a folder for the reports below {root} asked for"
        raise UserError(asked, _said(error), "give a folder that can be written to: --reports FOLDER") from error


def unit_dir(root: Path, unit: str | None) -> Path:
    """Where the runs of a unit lie. UserError if `unit` cannot be a serial number."""
    return root / (safe_name(checked_serial(unit)) if unit is not None else NO_UNIT)


def _made(first: Path) -> Path:
    """The folder, or else the first numbered one of that name that is not there yet."""
    numbered = (first.with_name(f"{first.name}-{number}") for number in count(2))
    for folder in chain([first], numbered):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AssertionError


def safe_name(text: str) -> str:
    """A folder name for any text: what is not A-Z a-z 0-9 . _ + - becomes "_"; a hash keeps texts apart that this changed."""
    name = _ODD.sub("_", text)[:LONGEST_NAME].lstrip(".-") or "_"
    if name == text and not _TAKEN.fullmatch(name):
        return name
    free = name.replace(".", "_") if _TAKEN.fullmatch(name) else name
    return f"{free}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def write_all(folder: Path, station: Path | None = None) -> Written:
    """Write record.json, sealed, and its views beside the journal in `folder`; also when that breaks off.

    `station`: the folder of the one that ran it; this machine's own when left out.
    """
    record = sealed(of_journal(folder / journal.NAME), station)
    replace(folder / "record.json", document(record))
    made = views(record, folder)
    if (folder / allure.RESULTS).is_dir():
        allure.environment(folder / allure.RESULTS, record)
    return Written(record, {name: folder / name for name in ("record.json", *made, journal.NAME)})


def views(record: Record, folder: Path) -> list[str]:
    """Write all views of a record into the run's folder; their names. The certificate comes last, and only where typst is installed."""
    contents: dict[str, str | bytes] = {"report.html": html(record, folder), "junit.xml": junit(record), "table.csv": csv_table(record)}
    for name, content in contents.items():
        replace(folder / name, content)
    if not pdf.installed():
        return list(contents)
    try:
        replace(folder / pdf.NAME, pdf.certificate(record, folder))
    except Exception as error:  # whatever it is: the verdict does not hang on paper
        (folder / pdf.NAME).unlink(missing_ok=True)  # an earlier one, beside views that are newer
        replace(folder / pdf.FAULT, f"{type(error).__name__}: {error}\n")
        return [*contents, pdf.FAULT]
    (folder / pdf.FAULT).unlink(missing_ok=True)
    return [*contents, pdf.NAME]


def absent(folder: Path) -> list[str]:
    """Views that every run's folder has and this one has not: a disk was full."""
    return [name for name in ("report.html", "junit.xml", "table.csv") if not (folder / name).exists()]


def sealed(record: Record, folder: Path | None = None) -> Record:
    """The record with its seal: of the station that it names, in `folder` or this machine's own; by its hash alone if it names none.

    Whatever hinders the station, the record is sealed by its hash, and says why it has no certificate.
    """
    named = record["station"].get("id")
    if named is None:
        return seal(record)
    station: Station | None = None
    try:
        station = find(folder, checked=False)
        if station is None or station.id != named:
            found = f"this machine is {f'station {station.id}' if station else 'no station'}"
            raise UserError(f"the seal of station {named} asked for", found)
        return seal(record, station)
    except Exception as error:  # whatever it is: what was measured is not lost for want of a signature
        said = (
            f"{Path(error.filename).name}: {(error.strerror or '').lower()}"
            if isinstance(error, OSError) and error.filename
            else str(error)
        )
        for place in (station.folder if station else None, folder):  # where on this machine it lies is not for a certificate
            said = said.replace(f"{place}/", "")
        return seal_without(record, " · ".join(said.splitlines()))


def refuse_unwritable(option: str, path: str | Path) -> None:
    """UserError if `replace` could not write to the `path` of an option: called before anything is driven. What is there already stays."""
    found = "the name is empty" if not str(path) else _unwritable(Path(os.path.realpath(path)))
    if found:
        stdout = ', or "-" for standard output' if option == "--json" else ""
        raise UserError(f"{option} {str(path)!r} asked for", found, f"name a file in a folder that can be written to{stdout}")


def replace(path: Path, content: str | bytes) -> None:
    """Write a whole file or nothing, so that a reader never sees half of it; links are followed.

    Only what is a regular file, or not there yet, is replaced. A device, a pipe, or a file in a folder that takes no new ones is written
    to.
    """
    told = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    draft = _draft(target)
    if (target.exists() and not target.is_file()) or _refused(draft):
        target.write_bytes(told)
        return
    try:
        draft.write_bytes(told)
        if target.exists():
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _unwritable(target: Path) -> str:
    """Why nothing can be written to `target`, or nothing. A pipe or device is not opened: that may wait, or act."""
    if target.is_dir():
        return "it is a folder"
    if target.exists():
        return "" if os.access(target, os.W_OK) else "it cannot be written to"
    if not target.parent.is_dir():
        return f"there is no folder {target.parent}"
    # Tried, not asked: root may write everywhere, and still no file can be made in /proc.
    refused = _refused(_draft(target))
    return f"no file can be made in {target.parent}: {refused}" if refused else ""


def _refused(draft: Path) -> str:
    """Why no new file can be made there, or nothing."""
    try:
        draft.touch()
        draft.unlink()
    except OSError as error:
        return _said(error)
    return ""


def _draft(target: Path) -> Path:
    """A name beside the file; short, so that it can be made wherever the file's own can."""
    return target.with_name(f".hil-{os.getpid()}")


def _said(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: {reason}" if error.filename else reason
