"""How a run looks in a terminal: header, table and verdict block as styled lines, nothing printed yet.

Serials, modes and reasons are put in as text, never as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from hil.report.figures import duration
from hil.report.headline import Line, about, headline, lines, tally
from hil.report.quantity import label
from hil.report.rows import Row

Told = Mapping[str, Any]
STYLES = {
    "PASS": "bold green",
    "COND_PASS": "bold yellow",
    "INCOMPLETE": "bold yellow",
    "FAIL": "bold red",
    "ERROR": "bold magenta",
    "INVALID": "bold magenta",
}
FILES = ("report.html", "record.json", "junit.xml", "allure-results")
_VALUE, _U, _LIMITS, _UNIT = 10, 8, 20, 8


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths that do not follow from the numbers; taken from the plan, so that rows stay aligned while they arrive."""

    label: int = 13
    what: int = 16

    @classmethod
    def for_plan(cls, tests: Sequence[Told], many: bool) -> Columns:
        """Wide enough for every planned name and mode (up to 30 characters)."""
        labels = [label(name) for test in tests for name in (test["check"], *test["measurements"])]
        whats = [" · ".join(part for part in (test["subject"] if many else "", test["mode"]) if part) for test in tests]
        return cls(max(11, *(min(30, len(text)) for text in labels), 0) + 2, max(16, *(min(30, len(text)) for text in whats), 0))

    @property
    def verdict(self) -> int:
        """Where the verdict begins."""
        return 2 + self.label + self.what + _VALUE + 4 + _U + 2 + _LIMITS + 2 + _UNIT + 2


def header(run: Told, tests: Sequence[Told]) -> Text:
    """`camera-module-3 · CM3-0042 · plan quick/1: 22 measurements, about 50 s`; a simulated run says so.

    Counted is what is required; "at least" if more is worth doing where the host shows that it can (modes of another driver).
    """
    plan = run["plan"]
    required = [test for test in tests if test["required"]]
    count = sum(len(test["measurements"]) for test in required)
    unknown = sum(1 for test in required if not test["measurements"])
    at_least = "at least " if len(required) < len(tests) else ""
    demand = " and ".join(text for text in (_counted(count, "measurement"), _counted(unknown, "test")) if text) or "nothing"
    about_s = sum(test["seconds"] for test in required)
    time = f", about {duration(float(f'{about_s:.2g}'))}" if about_s else ""
    simulated = f"simulated, seed {run['seed']}" if run["simulated"] else ""
    version = f"/{plan['version']}" if plan.get("version") is not None else ""
    parts = [run["rig"], run["unit"], simulated, f"plan {plan.get('name', '')}{version}: {at_least}{demand}{time}"]
    return Text(" · ".join(part for part in parts if part), style="bold")


def titles(columns: Columns) -> Text:
    """Column titles, above the first row with figures."""
    left = " " * (2 + columns.label + columns.what)
    return Text(f"{left}{'measured':>{_VALUE}}    {'U(k=2)':<{_U}}  {'limits':^{_LIMITS}}".rstrip(), style="dim")


def row(one: Row, columns: Columns, *, first: bool) -> Text:
    """One table row; the label stands only in the first row of its group."""
    line = Text("  " + padded(one.label if first else "", columns.label))
    line.append(_in_words(one, columns) if one.figures is None else _in_figures(one, columns))
    line.append(" " * max(2, columns.verdict - cell_len(line.plain)))
    return line.append(verdict(one.verdict))


def verdict(word: str | None) -> Text:
    """The verdict in its colour; "recorded" for what is not judged."""
    return Text(word, style=STYLES.get(word, "bold")) if word else Text("recorded", style="dim")


def block(record: Told, folder: Path | None) -> list[tuple[Text, int]]:
    """The verdict block: lines, each with the indent at which it goes on if it has to be wrapped."""
    if record["verdict"] in ("PASS", "COND_PASS"):
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
    return f"{near}/   {'  '.join(there)}".rstrip()


def padded(text: str, width: int) -> str:
    """`text` filled with blanks to `width` terminal cells, at least one blank; wide characters count two."""
    return text + " " * max(1, width - cell_len(text))


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


def _in_words(one: Row, columns: Columns) -> Text:
    if not one.detail:
        return Text(one.what)
    text = Text(padded(one.what, columns.what + _VALUE + 11)).append(" ")
    return text.append(one.detail, style="dim")


def _in_figures(one: Row, columns: Columns) -> Text:
    assert one.figures is not None
    value = padded(one.what, columns.what) + f"{one.figures.value:>{_VALUE}}"
    overlong = cell_len(value) - columns.what - _VALUE
    text = Text(value).append("    " if overlong <= 0 else "  ")
    text.append(f"{one.figures.U:<{max(0, _U - max(0, overlong - 2))}}  ")
    text.append(f"{one.figures.limits:<{_LIMITS}}  ", style="dim")
    return text.append(one.figures.unit)
