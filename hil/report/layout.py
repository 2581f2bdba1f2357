"""How a run looks in a terminal: header and verdict block as styled lines, nothing printed yet; the table is in `columns`.

Serials, modes and reasons are put in as text, never as markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from hil.report import pdf
from hil.report.columns import padded, verdict
from hil.report.figures import duration
from hil.report.headline import Line, about, headline, lines, tally

Told = Mapping[str, Any]
FILES = ("certificate.pdf", "report.html", "record.json", "junit.xml", "table.csv", "certificate.log", "allure-results")


def header(run: Told, tests: Sequence[Told]) -> Text:
    """`camera-module-3 · CM3-0042 · plan quick/1: 22 measurements, about 50 s`; a simulated run says so.

    A range, "79 to 287 measurements, 2 h 16 min to 8 h 32 min", where more will be measured if the host shows that it can (modes of another
    driver) or if there is light enough.
    """
    plan = run["plan"]
    demand = " and ".join(text for text in (_range_of_counts(tests), _unknown(tests)) if text) or "nothing"
    simulated = f"simulated, seed {run['seed']}" if run["simulated"] else ""
    version = f"/{plan['version']}" if plan.get("version") is not None else ""
    parts = [run["rig"], run["unit"], simulated, f"plan {plan.get('name', '')}{version}: {demand}{_range_of_times(tests)}"]
    return Text(" · ".join(part for part in parts if part), style="bold")


def wrapped(console: Console, text: Text, indent: int) -> list[Text]:
    """Lines that fit the console, those after the first indented; a path or a word that is longer stays whole."""
    width = console.width
    if text.cell_len <= width or indent > width // 2:
        return [text]
    head, tail = text.divide([indent])
    lines = tail.divide(_breaks(tail.plain, width - indent))
    for line in lines:
        line.rstrip()
    return [(head if number == 0 else Text(" " * indent)) + line for number, line in enumerate(lines)]


def _breaks(text: str, width: int) -> list[int]:
    """Where to break `text` so that lines have at most `width` cells: before words, never inside one."""
    found, begin = [], 0
    for word in re.finditer(r"\S+", text):
        if word.start() > begin and cell_len(text[begin : word.end()]) > width:
            begin = word.start()
            found.append(begin)
    return found


def block(record: Told, folder: Path | None) -> list[tuple[Text, int]]:
    """The verdict block: lines, each with the indent at which it goes on if it has to be wrapped."""
    if record["verdict"] == "PASS":
        return _passed(record, folder)
    first = verdict(record["verdict"]).append(f"  {about(record)}   ", style="bold").append(headline(record), style="not bold")
    told = [*lines(record), Line("not said", tuple(record["not_said"])), Line("report", (files(folder),) if folder else ())]
    return [(first, len(record["verdict"]) + 2), *(_keyed(one) for one in told if one.items)]


def files(folder: Path) -> str:
    """The run's folder and what lies in it."""
    try:
        near = folder.resolve().relative_to(Path.cwd())
    except ValueError:
        near = folder
    there = [name + "/" * (folder / name).is_dir() for name in FILES if (folder / name).exists()]
    if (folder / "record.json").exists() and not pdf.installed():
        there.append(f"(certificate.pdf: {pdf.INSTALL})")
    return f"{near}/   {'  '.join(there)}".rstrip()


def _range_of_counts(tests: Sequence[Told]) -> str:
    """Measurements that are demanded, up to all that may come."""
    least = sum(len(test["measurements"]) for test in tests if test["required"])
    most = sum(len(test["measurements"]) + len(test.get("optional", ())) for test in tests)
    return _counted(most, "measurement") if least == most else f"{least} to {_counted(most, 'measurement')}"


def _unknown(tests: Sequence[Told]) -> str:
    """Tests of which nobody knows beforehand what they will measure."""
    return _counted(sum(1 for test in tests if test["required"] and not test["measurements"]), "test")


def _range_of_times(tests: Sequence[Told]) -> str:
    least, most = (
        duration(float(f"{sum(test['seconds'] for test in tests if test['required'] or also):.2g}")) if tests else ""
        for also in (False, True)
    )
    if not any(test["seconds"] for test in tests):
        return ""
    return f", about {most}" if least == most else f", {least} to {most}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""


def _passed(record: Told, folder: Path | None) -> list[tuple[Text, int]]:
    word = verdict(record["verdict"])
    indent = " " * (len(word.plain) + 2)
    told = [(word.append(f"  {about(record)}   ", style="bold").append(tally(record), style="not bold"), len(indent))]
    told += [_keyed(one, indent) for one in lines(record)]
    if record["not_said"]:
        told.append((Text(f"{indent}does not say: {' · '.join(record['not_said'])}"), len(indent) + 14))
    if folder is not None:
        told.append((Text(indent + files(folder)), len(indent)))
    return told


def _keyed(one: Line, indent: str = "  ") -> tuple[Text, int]:
    text = Text(indent).append(padded(one.key, 10), style="bold" if one.key == "do" else "dim").append(" · ".join(one.items))
    return text, len(indent) + 10
