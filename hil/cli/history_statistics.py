"""Answers about one characteristic: capability, trend, comparison, gauge study."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from hil.cli.answer import Answer, Cell, Sheet
from hil.cli.history_work import asking, head
from hil.errors import UserError
from hil.history import readings as asking_readings
from hil.history import study as asking_study
from hil.history import units as asking_units
from hil.history.choice import Choice, R, conditions, unknown
from hil.history.readings import Readings
from hil.history.stats import capability as of_capability
from hil.history.stats import compare as of_compare
from hil.history.stats import control as of_control
from hil.history.stats import drift as of_drift
from hil.history.stats.capability import Capability, Index

if TYPE_CHECKING:
    from hil.cli.history import Asked

_DAY_S = 86_400.0
_MOST_VIOLATIONS = 20


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
    columns = (
        "characteristic",
        "n",
        "outside",
        "mean",
        "s",
        "lower",
        "upper",
        "unit",
        "cp",
        "cpk",
        "pp",
        "ppk",
        "ppk_low",
        "ppk_high",
        "normal",
        "refused",
    )
    rows = [_capability_row(one, capable) for one, capable in done]
    says = [sentence for one, capable in done for sentence in _capability_says(one, capable, len(done) > 1)]
    return Answer(
        head(f"capability of {done[0][0].title if len(done) == 1 else name}", choice),
        [_spoken(columns, rows[0]) if len(rows) == 1 and not (asked.output.csv or asked.output.json) else Sheet(columns, rows)],
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
    return Sheet(
        ("", " "), [(name.replace("_", " "), _figure(cell)) for name, cell in zip(columns[1:], row[1:], strict=True) if cell is not None]
    )


def _figure(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "nothing speaks against it" if cell else "no"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def _capability_says(found: Readings, told: Capability, named: bool) -> list[str]:
    which = f"{found.title}: " if named else ""
    says = [f"{which}no index is given: {told.refused}."] if told.refused else []
    if not named:
        says += [
            _in_words(name, index) for name, index in (("Cp", told.cp), ("Cpk", told.cpk), ("Pp", told.pp), ("Ppk", told.ppk)) if index
        ]
    if not told.refused and not told.normal:
        says.append(
            f"{which}the readings are not normally distributed (Anderson-Darling p = {told.p_normal:.2g}): an index promises no share outside."
        )
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
        (one.of.name, one.of.subject or None, one.of.mode or None, one.of.nth, one.conditions or None, one.n, one.failed, one.mean, one.s)
        + (one.lower, one.upper, one.of.unit or None, _ppk(one))
        for one in asking_readings.overview(connection, choice)
    ]
    says = [f"Ppk from {of_capability.FEWEST} units on, against the narrowest limits in use; `hil history capability NAME` says more."]
    return Answer(head(f"{len(rows)} characteristics", choice), [Sheet(columns, rows, fold="conditions")], says, choice.simulated)


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
        found = _one(connection, choice, name, which)
        chart = of_control.chart(found.values, baseline)
        wanted = {int(found.run_ids[at]) for one in chart.violations for at in (one.first, one.last)}
        runs = asking_units.by_id(connection, sorted(wanted))
    columns = ("rule", "says", "first", "first_unit", "first_date", "last", "last_unit", "last_date", "value")
    rows: list[tuple[Cell, ...]] = []
    for one in chart.violations:
        ends = [runs[int(found.run_ids[at])] for at in (one.first, one.last)]
        places = [cell for at, run in zip((one.first, one.last), ends, strict=True) for cell in (at + 1, run.unit or None, run.started)]
        rows.append((one.rule, one.says, *places, float(found.values[one.last])))
    listing = rows if asked.output.csv or asked.output.json else rows[-_MOST_VIOLATIONS:]
    says = _chart_says(found, chart, len(rows)) + [_drift_says(found)]
    facts = {
        "characteristic": found.title,
        "n": len(found.values),
        "mean": chart.mean,
        "sigma": chart.sigma,
        "low": chart.low,
        "high": chart.high,
    }
    sheet = Sheet(columns, listing, "violations")
    return Answer(
        head(f"trend of {found.title}", choice),
        [sheet],
        says,
        choice.simulated,
        facts,
        lambda: _trend(found, chart, bool(choice.simulated)),
    )


def _chart_says(found: Readings, chart: of_control.Chart, violations: int) -> list[str]:
    unit = f" {found.of.unit}" if found.of.unit else ""
    if not chart.sigma > 0:
        return ["All readings are the same: there is nothing to control." if len(found.values) > 1 else "One reading is no trend."]
    says = [
        f"{len(found.values)} readings, mean {chart.mean:.6g}{unit}, control limits {chart.low:.6g} .. {chart.high:.6g}{unit} (3 sigma from moving ranges)."
    ]
    if not violations:
        return [*says, "No rule of Nelson's is broken."]
    shown = f"; the last {_MOST_VIOLATIONS} are shown" if violations > _MOST_VIOLATIONS else ""
    return [
        *says,
        f"{violations} times a rule of Nelson's is broken{shown}. All eight together raise a false alarm about every 70 readings.",
    ]


def _drift_says(found: Readings) -> str:
    told = of_drift.drift((found.started_s - found.started_s[0]) / _DAY_S, found.values)
    if told.refused:
        return f"Drift: not told, {told.refused}."
    unit = f"{found.of.unit} a day" if found.of.unit else "a day"
    sure = "it is more than chance gives" if told.p < 0.05 else "chance alone gives as much"
    return f"Drift: {told.slope:+.3g} {unit} (95 %: {told.low:+.3g} .. {told.high:+.3g}; p = {told.p:.2g}: {sure})."


def _trend(found: Readings, chart: of_control.Chart, simulated: bool) -> str:
    from hil.history.plots import trend as drawn

    return drawn(found, chart, simulated=simulated)


def _one(connection: Connection, choice: Choice, name: str, which: Which) -> Readings:
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


def compare(asked: Asked, name: str, names: tuple[str | None, str | None], by: str, which: Which) -> Answer:
    """Between two groups of runs."""
    column = asking_study.checked_column("--by", by)
    with asking(asked) as (connection, choice):
        pair = _pair(connection, choice, column, names)
        first, second = (_one(connection, choice.where(column, one), name, which) for one in pair)
    told = of_compare.compare(first.values, second.values)
    columns = (by, "n", "mean", "s", "unit")
    rows = [(one, group.n, group.mean, group.s, first.of.unit or None) for one, group in zip(pair, (told.first, told.second), strict=True)]
    facts: dict[str, Any] = {"characteristic": first.title, "difference": told.difference, "low": told.low, "high": told.high}
    facts |= {"p_means": told.p_means, "p_spreads": told.p_spreads}
    return Answer(
        head(f"{first.title} by {by}", choice), [Sheet(columns, rows, "groups")], _compare_says(told, pair, first.of.unit), choice.simulated, facts,
        lambda: _groups((first, second), pair, told, bool(choice.simulated)),
    )  # fmt: skip


def _pair(connection: Connection, choice: Choice, column: str, names: tuple[str | None, str | None]) -> tuple[str, str]:
    import sqlalchemy as sa

    known = sorted(connection.execute(sa.select(R[column]).distinct().where(*conditions(choice), R[column] != "")).scalars())
    if names[0] is None and len(known) == 2:
        return known[0], known[1]
    if names[0] is None or names[1] is None:
        raise UserError(
            f"two of {column} asked for",
            f"there {'is' if len(known) == 1 else 'are'} {', '.join(known) or 'none'}",
            f"... A B --by {column}",
        )
    for one in names:
        if one not in known:
            raise unknown(column, str(one), known)
    return names[0], names[1]


def _compare_says(told: of_compare.Comparison, pair: tuple[str, str], unit: str) -> list[str]:
    if told.refused:
        return [f"Not compared: {told.refused}."]
    means = f"The means differ: {pair[1]} less {pair[0]} is" if told.means_differ else "The means do not differ by more than chance gives:"
    spreads = "The spreads differ" if told.spreads_differ else "The spreads do not differ by more than chance gives"
    interval = f"{told.difference:+.4g} {unit} (95 %: {told.low:+.4g} .. {told.high:+.4g}; Welch t = {told.t:.2f}, p = {told.p_means:.2g})"
    return [f"{means} {interval}.", f"{spreads}: {told.first.s:.4g} and {told.second.s:.4g} {unit} (Levene p = {told.p_spreads:.2g})."]


def _groups(found: tuple[Readings, Readings], pair: tuple[str, str], told: of_compare.Comparison, simulated: bool) -> str:
    from hil.history.plots import groups

    return groups(*found, pair, told, simulated=simulated)
