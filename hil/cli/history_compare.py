"""The answer of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hil.cli.answer import Answer, Sheet
from hil.cli.history_statistics import Which, chance, the_readings
from hil.cli.history_work import asking, head
from hil.errors import UserError
from hil.history import study as asking_study
from hil.history.choice import Choice, R, conditions, unknown
from hil.history.readings import Readings
from hil.history.stats import compare as of_compare

if TYPE_CHECKING:
    from hil.cli.history import Asked


def compare(asked: Asked, name: str, names: tuple[str | None, str | None], by: str, which: Which) -> Answer:
    """Between two groups of runs."""
    column = asking_study.checked_column("--by", by)
    with asking(asked) as (connection, choice):
        pair = _pair(connection, choice, column, names)
        first, second = (the_readings(connection, choice.where(column, group), name, which) for group in pair)
    told = of_compare.compare(first.values, second.values)
    columns = (by, "n", "mean", "s", "unit")
    rows = [(one, group.n, group.mean, group.s, first.of.unit or None) for one, group in zip(pair, (told.first, told.second), strict=True)]
    facts: dict[str, Any] = {"characteristic": first.title, "difference": told.difference, "low": told.low, "high": told.high}
    facts |= {"p_means": told.p_means, "p_spreads": told.p_spreads}
    return Answer(
        head(f"{first.title} by {by}", choice),
        [Sheet(columns, rows, "groups")],
        _compare_says(told, pair, first.of.unit),
        choice.simulated,
        facts,
        lambda: _groups((first, second), pair, told, bool(choice.simulated)),
    )


def _pair(connection: Connection, choice: Choice, column: str, names: tuple[str | None, str | None]) -> tuple[str, str]:
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
    interval = f"{told.difference:+.4g} {unit} (95 %: {told.low:+.4g} .. {told.high:+.4g}; Welch t = {told.t:.2f}, {chance(told.p_means)})"
    return [f"{means} {interval}.", f"{spreads}: {told.first.s:.4g} and {told.second.s:.4g} {unit} (Levene: {chance(told.p_spreads)})."]


def _groups(found: tuple[Readings, Readings], pair: tuple[str, str], told: of_compare.Comparison, simulated: bool) -> str:
    from hil.history.plots import groups

    return groups(*found, pair, told, simulated=simulated)
