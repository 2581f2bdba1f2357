"""The table in a terminal: columns that fit its width, and each row as one or more lines.

Whatever is long goes on below: names of modes, lists, limits. The verdict stands in the first line of its row and is never broken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.text import Text

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
NARROWEST = 80
_VALUE, _LIMITS, _VERDICT = 10, 20, 9
_INDENT, _STACKED, _WORDS = 2, 2, 15
_LONGEST = 30
_SUM = len("worst of 45 values") + 1


@dataclass(frozen=True, slots=True)
class Columns:
    """Where columns begin, in cells from the left; taken from the plan and the width, so that rows stay aligned while they arrive."""

    label: int = 13
    what: int = 16
    gap: int = 4
    """Between a value and its U; the other gaps follow it."""

    @classmethod
    def for_plan(cls, tests: Sequence[Told], many: bool, width: int) -> Columns:
        """Columns for every planned name and mode. In `width` cells, at least 80; where they do not fit, names stand above their rows."""
        width = max(width, NARROWEST)
        labels = [label(name) for test in tests for name in (test["check"], *test["measurements"], *test.get("optional", ()))]
        whats = [" · ".join(part for part in (test["subject"] if many else "", test["mode"]) if part) for test in tests]
        longest = max(11, *(min(_LONGEST, cell_len(text)) for text in labels), 0) + 2
        what = max(12, *(min(_LONGEST, cell_len(text)) for text in whats), 0)
        chosen = [cls(longest, max(what + 1, _SUM)), cls(longest, max(what + 1, _SUM), 2), cls(longest, what + 1, 2)]
        left = width - cls(0, 0, 2).width
        chosen += [cls(left - what - 1, what + 1, 2)] if left - what - 1 >= _WORDS else []
        return next((each for each in chosen if each.width <= width), cls(_STACKED, left - _STACKED, 2))

    @property
    def figures(self) -> int:
        """Where figures begin."""
        return _INDENT + self.label + self.what

    @property
    def u(self) -> int:
        """Where U begins, counted from the figures."""
        return _VALUE + self.gap

    @property
    def limits(self) -> int:
        """Where limits begin, counted from the figures."""
        return self.u + (8 if self.gap > 2 else 7) + 2

    @property
    def unit(self) -> int:
        """Where the unit begins, counted from the figures."""
        return self.limits + _LIMITS + self.gap // 2

    @property
    def verdict(self) -> int:
        """Where the verdict begins."""
        return self.figures + self.unit + (10 if self.gap > 2 else 7)

    @property
    def width(self) -> int:
        """Of the whole table."""
        return self.verdict + _VERDICT


def titles(columns: Columns) -> Text:
    """Column titles, above the first row with figures."""
    left = " " * columns.figures
    return Text(
        f"{left}{'measured':>{_VALUE}}".ljust(columns.figures + columns.u) + f"{'U(k=2)':<{columns.limits - columns.u}}", style="dim"
    ).append(f"{'limits':^{_LIMITS}}".rstrip())


def row(one: Row, columns: Columns, *, first: bool) -> list[Text]:
    """The lines of one table row; the label stands only in the first row of its group."""
    name = one.label if first else ""
    return _in_words(one, name, columns) if one.in_words else _in_figures(one, name, columns)


def verdict(word: str | None) -> Text:
    """The verdict in its colour; "recorded" for what is not judged."""
    return Text(word, style=STYLES.get(word, "bold")) if word else Text("recorded", style="dim")


def padded(text: str, width: int) -> str:
    """`text` filled with blanks to `width` terminal cells, at least one blank; wide characters count two."""
    return text + " " * max(1, width - cell_len(text))


def folded(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken between its " · " parts, else between words, else anywhere."""
    for separator, joint in ((" · ", " ·"), (" ", "")):
        parts = text.split(separator)
        if cell_len(text) > width and len(parts) > 1:
            return _filled(parts, separator, joint, width)
    return chop_cells(text, width) if cell_len(text) > width else [text]


def _filled(parts: Sequence[str], separator: str, joint: str, width: int) -> list[str]:
    made: list[str] = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        longer = made[-1] + separator.removeprefix(joint) + part if made else part
        ending = part if last else part + joint
        if made and cell_len(longer + ("" if last else joint)) <= width:
            made[-1] = longer + ("" if last else joint)
        else:
            made += folded(ending, width)
    return made


def _in_words(one: Row, name: str, columns: Columns) -> list[Text]:
    """A statement: its words, then its detail beside them or, where there is no room, below."""
    left = _INDENT + max(columns.label, _WORDS)
    room = columns.verdict - 1 - left
    beside = padded(one.what, columns.what + _VALUE + 11) + " " + one.detail if one.detail else one.what
    if cell_len(beside) > room:
        beside = f"{one.what}  {one.detail}".rstrip()
    if cell_len(beside) <= room:
        words = [Text(beside)]
        words[0].stylize("dim", len(beside) - len(one.detail))
    else:
        words = [Text(part) for part in folded(one.what, room)]
        words += [Text(part, style="dim") for part in folded(one.detail, room)] if one.detail else []
    return _with_verdict([Text(" " * left).append(part) for part in words], name, left, one, columns)


def _in_figures(one: Row, name: str, columns: Columns) -> list[Text]:
    above: list[Text] = []
    left, what = _INDENT + columns.label, folded(one.what, columns.what - 1) if one.what else [""]
    if name and cell_len(name) + 2 > columns.label:
        if one.what or cell_len(name) >= columns.label + columns.what:
            above, name = [Text(" " * _INDENT + name)], ""
        else:
            left = columns.figures
    figures, below = _figures(one, columns)
    lines = [Text(" " * left + padded(what[0], columns.figures - left) if left < columns.figures else " " * left).append(figures)]
    lines += [Text(" " * left + part) for part in what[1:]] + below
    return above + _with_verdict(lines, name, left, one, columns)


def _with_verdict(lines: list[Text], name: str, left: int, one: Row, columns: Columns) -> list[Text]:
    """The label before the first line, the verdict behind it."""
    first = Text(padded(" " * _INDENT + name, left)).append(lines[0][left:])
    first.append(" " * max(1, columns.verdict - cell_len(first.plain)))
    return [first.append(verdict(one.verdict)), *lines[1:]]


def _figures(one: Row, columns: Columns) -> tuple[Text, list[Text]]:
    """Value, U, limits and unit, and a line below for limits that find no room beside them."""
    texts = one.figures
    assert texts is not None
    room = columns.verdict - columns.figures - 1
    line = _placed(texts.value, (texts.U, columns.u, ""), (texts.limits, columns.limits, "dim"), (texts.unit, columns.unit, ""))
    if cell_len(line.plain) <= room:
        return line, []
    line = _placed(texts.value, (texts.U, columns.u, ""), (texts.unit, columns.unit, ""))
    line.truncate(room, overflow="ellipsis")
    parts = folded(texts.limits, columns.verdict - 2 * _INDENT) if texts.limits else []
    return line, [Text(" " * max(2 * _INDENT, columns.verdict - 1 - cell_len(part))).append(part, style="dim") for part in parts]


def _placed(value: str, *cells: tuple[str, int, str]) -> Text:
    """Each text where its column begins, or behind what reaches into that."""
    line = Text(f"{value:>{_VALUE}}")
    for text, start, style in cells:
        if text:
            line.append(" " * max(1, start - cell_len(line.plain))).append(text, style=style)
    return line
