"""`hil report`: the views of runs made again, from their records alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.errors import UserError
from hil.report import Record, journal, load, write_all
from hil.report.files import refuse_unwritable, replace, views
from hil.report.shape import problem
from hil.station import find

STDOUT = "-"
HERE = Path()
"""What `--allure` without a folder stands for: beside the run."""


@dataclass(frozen=True)
class Asked:
    """Which views, and where each goes; None for those not asked for."""

    pdf: Path | None = None
    html: Path | None = None
    csv: Path | None = None
    junit: Path | None = None
    allure: Path | None = None
    openhtf: Path | None = None
    wsjf: Path | None = None
    station: Path | None = None
    """Whose record is still to be written: its folder, if it is not this machine's own."""

    @property
    def files(self) -> dict[str, Path]:
        """Files by their option."""
        told = {
            "--pdf": self.pdf,
            "--html": self.html,
            "--csv": self.csv,
            "--junit": self.junit,
            "--openhtf": self.openhtf,
            "--wsjf": self.wsjf,
        }
        return {option: path for option, path in told.items() if path is not None}


@dataclass(frozen=True)
class Source:
    """A record, and the folder of its run if that is known."""

    record: Record
    folder: Path | None
    wiring: bytes | None = None


def run(paths: Sequence[Path], asked: Asked) -> list[str]:
    """Write what was asked for; all views into each run's folder if nothing was. What was written, one line each."""
    _refuse(asked.files)
    sources = [source for path in paths for source in read(path)]
    try:
        return _made(paths, sources, asked)
    except Exception as error:  # whatever an odd record leads to
        odd = next((found for source in sources if (found := problem(source.record))), "")
        if isinstance(error, UserError) or not odd:
            raise
        raise UserError(
            f"{', '.join(map(str, paths))}: not a whole record", odd, "ask whoever wrote it for the record.json of hil"
        ) from error


def _made(paths: Sequence[Path], sources: Sequence[Source], asked: Asked) -> list[str]:
    if not asked.files and asked.allure is None:
        return [_all(source, path, asked.station) for source, path in zip(sources, paths, strict=True)]
    one_only: list[str] = [option for option in ("--pdf", "--html", "--openhtf", "--wsjf") if option in asked.files]
    one_only += ["--allure-to"] if asked.allure not in (None, HERE) else []
    if len(sources) != 1 and one_only:
        raise UserError(
            f"{one_only[0]} asked for", f"{len(sources)} records", "give one at a time, or no option: then each run's folder gets all"
        )
    told = [_written(option, path, sources) for option, path in asked.files.items()]
    return [path for path in told if path != STDOUT] + [_allure(source, asked.allure) for source in sources if asked.allure is not None]


def read(path: Path) -> list[Source]:
    """Records at `path`: a run's folder, a record, an array of them, or a certificate, which has its record inside."""
    if path.suffix.lower() == ".pdf":
        from hil.report.pdfverify import contents

        if not path.is_file():
            raise UserError(f"{path}: no certificate", "no such file")
        found = contents(path)
        return [Source(dict(found.record), None, found.wiring)]
    folder = path if path.is_dir() else path.parent if path.name == "record.json" else None
    return [Source(record, folder) for record in load(path)]


def _refuse(files: dict[str, Path]) -> None:
    """UserError if two views would go to one place, or one cannot be written where it is to go."""
    taken: dict[str, str] = {}
    for option, path in files.items():
        if str(path) != STDOUT:
            refuse_unwritable(option, path)
        other = taken.setdefault(os.path.realpath(path), option)
        if other != option:
            raise UserError(f"{option} {str(path)!r} asked for", f"{other} goes there", "give each a file of its own")


def _all(source: Source, path: Path, station: Path | None) -> str:
    if source.folder is None:
        raise UserError(
            f"{path}: all views asked for",
            "it lies in no run's folder",
            "say what is wanted: --pdf FILE, --html FILE, --csv FILE, --junit FILE",
        )
    if not (source.folder / "record.json").exists():
        return _recovered(source.record, source.folder, station)
    return f"{source.folder}/   {'  '.join(views(source.record, source.folder))}"


def _recovered(record: Record, folder: Path, station: Path | None) -> str:
    """A run that broke off before its record was written: the record with its seal too, if this is the station to make it."""
    if not record["rig"]:
        raise UserError(f"{folder / journal.NAME}: no journal", "no run begins in it")
    if journal.is_written(folder / journal.NAME):
        raise UserError(f"{folder}: all views asked for", "the run is still going", "wait for its end; --html FILE shows how it stands")
    named, here = record["station"].get("id"), find(station, checked=False)
    if named is not None and (here is None or here.id != named):
        return f"{folder}/   {'  '.join(views(record, folder))}   (no record.json: station {named} has to seal it, --station DIR)"
    written = write_all(folder, station)
    return f"{folder}/   {'  '.join(name for name in written.paths if name != journal.NAME)}"


def _written(option: str, path: Path, sources: Sequence[Source]) -> str:
    content = _MADE[option](sources)
    if str(path) != STDOUT:
        replace(path, content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)
    return str(path)


def _pdf(sources: Sequence[Source]) -> bytes:
    from hil.report import pdf
    from hil.report.jsontext import document

    source = sources[0]
    wiring = source.wiring or pdf.wiring_of(source.record, source.folder)
    return pdf.rendered(source.record, document(source.record).encode(), wiring)


def _html(sources: Sequence[Source]) -> str:
    from hil.report.html import html

    return html(sources[0].record)


def _csv(sources: Sequence[Source]) -> str:
    from hil.report.csvtable import csv_table

    return csv_table(*(source.record for source in sources))


def _junit(sources: Sequence[Source]) -> str:
    from hil.report.junit import junit

    return junit(*(source.record for source in sources))


def _openhtf(sources: Sequence[Source]) -> str:
    from hil.report.openhtf import openhtf

    return openhtf(sources[0].record)


def _wsjf(sources: Sequence[Source]) -> str:
    from hil.report.wsjf import wsjf

    return wsjf(sources[0].record)


_MADE: dict[str, Callable[[Sequence[Source]], str | bytes]] = {
    "--pdf": _pdf, "--html": _html, "--csv": _csv, "--junit": _junit, "--openhtf": _openhtf, "--wsjf": _wsjf,
}  # fmt: skip


def _allure(source: Source, out: Path | None) -> str:
    from hil.report import allurepage

    if source.folder is None:
        raise UserError("--allure asked for", "a record alone has no allure-results", "give the folder of a run that hil accept made")
    return str(allurepage.render(source.folder, source.folder / allurepage.FOLDER if out in (None, HERE) else out, source.record))
