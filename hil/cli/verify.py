"""`hil verify`: what holds of records, run folders, certificates and chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from hil.errors import UserError
from hil.report.jsontext import document
from hil.report.verdict import worst_status
from hil.station import find
from hil.station.verify import Finding, Known, known, of_bytes, of_chain, of_record, of_text, parsed

if TYPE_CHECKING:
    from hil.report.pdfverify import Contents

_STYLES = {"ok": "green", "broken": "bold red", "open": "yellow"}
_UNREADABLE = 2


@dataclass
class Looked:
    """One file, and what was found."""

    path: Path
    content: bytes = b""
    findings: list[Finding] = field(default_factory=list)
    problem: str = ""
    """Why it could not be read."""
    inside: Contents | None = None
    """What a certificate holds."""

    @property
    def status(self) -> int:
        """Exit status: 0 it holds, 1 it does not, 2 it cannot be read."""
        if self.problem:
            return _UNREADABLE
        return 0 if self.findings and all(one.holds for one in self.findings) else 1

    @property
    def outcome(self) -> tuple[str, str]:
        """The status in words, and their colour: what cannot be told here is not called broken."""
        if self.status == 1 and not any(one.status == "broken" for one in self.findings):
            return "cannot be told here", "bold yellow"
        return {0: ("holds", "bold"), 1: ("does not hold", "bold red"), _UNREADABLE: ("cannot be read", "bold red")}[self.status]


def run(paths: Sequence[Path], key_files: Sequence[Path], chain_files: Sequence[Path], station: Path | None, *, as_json: bool) -> int:
    """Look at every path; the exit status is the worst."""
    here = known(key_files, chain_files, find(station))
    looked = [_opened(file) for path in paths for file in _files(path)]
    records = [record for one in looked for record in _records(one)]
    for one in looked:
        try:
            one.findings += [] if one.problem else _findings(one, here, records)
        except UserError as error:
            one.problem = "; ".join(part for part in (error.found or error.asked, error.hint) if part)
    by_path = {one.path: one for one in looked}
    for one in looked:
        one.findings += _strays(one, by_path.get(one.path.parent / "record.json"))
    print_json(looked) if as_json else print_text(looked)
    return worst_status([one.status for one in looked])


def print_json(looked: Sequence[Looked]) -> None:
    """An array, an entry for each file."""
    told = [
        {
            "path": str(one.path),
            "holds": one.status == 0,
            "problem": one.problem,
            "findings": [{"status": f.status, "what": f.what, "says": f.says} for f in one.findings],
        }
        for one in looked
    ]
    Console(soft_wrap=True, highlight=False, markup=False).print(document(told), end="")


def print_text(looked: Sequence[Looked]) -> None:
    """A block for each file."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for one in looked:
        word, style = one.outcome
        console.print(Text(f"{one.path}   ").append(word, style=style))
        if one.problem:
            console.print(Text(f"  {one.problem}"))
        for f in one.findings:
            console.print(Text(f"  {_word(f):<8}", style=_STYLES[f.status]).append(f"{f.what:<12}{f.says}", style="not bold default"))


def _word(found: Finding) -> str:
    return "note" if found.holds and found.status != "ok" else found.status


def _files(path: Path) -> list[Path]:
    """The file itself; of a run's folder the record and the certificate; of a folder of runs those of all of them."""
    if not path.is_dir():
        return [path]
    names = ("record.json", "certificate.pdf")
    there = [path / name for name in names if (path / name).exists()]
    return there or sorted(below for name in names for below in path.rglob(name)) or [path / "record.json"]


def _opened(path: Path) -> Looked:
    try:
        return Looked(path, path.read_bytes())
    except OSError as error:
        return Looked(path, problem=(error.strerror or str(error)).lower())


def _records(one: Looked) -> list[Mapping[str, Any]]:
    """The records of a file, also that of a certificate; none of a chain, or if they cannot be read."""
    if one.problem or one.path.suffix.lower() not in (".json", ".pdf"):
        return []
    try:
        value = _inside(one).record if one.path.suffix.lower() == ".pdf" else parsed(one.content)
    except UserError:
        return []
    return [record for record in (value if isinstance(value, list) else [value]) if isinstance(record, Mapping)]


def _findings(one: Looked, here: Known, beside: Sequence[Mapping[str, Any]]) -> list[Finding]:
    if one.path.suffix.lower() == ".pdf":
        return _certificate(one, here, beside)
    if one.path.suffix == ".jsonl":
        return of_chain(one.path)
    value = parsed(one.content)
    records = value if isinstance(value, list) and value else [value]
    return [of_bytes(one.content, value), *(found for record in records for found in of_record(record, here, beside))]


def _certificate(one: Looked, here: Known, beside: Sequence[Mapping[str, Any]]) -> list[Finding]:
    from hil.report import pdfverify

    try:
        inside = _inside(one)
    except pdfverify.AttachmentChanged as error:
        return [Finding("broken", "attachment", error.found)]
    return [*of_text(inside.attached, here, beside), *pdfverify.pages(one.path, inside)]


def _inside(one: Looked) -> Contents:
    from hil.report import pdfverify

    one.inside = one.inside or pdfverify.contents(one.path)
    return one.inside


def _strays(one: Looked, beside: Looked | None) -> list[Finding]:
    """Whether a certificate lies beside the record of another run: each may hold, and they do not belong together."""
    if one.inside is None or beside is None:
        return []
    of, records = one.inside.record, _records(beside)
    if len(records) != 1 or _hash(records[0]) == _hash(of):
        return []
    return [Finding("broken", "folder", f"it is of {_named(of)}, and the record beside it of {_named(records[0])}")]


def _hash(record: Mapping[str, Any]) -> object:
    seal = record.get("seal")
    return seal.get("sha256") if isinstance(seal, Mapping) else None


def _named(record: Mapping[str, Any]) -> str:
    certificate = record.get("certificate")
    number = certificate.get("number") if isinstance(certificate, Mapping) else None
    return f"unit {record.get('unit')}, {number or record.get('started')}"
