"""From the measurements of one name to the rows that a reader sees.

Counts that pass and share their limits become one row, the worst of them. Where there is little room, many values that are recorded without
being judged become one row with their range. A very long group shows what did not pass and its first rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from hil.report import verdict
from hil.report.figures import Figures
from hil.report.jsontext import number
from hil.report.quantity import Told, called, condition, figures_of

ROWS_SHOWN = 40
FEW = 3
"""So many recorded values are shown one by one even where there is little room."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    label: str
    """"frame rate"; the same for all rows of a group."""
    what: str
    """Mode and whatever tells this row from its neighbours, or a statement's words."""
    verdict: str | None
    detail: str = ""
    """A statement's second half."""
    figures: Figures | None = None
    told: Told = field(default_factory=dict)
    """The measurement behind the row, empty for statements and sums."""

    @property
    def in_words(self) -> bool:
        """True for a statement: it has no figures."""
        return self.figures is None


def rows(group: Sequence[Told], *, many: bool, brief: bool, longest: int = ROWS_SHOWN) -> list[Row]:
    """At most `longest` rows of the measurements of one name; `many` rows say whose they are, `brief` sums up what is not judged."""
    made: list[Row] = []
    single: list[Told] = []
    for _, same in groupby(group, key=lambda one: one["subject"]):
        of_subject = list(same)
        if _can_be_summed(of_subject):
            made.append(_worst_of(of_subject, many))
        elif brief and len(of_subject) > FEW and all(one["verdict"] is None for one in of_subject):
            made.append(_range_of(of_subject, many))
        else:
            single += of_subject
    return made + _one_by_one(single, many, longest)


def _one_by_one(single: Sequence[Told], many: bool, longest: int) -> list[Row]:
    shown, differing = _chosen(single, longest), _differing(single)
    made = [_row(one, shown, differing, many) for one in shown]
    left = len(single) - len(shown)
    if not left:
        return made
    kept = {id(one) for one in shown}
    decided = verdict.worst(one["verdict"] for one in single if id(one) not in kept)
    return [*made, Row(made[0].label, f"and {left} more, all in the record", decided)]


def _chosen(single: Sequence[Told], longest: int) -> Sequence[Told]:
    """All of a group that fits, else what did not pass and the first of the others, in their order."""
    if len(single) <= longest:
        return single
    bad = [one for one in single if one["verdict"] not in ("PASS", None)][:longest]
    good = [one for one in single if one["verdict"] in ("PASS", None)][: max(4, longest - len(bad))]
    kept = {id(one) for one in (*bad, *good)}
    return [one for one in single if id(one) in kept]


def _row(one: Told, shown: Sequence[Told], differing: Mapping[tuple[str, str], Sequence[str]], many: bool) -> Row:
    conditions = one["conditions"] or {}
    told_apart = [condition(key, conditions[key]) for key in differing[one["subject"], one["mode"]] if key in conditions]
    attempt = f"attempt {one['attempt']}" if one["attempt"] not in (None, 1) else ""
    what = _joined(one["subject"] if many else "", one["mode"] or "", *told_apart, attempt)
    return Row(called(shown), what, one["verdict"], figures=figures_of(one, shown), told=one)


def _differing(group: Iterable[Told]) -> dict[tuple[str, str], Sequence[str]]:
    """For each subject and mode, the conditions that tell its rows apart; without them they would look alike."""
    alike: dict[tuple[str, str], list[Told]] = {}
    for one in group:
        alike.setdefault((one["subject"], one["mode"]), []).append(one["conditions"] or {})
    return {key: _telling(conditions) for key, conditions in alike.items()}


def _telling(conditions: Sequence[Told]) -> Sequence[str]:
    """One condition that is another in each row, if there is one; else all that differ."""
    seen: dict[str, set[str]] = {}
    for one in conditions:
        for key, value in one.items():
            seen.setdefault(key, set()).add(repr(value))
    differing = [key for key, values in seen.items() if len(values) > 1]
    return next(([key] for key in differing if len(seen[key]) == len(conditions)), differing)


def _can_be_summed(same: Sequence[Told]) -> bool:
    """Whether one row says as much: passing counts (no uncertainty, whole) with one and the same limit."""
    first = same[0]
    key = (first["lower"], first["upper"], first["unit"])
    return len(same) > 1 and all(_is_passed_count(one) and (one["lower"], one["upper"], one["unit"]) == key for one in same)


def _is_passed_count(one: Told) -> bool:
    return not one["u"] and one["verdict"] == "PASS" and number(one["value"]).is_integer()


def _worst_of(same: Sequence[Told], many: bool) -> Row:
    closest = min(same, key=_room)
    what = _joined(closest["subject"] if many else "", f"worst of {_number_of(same)}")
    return Row(called(same), what, "PASS", figures=figures_of(closest))


def _range_of(same: Sequence[Told], many: bool) -> Row:
    """One row from the least to the greatest; their uncertainties are in the record."""
    ordered = sorted(same, key=lambda one: number(one["value"]))
    least, greatest = (figures_of(one, same) for one in (ordered[0], ordered[-1]))
    texts = Figures(least.value if least.value == greatest.value else f"{least.value} .. {greatest.value}", "", "", "", least.unit)
    return Row(called(same), _joined(same[0]["subject"] if many else "", _number_of(same)), None, figures=texts)


def _number_of(same: Sequence[Told]) -> str:
    """So many modes, if each has one; else so many values."""
    return f"{len(same)} modes" if len({one["mode"] for one in same}) == len(same) else f"{len(same)} values"


def _room(one: Told) -> float:
    """Distance to the nearer limit."""
    value = number(one["value"])
    rooms = [number(one["upper"]) - value] if one["upper"] is not None else []
    rooms += [value - number(one["lower"])] if one["lower"] is not None else []
    return min(rooms, default=0.0)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
