"""An answer as tables for reading, as CSV or as JSON: the same rows in all three. Whether runs were simulated is said in each."""

from __future__ import annotations

import csv
import io
import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

Cell = str | int | float | bool | None
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_VALUES, _PRECISE = frozenset({"mean", "lower", "upper", "value"}), 8
"""Columns whose numbers may be large beside their spread, and their digits."""
_WORD = 16
"""Names up to so many letters stay whole in a narrow terminal."""


@dataclass(frozen=True)
class Sheet:
    """A table."""

    columns: tuple[str, ...]
    """Names, as CSV and JSON have them; for reading, "_" is a blank."""
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    read: tuple[str, ...] = ()
    """The columns for reading, where all of them would be too many for a terminal; columns without any value are not shown."""


@dataclass(frozen=True)
class Answer:
    """What a question came to."""

    head: str
    """What was asked of which runs."""
    sheets: Sequence[Sheet]
    """CSV has the first one."""
    says: Sequence[str] = ()
    """Sentences below the tables: what it comes to, and what it does not say."""
    simulated: bool | None = None
    """None: no runs are behind it."""
    facts: dict[str, Any] = field(default_factory=dict)
    """For JSON: one object, with the sheets' rows in it, instead of the first sheet's rows."""
    plot: Callable[[], str] | None = None
    """Makes the SVG."""


@dataclass(frozen=True)
class Output:
    """How an answer is wanted."""

    csv: bool = False
    json: bool = False
    plot: Path | None = None

    @property
    def read(self) -> bool:
        """Whether a person reads it."""
        return not (self.csv or self.json)

    def refuse_what_cannot_be(self, plots: bool) -> None:
        """UserError for options that do not go together, or a plot that could not be written."""
        from hil.report.files import refuse_unwritable

        if self.csv and self.json:
            raise UserError("--csv and --json are both given", "", "one of the two")
        if self.plot is not None and not plots:
            raise UserError("-o: this question has no plot", "", "capability, trend, yield, compare and grr have")
        if self.plot is not None:
            if self.plot.suffix.lower() != ".svg":
                raise UserError(f"-o {self.plot}: plots are SVG", "", f"-o {self.plot.with_suffix('.svg')}")
            refuse_unwritable("-o", self.plot)

    def write(self, answer: Answer) -> None:
        """To standard output, and the plot to its file."""
        from rich.console import Console

        from hil.report.files import replace
        from hil.report.jsontext import document

        if self.plot is not None and answer.plot is not None:
            replace(self.plot, answer.plot())
        if self.json:
            sys.stdout.write(document(_objects(answer)))
        elif self.csv:
            sys.stdout.write(_csv(answer))
        else:
            _print(answer, Console(highlight=False))


def _objects(answer: Answer) -> list[Any]:
    told = {} if answer.simulated is None else {"simulated": answer.simulated}
    rows = [[dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows] for sheet in answer.sheets]
    if answer.facts:
        named = {sheet.title.replace(" ", "_"): kept for sheet, kept in zip(answer.sheets, rows, strict=True)}
        return [{**told, **answer.facts, **named}]
    return [{**told, **row} for row in rows[0]] if rows else []


def _csv(answer: Answer) -> str:
    """RFC 4180; what a spreadsheet would run as a formula is text."""
    sheet, told = answer.sheets[0], answer.simulated is not None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*sheet.columns, *(["simulated"] if told else [])])
    writer.writerows([*map(_written, row), *([str(answer.simulated).lower()] if told else [])] for row in sheet.rows)
    return text.getvalue()


def _written(value: Cell) -> str:
    from hil.report.csvtable import csv_cell

    return "" if isinstance(value, float) and math.isnan(value) else csv_cell(value)


def _print(answer: Answer, console: Console) -> None:
    from rich.text import Text

    head = Text(answer.head)
    if answer.simulated:
        head.append("   SIMULATED RUNS", style="bold yellow")
    console.print(head)
    for sheet in answer.sheets:
        if sheet.rows:
            console.print()
            if sheet.title:
                console.print(Text(sheet.title, style="bold"))
            table = _table(sheet)
            wanted = console.measure(table, options=console.options.update(max_width=10_000)).maximum
            console.print(table if wanted <= console.width else _table(sheet, narrow=True))
    if answer.says:
        console.print()
    for sentence in answer.says:
        console.print(Text(sentence))


def _table(sheet: Sheet, *, narrow: bool = False) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    told = [
        at
        for at, name in enumerate(sheet.columns)
        if (not sheet.read or name in sheet.read) and _tells(name, [row[at] for row in sheet.rows])
    ]
    for at in told:
        numbers = all(isinstance(row[at], int | float) or row[at] is None for row in sheet.rows)
        stacked = sheet.columns[at].replace("_", "\n")  # a table has many narrow columns
        table.add_column(stacked, justify="right" if numbers else "left", overflow="fold", no_wrap=numbers)
    for row in sheet.rows:
        cells = [_shown(row[at], _PRECISE if sheet.columns[at] in _VALUES else 5) for at in told]
        table.add_row(*(_halved(cell) if narrow else cell for cell in cells))
    return table


def _halved(cell: Text) -> Text:
    """A long name on two lines, broken after the "_" nearest its middle: a terminal would break it anywhere."""
    from rich.text import Text

    breaks = [at + 1 for at, letter in enumerate(cell.plain) if letter == "_"]
    if len(cell.plain) <= _WORD or not breaks:
        return cell
    at = min(breaks, key=lambda place: abs(place - len(cell.plain) / 2))
    return Text(f"{cell.plain[:at]}\n{cell.plain[at:]}", style=cell.style)


def _tells(name: str, cells: Sequence[Cell]) -> bool:
    """Whether a column says anything: "nth" does where there is more than one condition."""
    return any(cell not in (None, 1) for cell in cells) if name == "nth" else any(cell is not None for cell in cells)


def _shown(cell: Cell, digits: int) -> Text:
    from rich.text import Text

    from hil.report.columns import STYLES

    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return Text("")
    if isinstance(cell, bool):
        return Text("yes" if cell else "no")
    if isinstance(cell, float):
        return Text(f"{cell:.{digits}g}")
    text = str(cell)
    return Text(f"{text[:10]} {text[11:16]}" if _INSTANT.fullmatch(text) else text, style=STYLES.get(text, ""))
