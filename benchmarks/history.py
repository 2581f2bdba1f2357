"""A history of ten thousand units with 60 measurements each: filing one by one and in bulk, questions and plots, on both databases."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from benchmarks.fleet import MEASUREMENTS, fleet
from hil.history import exchange, plots, readings, units, yields
from hil.history.choice import Choice, resolved
from hil.history.stats import capability, compare, control
from hil.history.store import History

UNITS, SINGLY = 10_000, 1_000


def main(count: int) -> None:
    """Print a line a figure."""
    with tempfile.TemporaryDirectory(prefix=".benchmark-", dir=Path.cwd()) as folder:
        root = Path(folder)
        with History.open(str(root / "single.sqlite")) as history:
            singly(history, min(SINGLY, count))
        with History.open(str(root / "history.sqlite")) as history:
            bulk(history, root, count)
            answers = questions(history)
            plans(history)
            size = sum(path.stat().st_size for path in root.glob("history.sqlite*")) / 1e6
            print(f"SQLite file: {size:.0f} MB for {count} units")
            on_postgresql(history, root, count, answers)


def singly(history: History, count: int) -> None:
    """A durable commit a unit."""
    made = list(fleet(count))
    begun = time.perf_counter()
    for record in made:
        assert history.add(record).what == "added"
    print(f"one by one, durable: {count / (time.perf_counter() - begun):.0f} units/s")


def bulk(history: History, root: Path, count: int) -> None:
    """From a file, as `hil history import` does."""
    file = root / "fleet.jsonl"
    with History.open(str(root / "other.sqlite")) as other:
        added = other.add_all(("", record, exchange.sealed(record)) for record in fleet(count))
        assert sum(1 for one in added if one.what == "added") == count
        begun = time.perf_counter()
        exchange.export(other, Choice(), file)
        print(f"export: {count / (time.perf_counter() - begun):.0f} units/s, {file.stat().st_size / 1e6:.0f} MB")
    begun = time.perf_counter()
    told = exchange.import_files(history, [file])
    took = time.perf_counter() - begun
    assert told.added == count
    print(f"import: {count / took:.0f} units/s, {count * MEASUREMENTS / took:.0f} measurements/s")
    begun = time.perf_counter()
    assert exchange.import_files(history, [file]).known == count
    print(f"the same again: {count / (time.perf_counter() - begun):.0f} units/s, all known")


def questions(history: History) -> list[object]:
    """Each question, and each plot."""
    answers: list[object] = []
    with history.reading() as connection:
        choice = resolved(connection, Choice())

        def ask(name: str, question: Callable[[], object]) -> object:
            begun = time.perf_counter()
            answer = question()
            print(f"  {name:<28} {1e3 * (time.perf_counter() - begun):6.0f} ms")
            answers.append(answer)
            return answer

        print(f"{history.engine.dialect.name}:")
        ask("units, newest 50", lambda: units.latest(connection, choice, limit=50))
        ask("units that do not pass", lambda: units.latest(connection, choice, failed=True))
        ask("show one unit", lambda: units.of_unit(connection, Choice(unit="U-00042", simulated=True)))
        told = ask("yield", lambda: yields.yields(connection, choice))
        ask("overview of characteristics", lambda: readings.overview(connection, choice))
        found = ask("readings of one", lambda: _readings(connection, choice))
        answers[-1] = found.values.tolist()
        capable = ask("capability", lambda: capability.capability(found.values, found.lower, found.upper))
        chart = ask("control chart, 8 rules", lambda: control.chart(found.values))
        answers[-1] = chart.violations
        pair = ask(
            "readings of two stations", lambda: tuple(_readings(connection, choice.where("station", one)) for one in ("ST-1", "ST-2"))
        )
        answers[-1] = None
        compared = ask("comparison", lambda: compare.compare(*(one.values for one in pair)))
        ask("plot: histogram", lambda: plots.histogram(found, capable, simulated=True))
        ask("plot: trend", lambda: plots.trend(found, chart, simulated=True))
        ask("plot: Pareto", lambda: plots.pareto(told, simulated=True))
        ask("plot: comparison", lambda: plots.groups(*pair, ("ST-1", "ST-2"), compared, simulated=True))
    return answers


def _readings(connection: Connection, choice: Choice) -> readings.Readings:
    (key, of), *_ = readings.find(connection, "frame_rate", None, None, None)
    return readings.readings(connection, choice, key, of)


def plans(history: History) -> None:
    """How SQLite goes about the largest questions: nothing may scan the measurements of all characteristics for the sake of one."""
    asked: list[str] = []
    with history.reading() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        choice = resolved(connection, Choice())
        _readings(connection, choice)
        units.latest(connection, choice, limit=50)
        for statement, given in list(asked)[-4:]:
            if statement.startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
                print("plan:", " | ".join(row[3] for row in rows))


def on_postgresql(history: History, root: Path, count: int, expected: list[object]) -> None:
    """The same from PostgreSQL, where the tests' server can be had."""
    try:
        from tests.history import postgres
    except ImportError as missing:
        print(f"PostgreSQL: left out, {missing}")
        return
    with postgres.server() as home, History.open(f"postgresql://postgres@/postgres?host={home}", evidence_folder=root) as other:
        begun = time.perf_counter()
        told = exchange.import_files(other, [root / "fleet.jsonl"])
        print(f"import: {told.added / (time.perf_counter() - begun):.0f} units/s")
        with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
        same = [_alike(ours, theirs) for ours, theirs in zip(expected, questions(other), strict=True)]
        print(f"the same answers: {'yes' if all(same) else f'no: {same}'}")


def _alike(ours: Any, theirs: Any) -> bool:
    """Equal; sums over thousands of readings, made in another order, to twelve digits."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return ours == theirs or abs(ours - theirs) <= 1e-12 * abs(ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_alike, ours, theirs))
    if isinstance(ours, readings.Overview) and isinstance(theirs, readings.Overview):
        return all(_alike(getattr(ours, name), getattr(theirs, name)) for name in ("of", "n", "failed", "mean", "lower", "upper"))
    return bool(ours == theirs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else UNITS)
