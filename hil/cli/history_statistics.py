"""Answers about one characteristic: capability and trend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from hil.cli.answer import Answer, Cell, Sheet
from hil.cli.history_work import asking, counted, head
from hil.errors import UserError
from hil.history import readings as asking_readings
from hil.history import units as asking_units
from hil.history.choice import Choice
from hil.history.readings import Readings
from hil.history.stats import capability as of_capability
from hil.history.stats import control as of_control
from hil.history.stats import drift as of_drift
from hil.history.stats.capability import Capability, Index

if TYPE_CHECKING:
    from hil.cli.history import Asked

_DAY_S = 86_400.0
_INDICES = ("cp", "cpk", "pp", "ppk", "ppk_low", "ppk_high", "normal", "refused")
_OVERVIEW = ("characteristic", "subject", "mode", "nth", "n", "failed", "mean", "s", "unit", "ppk")
_SEVERAL = ("characteristic", "n", "outside", "mean", "s", "cpk", "ppk", "normal", "refused")
"""Columns for reading, where there are several characteristics."""
_MOST_VIOLATIONS = 20
_FALSE_ALARM = 70
"""Readings between false alarms of all eight rules, rounded: 65 on average, the first one after 74 (400,000 normal readings, made here)."""


@dataclass(frozen=True)
class Which:
    """Which of the characteristics of one name, and which readings."""

    subject: str | None
    mode: str | None
    nth: int | None
    every: bool


def capability(asked: Asked, name: str | None, which: Which) -> Answer:
    """Of one characteristic, of all of a name, or of all."""
    with asking(asked) as (connection, choice):
        if name is None:
            return _overview(connection, choice)
        found = asking_readings.find(connection, name, which.subject, which.mode, which.nth)
        if asked.output.plot is not None:
            found = [asking_readings.the_one(found)]
        told = [asking_readings.readings(connection, choice, key, of, every=which.every) for key, of in found]
    done = [(one, of_capability.capability(one.values, one.lower, one.upper)) for one in told if len(one.values)]
    if not done:
        raise _nothing(name, choice)
    columns = ("characteristic", "n", "outside", "mean", "s", "lower", "upper", "unit", *_INDICES)
    rows = [_capability_row(one, capable) for one, capable in done]
    says = [sentence for one, capable in done for sentence in _capability_says(one, capable, len(done) > 1)]
    return Answer(
        head(f"capability of {done[0][0].title if len(done) == 1 else name}", choice),
        [_spoken(columns, rows[0]) if len(rows) == 1 and asked.output.read else Sheet(columns, rows, read=_SEVERAL)],
        says,
        choice.simulated,
        plot=lambda: _histogram(done[0], bool(choice.simulated)),
    )


def _capability_row(found: Readings, told: Capability) -> tuple[Cell, ...]:
    values = [index.value if index else None for index in (told.cp, told.cpk, told.pp, told.ppk)]
    interval = (told.ppk.low, told.ppk.high) if told.ppk else (None, None)
    normal = None if math.isnan(told.p_normal) else told.normal
    figures = (told.n, told.outside, told.mean, told.s, told.lower, told.upper, found.of.unit or None)
    return (found.title, *figures, *values, *interval, normal, told.refused or None)


def _spoken(columns: tuple[str, ...], row: tuple[Cell, ...]) -> Sheet:
    """A single row reads better downwards."""
    told = [
        (name, cell) for name, cell in zip(columns[1:], row[1:], strict=True) if cell == cell and cell is not None and name not in _INDICES
    ]
    return Sheet(("", " "), [(name, _figure(cell)) for name, cell in told])


def _figure(cell: Cell) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def chance(value: float) -> str:
    """A probability in words."""
    return f"p = {value:.2g}" if value >= 1e-4 else "p < 0.0001"


def _capability_says(found: Readings, told: Capability, named: bool) -> list[str]:
    which = f"{found.title}: " if named else ""
    says = [f"No index is given: {told.refused}."] if told.refused and not named else []
    if not named:
        says += [
            _in_words(name, index) for name, index in (("Cp", told.cp), ("Cpk", told.cpk), ("Pp", told.pp), ("Ppk", told.ppk)) if index
        ]
    if not told.refused and not told.normal:
        says.append(f"{which}the readings are not normal (Anderson-Darling: {chance(told.p_normal)}): an index promises no share outside.")
    if not told.refused and told.distinct < 10:
        says.append(f"{which}only {told.distinct} different values: a count, or a coarse resolution; an index says little.")
    if found.other_limits:
        says.append(f"{which}{found.other_limits} of {told.n} readings were judged by other limits; these are the newest.")
    if found.not_numbers:
        says.append(f"{which}{found.not_numbers} readings were no numbers and are left out.")
    return says


def _in_words(name: str, index: Index) -> str:
    return f"{name:<4} {index.value:.3f}   95 %: {index.low:.3f} .. {index.high:.3f}"


def _overview(connection: Connection, choice: Choice) -> Answer:
    columns = ("characteristic", "subject", "mode", "nth", "conditions", "n", "failed", "mean", "s", "lower", "upper", "unit", "ppk")
    rows = [
        (
            *(one.of.name, one.of.subject or None, one.of.mode or None, one.of.nth, one.conditions or None),
            *(one.n, one.failed, one.mean, one.s, one.lower, one.upper, one.of.unit or None, _ppk(one)),
        )
        for one in asking_readings.overview(connection, choice)
    ]
    says = [f"Ppk from {of_capability.FEWEST} units on, against the narrowest limits in use; `hil history capability NAME` says more."]
    return Answer(head(counted(len(rows), "characteristic"), choice), [Sheet(columns, rows, read=_OVERVIEW)], says, choice.simulated)


def _ppk(one: asking_readings.Overview) -> float | None:
    distances = [one.upper - one.mean] if one.upper is not None else []
    distances += [one.mean - one.lower] if one.lower is not None else []
    return min(distances) / (3 * one.s) if distances and one.s > 0 and one.n >= of_capability.FEWEST else None


def _histogram(done: tuple[Readings, Capability], simulated: bool) -> str:
    from hil.history.plots import histogram

    return histogram(*done, simulated=simulated)


def trend(asked: Asked, name: str, which: Which, baseline: int | None) -> Answer:
    """Over time."""
    with asking(asked) as (connection, choice):
        found = the_readings(connection, choice, name, which)
        chart = of_control.chart(found.values, baseline)
        wanted = {int(found.run_ids[at]) for one in chart.violations for at in (one.first, one.last)}
        runs = asking_units.by_id(connection, sorted(wanted))
    columns = ("rule", "says", "first", "first_unit", "first_date", "last", "last_unit", "last_date", "value")
    rows: list[tuple[Cell, ...]] = []
    for one in chart.violations:
        ends = [runs[int(found.run_ids[at])] for at in (one.first, one.last)]
        places = [cell for at, run in zip((one.first, one.last), ends, strict=True) for cell in (at + 1, run.unit or None, run.started)]
        rows.append((one.rule, one.says, *places, float(found.values[one.last])))
    listing = rows[-_MOST_VIOLATIONS:] if asked.output.read else rows
    drift = of_drift.drift((found.started_s - found.started_s[0]) / _DAY_S, found.values)
    says = [*_chart_says(found, chart, len(rows), baseline), _drift_says(found, drift)]
    facts = {
        "characteristic": found.title,
        "n": len(found.values),
        "mean": chart.mean,
        "sigma": chart.sigma,
        "low": chart.low,
        "high": chart.high,
        "baseline": baseline,
        "drift_a_day": _drift_facts(drift),
    }
    sheet = Sheet(columns, listing, "violations", ("rule", "says", "first", "last", "last_unit", "last_date", "value"))
    return Answer(
        head(f"trend of {found.title}", choice),
        [sheet],
        says,
        choice.simulated,
        facts,
        lambda: _trend(found, chart, bool(choice.simulated)),
    )


def _chart_says(found: Readings, chart: of_control.Chart, violations: int, baseline: int | None) -> list[str]:
    unit = f" {found.of.unit}" if found.of.unit else ""
    if not chart.sigma > 0:
        return ["All readings are the same: there is nothing to control." if len(found.values) > 1 else "One reading is no trend."]
    of = f" of the first {baseline}" if baseline is not None and baseline < len(found.values) else ""
    limits = f"control limits {chart.low:.6g} .. {chart.high:.6g}{unit} (3 sigma from moving ranges{of})"
    says = [f"{len(found.values)} readings, mean {chart.mean:.6g}{unit}, {limits}."]
    if not violations:
        return [*says, "No rule of Nelson's is broken."]
    shown = f"; the last {_MOST_VIOLATIONS} are shown" if violations > _MOST_VIOLATIONS else ""
    rate = f"All eight give a false alarm about every {_FALSE_ALARM} readings."
    return [*says, f"{counted(violations, 'time')} a rule of Nelson's is broken{shown}. {rate}"]


def _drift_facts(told: of_drift.Drift) -> dict[str, object]:
    return {"slope": told.slope, "low": told.low, "high": told.high, "p": told.p, "refused": told.refused or None}


def _drift_says(found: Readings, told: of_drift.Drift) -> str:
    if told.refused:
        return f"Drift: not told, {told.refused}."
    unit = f"{found.of.unit} a day" if found.of.unit else "a day"
    sure = "it is more than chance gives" if told.is_one else "chance alone gives as much"
    return f"Drift: {told.slope:+.3g} {unit} (95 %: {told.low:+.3g} .. {told.high:+.3g}; {chance(told.p)}: {sure})."


def _trend(found: Readings, chart: of_control.Chart, simulated: bool) -> str:
    from hil.history.plots import trend as drawn

    return drawn(found, chart, simulated=simulated)


def the_readings(connection: Connection, choice: Choice, name: str, which: Which) -> Readings:
    """The readings of the only characteristic that is meant; UserError for none, or several."""
    key, of = asking_readings.the_one(asking_readings.find(connection, name, which.subject, which.mode, which.nth))
    found = asking_readings.readings(connection, choice, key, of, every=which.every)
    if not len(found.values):
        raise _nothing(name, choice)
    return found


def _nothing(name: str, choice: Choice) -> UserError:
    return UserError(
        f"no reading of {name} in the chosen runs",
        choice.words or ("simulated runs" if choice.simulated else "real runs"),
        "choose fewer conditions",
    )
