"""`hil report`: the views of runs made again, from their records alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.errors import UserError
from hil.report import Record, journal, load, write_all
from hil.report.files import refuse_unwritable, replace, views

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


def run(paths: Sequence[Path], asked: Asked, station: Path | None = None) -> list[str]:
    """Write what was asked for; all views into each run's folder if nothing was. What was written, one line each.

    A run that ended and was not filed is filed first, by its `station`.
    """
    for option, path in asked.files.items():
        refuse_unwritable(option, path)
    for path in paths:
        if unfiled(path):
            write_all(path, station)
    sources = [source for path in paths for source in read(path)]
    if not asked.files and asked.allure is None:
        return [_all(source, path) for source, path in zip(sources, paths, strict=True)]
    one_only: list[str] = [option for option in ("--pdf", "--html", "--openhtf", "--wsjf") if option in asked.files]
    one_only += ["--allure-to"] if asked.allure not in (None, HERE) else []
    if len(sources) != 1 and one_only:
        raise UserError(
            f"{one_only[0]} asked for", f"{len(sources)} records", "give one at a time, or no option: then each run's folder gets all"
        )
    told = [_written(option, path, sources) for option, path in asked.files.items()]
    return told + [_allure(source, asked.allure) for source in sources if asked.allure is not None]


def unfiled(folder: Path) -> bool:
    """Whether a run came to its end and its record was never written: the power went, or the disk was full."""
    told = folder / journal.NAME
    if (folder / "record.json").exists() or not told.is_file():
        return False
    return any(event["event"] == "end" for event in journal.read(told).events)


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


def _all(source: Source, path: Path) -> str:
    if source.folder is None:
        raise UserError(
            f"{path}: all views asked for",
            "it lies in no run's folder",
            "say what is wanted: --pdf FILE, --html FILE, --csv FILE, --junit FILE",
        )
    return f"{source.folder}/   {'  '.join(views(source.record, source.folder))}"


def _written(option: str, path: Path, sources: Sequence[Source]) -> str:
    replace(path, _MADE[option](sources))
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
