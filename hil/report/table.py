"""The table: which rows a reader sees for a set of measurements, in one shape for the terminal and the web page.

Measurements are grouped by check and name. A check that has made a statement is shown in its words, and a yes or no gets a row of its own
only if it did not pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hil.report import naming, verdict
from hil.report.quantity import Told, label
from hil.report.rows import ROWS_SHOWN, Row, rows


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one check."""

    check: str
    """Its name; of a user's test file and function."""
    rows: tuple[Row, ...]
    heading: str = ""
    """What stands above the rows of a user's test, whose labels alone would not tell whose they are."""

    @property
    def verdict(self) -> str | None:
        """The worst of its rows."""
        return verdict.worst(row.verdict for row in self.rows)


def sections(
    measurements: Sequence[Told],
    statements: Iterable[Told],
    tests: Sequence[Told],
    *,
    unit_parts: Sequence[str] = (),
    brief: bool = False,
    longest: int = ROWS_SHOWN,
) -> list[Section]:
    """The whole table, checks in the order of the plan; `brief` where there is little room."""
    checks = {test["test"]: test["check"] or naming.title(test["test"]) for test in tests}
    own = {naming.title(test["test"]) for test in tests if not test["check"]}
    heard: dict[str, tuple[list[Told], list[Told]]] = {}
    for one in statements:
        heard.setdefault(one["check"], ([], []))[0].append(one)
    for one in measurements:
        judged = {**one, "verdict": verdict.of_measurement(one, unit_parts)}
        check = checks.get(one["test"] or "") or one["name"]
        heard.setdefault(check, ([], []))[1].append(_with_parameters(judged) if check in own else judged)
    order = list(dict.fromkeys([*(check for check in checks.values() if check in heard), *heard]))
    many = len(subjects(tests) | subjects(measurements)) > 1
    made = [section(check, *heard[check], many=many, brief=brief, longest=longest) for check in order]
    return [replace(each, heading=each.check) if each.check in own else each for each in made]


def _with_parameters(one: Told) -> Told:
    """A measurement whose conditions say what its test was called with: often nothing else tells two of a user's apart."""
    called_with = naming.parameters(one["test"], one["subject"])
    return {**one, "conditions": {"": called_with, **(one["conditions"] or {})}} if called_with else one


def subjects(told: Iterable[Told]) -> set[str]:
    """Parts of the rig that are named; with more than one, every row says whose it is."""
    return {one["subject"] for one in told if one["subject"]}


def section(
    check: str,
    statements: Sequence[Told],
    measurements: Sequence[Told],
    *,
    many: bool = False,
    brief: bool = False,
    longest: int = ROWS_SHOWN,
) -> Section:
    """Rows of one check: its statements, then a group of at most `longest` rows for each name."""
    spoken_for = dict.fromkeys(one["subject"] for one in statements)
    made = [_statement(check, subject, statements, measurements, many) for subject in spoken_for]
    groups: dict[str, list[Told]] = {}
    for one in measurements:
        if one["subject"] not in spoken_for or not _goes_without_figures(one):
            groups.setdefault(one["name"], []).append(one)
    for group in groups.values():
        made += rows(group, many=many, brief=brief, longest=longest)
    return Section(check, tuple(made))


def _goes_without_figures(one: Told) -> bool:
    """Whether a statement says as much: a yes or no that passed, that is a number without unit and uncertainty."""
    return one["verdict"] in ("PASS", None) and not one["unit"] and not one["u"]


def _statement(check: str, subject: str, statements: Iterable[Told], measurements: Iterable[Told], many: bool) -> Row:
    """One row for all that a check says of a subject: the first statement, the others as its detail."""
    first, *others = (one for one in statements if one["subject"] == subject)
    decided = verdict.worst(each["verdict"] for each in measurements if each["subject"] == subject)
    what = f"{subject}: {first['text']}" if many and subject else first["text"]
    return Row(label(check), what, decided, detail=", ".join(text for text in (first["detail"], *(one["text"] for one in others)) if text))
