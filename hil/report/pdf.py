"""The certificate: the record on paper as PDF/A-3, with record.json inside, the same bytes for the same record.

typst (https://typst.app) sets it, from the wheel alone: no system fonts, no network, no files but the template and the font beside it.
Its compiler refuses to write a document that is no PDF/A-3a. The record reaches the template as data, so a serial number is never markup.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.report import pdfannex, pdfview
from hil.report.glyphs import FONT, drawn, on_paper
from hil.report.jsontext import document
from hil.report.traveller import WIRING

Told = Mapping[str, Any]
NAME, FAULT = "certificate.pdf", "certificate.log"
RECORD = "record.json"
STANDARD = "a-3a"
INSTALL = "pip install 'rpi-camera-hil[factory]'"
_FAMILY = re.compile("font-family=(\"[^\"]*\"|'[^']*')")
_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
_TALLEST = 1.2
_LOOKS = (
    *("pdf", "pdfview", "pdfannex", "runfacts", "glyphs", "figures", "quantity", "headline", "pictures", "svg"),
    *("rows", "table", "naming", "monitors"),
)
_DATA = Path(__file__).parent / "data"


def certificate(record: Told, folder: Path | None = None) -> bytes:
    """The PDF. `folder` is the run's: the wiring picture is taken from it if it is the one whose hash the record holds."""
    return rendered(record, document(record).encode(), wiring_of(record, folder))


def rendered(record: Told, attached: bytes, wiring: bytes | None) -> bytes:
    """The PDF of a record with `attached` as its record.json and the `wiring` picture, if any."""
    typst = require_typst()
    inputs = {"data": json.dumps(view(record, wiring), ensure_ascii=False), "record": attached.decode()}
    inputs |= {"wiring": wiring.decode()} if wiring else {}
    made = typst.compile(
        template(),
        font_paths=_fonts(typst),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=[STANDARD],
        timestamp=_instant(record),
    )
    return bytes(made)


def view(record: Told, wiring: bytes | None = None) -> dict[str, Any]:
    """All that the template sets, as texts that its font can draw."""
    told: dict[str, Any] = pdfview.first_page(record)
    told |= {
        "table": pdfview.table(record),
        "bad": pdfview.bad_rows(record),
        "rule": pdfannex.rule_line(record),
        "k": pdfview.coverage_of_all(record),
    }
    told |= {"rules": pdfannex.rules(record), "decisions": pdfannex.decisions(record), "budgets": pdfannex.budgets(record)}
    told |= {"equipment": pdfannex.equipment(record), "run": pdfannex.run_facts(record), "software": pdfannex.software(record)}
    told |= {"left_out": pdfannex.left_out(record), "seal": pdfannex.seal(record), "maker": maker(), "file": NAME}
    shown: dict[str, Any] = on_paper(told)
    shown["pictures"] = [{**one, "title": on_paper(one["title"]), "svg": _inked(one["svg"])} for one in pdfview.pictures(record)]
    shown["wiring"] = _inked(wiring.decode()) if wiring else ""
    shown["tall"] = _is_tall(shown["wiring"])
    plain = {
        "title": f"{told['title']} {told['number']}".strip(),
        "about": told["about"],
        "verdict": told["verdict"],
        "maker": told["maker"],
    }
    shown["plain"] = {key: drawn(text) for key, text in plain.items()}
    return shown


def wiring_of(record: Told, folder: Path | None) -> bytes | None:
    """The wiring picture that lies in `folder`, if it is the one that the record names by its hash."""
    told = next((one for one in record["attachments"] if one["path"] == WIRING), None)
    if folder is None or told is None or not (folder / WIRING).is_file():
        return None
    content = (folder / WIRING).read_bytes()
    return content if hashlib.sha256(content).hexdigest() == told.get("sha256") else None


def maker() -> str:
    """What makes these pages: two certificates of one record have equal bytes if this is equal."""
    import hil

    return f"rpi-camera-hil {hil.__version__}, layout {_layout()}, typst {require_typst().__version__}"


def installed() -> bool:
    """Whether typst is there, without importing it."""
    return importlib.util.find_spec("typst") is not None


def require_typst() -> Any:
    """The typst package; UserError with what to install if it is not there."""
    try:
        import typst
    except ImportError as missing:
        raise UserError("a PDF certificate asked for", f"the package {missing.name} is not installed", INSTALL) from missing
    return typst


@cache
def template() -> bytes:
    """The typst source."""
    return (_DATA / "certificate.typ").read_bytes()


@cache
def _fonts(typst: Any) -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_DATA / "fonts")])


@cache
def _layout() -> str:
    """A hash of all that decides how a record looks."""
    rooms = [
        _DATA / "certificate.typ",
        *sorted((_DATA / "fonts").glob("*.ttf")),
        *(Path(__file__).parent / f"{name}.py" for name in _LOOKS),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in rooms)).hexdigest()[:12]


def _inked(picture: str) -> str:
    """A drawing with the certificate's font, in characters that it has."""
    picture = picture.replace("background-color:white;", "")  # paper is white, and bears a watermark
    return drawn(_FAMILY.sub(f'font-family="{FONT}"', picture))


def _is_tall(picture: str) -> bool:
    """Whether a drawing as wide as the page would be higher than it."""
    box = _BOX.search(picture)
    return box is not None and float(box[2]) > _TALLEST * float(box[1])


def _instant(record: Told) -> int:
    """When the run began, in seconds of Unix: the document's date, so that its bytes depend on the record alone."""
    try:
        return int(datetime.fromisoformat((record["started"] or "").replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError):
        return 0
