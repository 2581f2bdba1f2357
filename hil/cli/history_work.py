"""Answers about units and yields."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from hil.cli.answer import Answer, Sheet
from hil.errors import UserError
from hil.history import evidence, where
from hil.history import units as asking_units
from hil.history import yields as asking_yields
from hil.history.choice import Choice, instant, resolved
from hil.history.stats.proportion import Share
from hil.history.store import History
from hil.report import headline

if TYPE_CHECKING:
    from hil.cli.history import Asked

STATION_HISTORY = "history"


def chosen(given: dict[str, Any]) -> Choice:
    """The choice that the options make."""
    since, until = given.pop("since", None), given.pop("until", None)
    simulated = True if given.pop("simulated", False) else None
    return Choice(instant("--since", since), instant("--until", until, end=True), simulated=simulated, **given)


def target(db: str | None) -> str:
    """The history that is meant."""
    from hil.station import find

    station = find(None)
    return where(db, station.file.history if station else None)


@contextlib.contextmanager
def history(db: str | None) -> Iterator[History]:
    """The history that is meant, which has to be there."""
    with History.open(target(db), create=False) as opened:
        yield opened


@contextlib.contextmanager
def asking(asked: Asked) -> Iterator[tuple[Connection, Choice]]:
    """A connection to ask, and the choice with everything decided."""
    with history(asked.db) as opened, opened.reading() as connection:
        yield connection, resolved(connection, asked.choice)


def head(question: str, choice: Choice) -> str:
    """The first line of an answer."""
    return f"{question} · {choice.words}" if choice.words else question


def counted(count: int, what: str) -> str:
    """Of one, or of several: 1 unit, 2 units."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def units(asked: Asked, *, failed: bool, last: int) -> Answer:
    """Units as they stand."""
    with asking(asked) as (connection, choice):
        told = asking_units.latest(connection, choice, failed=failed, limit=last or None)
        count, without = asking_units.counts(connection, choice)
    columns = ("unit", "verdict", "runs", "started", "rig", "plan", "station", "why")
    rows = [
        (
            one.last.unit,
            one.last.verdict,
            one.runs,
            one.last.started,
            one.last.rig,
            one.last.plan,
            one.last.station or None,
            one.last.headline,
        )
        for one in told
    ]
    says = [f"{counted(without, 'run')} without a serial number {'are' if without > 1 else 'is'} not listed."] if without else []
    if 0 < last == len(told) and count > last:
        says.insert(0, f"The newest {last}{' of them' if failed else f' of {count} units'}; -n 0 lists all.")
    question = f"units that do not pass, of {count}" if failed else counted(count, "unit")
    return Answer(head(question, choice), [Sheet(columns, rows)], says, choice.simulated)


def show(asked: Asked, unit: str) -> Answer:
    """All attempts of one unit."""
    from dataclasses import replace

    with history(asked.db) as opened:
        with opened.reading() as connection:
            choice = resolved(connection, replace(asked.choice, unit=unit))
            told = asking_units.of_unit(connection, choice)
            if not told:  # all its runs are of the other kind
                other = "real" if choice.simulated else "simulated"
                raise UserError(
                    f"no {'simulated' if choice.simulated else 'real'} run of unit {unit!r}", f"it has {other} runs", _other(choice)
                )
        records = [opened.record(one.id) for one in told]
        found = opened.evidence(one.id for one in told)
        kept = [[(name, str(evidence.path_of(opened.evidence_folder, sha256))) for name, sha256 in found.get(one.id, ())] for one in told]
    columns = ("run", "verdict", "started", "rig", "plan", "station", "operator", "certificate", "why")
    rows = [
        (at, one.verdict, one.started, one.rig, one.plan, one.station or None, one.operator or None, one.certificate or None, one.headline)
        for at, one in enumerate(told, 1)
    ]
    says = [line for at, record in enumerate(records, 1) if record["verdict"] != "PASS" for line in _why(at, record)]
    says += [f"run {at}  evidence: {name}   {path}" for at, files in enumerate(kept, 1) for name, path in files]
    facts = {"unit": unit, "records": records, "evidence": [[{"name": name, "path": path} for name, path in files] for files in kept]}
    return Answer(head("all attempts", choice), [Sheet(columns, rows)], says, choice.simulated, facts=facts)


def _other(choice: Choice) -> str:
    return "leave --simulated out" if choice.simulated else "--simulated"


def _why(at: int, record: dict[str, Any]) -> list[str]:
    """What the report says under a headline."""
    lines = [f"run {at}  {record['verdict']}: {record['headline']}"]
    return lines + [f"  {line.key:<10} {' · '.join(line.items)}" for line in headline.lines(record)]


def yields(asked: Asked, *, causes: bool) -> Answer:
    """Yields and causes."""
    with asking(asked) as (connection, choice):
        found = asking_yields.yields(connection, choice)
    columns = ("rig", "demand", "units", "first_pass", "first_pass_low", "first_pass_high", "final", "runs", "aside")
    rows = [
        (one.rig, one.demand, one.first_pass.n, *_interval(one.first_pass), one.final.value, one.runs, one.aside) for one in found.steps
    ]
    of_causes = ("cause", "count", "share", "cumulative")
    sheets = [Sheet(columns, rows, "steps")]
    sheets += [Sheet(of_causes, [(c.cause, c.count, c.share, c.cumulative) for c in found.causes], "causes of first failures")]
    aside = [(c.cause, c.count, c.share, c.cumulative) for c in found.station_causes]
    sheets += [Sheet(of_causes, aside, "runs that judged no unit")]
    if causes:
        sheets = [sheets[1], sheets[0], sheets[2]]
    facts = {"rolled_throughput_yield": found.rolled, "without_unit": found.without_unit}
    return Answer(head("yield", choice), sheets, _says(found), choice.simulated, facts, lambda: _pareto(found, bool(choice.simulated)))


def _says(found: asking_yields.Yield) -> list[str]:
    says = (
        [f"Rolled throughput yield: {found.rolled:.4f}, the product of {counted(len(found.steps), 'first-pass yield')}."]
        if found.rolled == found.rolled
        else []
    )
    says += [f"{counted(found.without_unit, 'judged run')} without a serial number, in no yield."] if found.without_unit else []
    return [*says, "First pass: of a unit's first judged run; ERROR, INVALID, INCOMPLETE and broken-off runs are aside. Intervals: 95 %."]


def _pareto(found: asking_yields.Yield, simulated: bool) -> str:
    from hil.history.plots import pareto

    if not found.causes:
        raise UserError("-o: nothing to draw", "no unit failed", "`hil history yield` says the yields")
    return pareto(found, simulated=simulated)


def _interval(share: Share) -> tuple[float, float, float]:
    return share.value, share.low, share.high
