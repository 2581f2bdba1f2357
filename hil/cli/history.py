"""`hil history ...`: what many runs say together. Options here; what they do is in `history_work` and `history_statistics`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hil.cli.answer import Answer, Output

if TYPE_CHECKING:
    from hil.history.choice import Choice

app = typer.Typer(help="What many runs say together: units, yield, capability, trend, gauge studies.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CHARACTERISTIC", help="frame_rate, sync_offset, ...; `hil history capability` lists them")]
Subject = Annotated[str | None, typer.Option("--subject", metavar="PART", help="part of the rig that was measured: cm3, source+sink")]
Mode = Annotated[str | None, typer.Option("--mode", metavar="MODE", help='sensor mode: 2304x1296, "2304x1296 HDR"')]
Nth = Annotated[int | None, typer.Option("--nth", metavar="N", help="which, where a run measures it under several conditions")]
Every = Annotated[bool, typer.Option("--every", help="all runs of each unit, not its first one alone")]
Csv = Annotated[bool, typer.Option("--csv", help="as CSV")]
Json = Annotated[bool, typer.Option("--json", help="as a JSON array")]
Plot = Annotated[Path | None, typer.Option("-o", metavar="FILE.svg", help="draw it, too")]
Db = Annotated[
    str | None,
    typer.Option(
        "--db", metavar="URL", help="history: SQLite file or PostgreSQL URL; HIL_HISTORY, station.toml, else reports/history.sqlite"
    ),
]

Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="runs from this day on: 2026-11-22, or 2026-11-22T14:03 (UTC)")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="runs up to the end of this day")]
Station = Annotated[str | None, typer.Option("--station", metavar="ID", help="runs of this station")]
_CHOICE: dict[str, Any] = {
    "since": Since,
    "until": Until,
    "rig": Annotated[str | None, typer.Option("--rig", metavar="RIG", help="runs of this rig")],
    "plan": Annotated[str | None, typer.Option("--plan", metavar="PLAN", help="runs of this plan")],
    "station": Station,
    "part": Annotated[str | None, typer.Option("--part", metavar="NUMBER", help="units of this part number")],
    "batch": Annotated[str | None, typer.Option("--batch", metavar="LOT", help="units of this lot")],
    "unit": Annotated[str | None, typer.Option("--unit", metavar="SERIAL", help="runs of this unit")],
    "simulated": Annotated[bool, typer.Option("--simulated", help="simulated runs; never mixed with real ones")],
}
"""Which runs: options of every question."""


@dataclass(frozen=True)
class Asked:
    """What every question knows: the history, which runs, and how the answer is wanted."""

    db: str | None
    choice: Choice
    output: Output


def _require() -> None:
    """Before anything is imported that a bench may do without."""
    from hil.history.needs import require

    require()


def _question(plots: bool = False) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Make a command of a function that answers: it gets the options that all questions have."""

    def made(answers: Callable[..., Answer]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            _require()
            from hil.cli.history_work import chosen

            output = Output(given.pop("as_csv"), given.pop("as_json"), given.pop("plot", None))
            output.refuse_what_cannot_be(plots)
            choice = {name: given.pop(name) for name in _CHOICE if name not in own}
            output.write(answers(Asked(given.pop("db"), chosen(choice), output), **given))

        own = dict(list(inspect.signature(answers, eval_str=True).parameters.items())[1:])
        kinds = {"as_csv": Csv, "as_json": Json, **({"plot": Plot} if plots else {}), **_CHOICE, "db": Db}
        flags = ("as_csv", "as_json", "simulated")
        more = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False if name in flags else None, annotation=kind)
            for name, kind in kinds.items()
            if name not in own
        ]
        named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own.values()]
        run.__signature__ = inspect.Signature([*named, *more])  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in (*named, *more)}
        run.__name__, run.__doc__ = answers.__name__, answers.__doc__
        return run

    return made


@app.command("units")
@_question()
def units(
    asked: Asked,
    failed: Annotated[bool, typer.Option("--failed", help="only those whose last run was not accepted")] = False,
    last: Annotated[int, typer.Option("-n", min=0, metavar="N", help="the newest N; 0: all")] = 50,
) -> Answer:
    """List units with their last verdict and its reason, the newest first."""
    from hil.cli import history_work as work

    return work.units(asked, failed=failed, last=last)


@app.command("show")
@_question()
def show(asked: Asked, unit: Annotated[str, typer.Argument(metavar="SERIAL", help="the unit")]) -> Answer:
    """Show all attempts of one unit, and why each ended as it did; --json has the whole records."""
    from hil.cli import history_work as work

    return work.show(asked, unit)


@app.command("yield")
@_question(plots=True)
def yield_(asked: Asked, causes: Annotated[bool, typer.Option("--causes", help="with --csv: the causes, not the steps")] = False) -> Answer:
    """Show first-pass, final and rolled yield, and the causes of failures; -o draws their Pareto chart."""
    from hil.cli import history_work as work

    return work.yields(asked, causes=causes)


@app.command("capability")
@_question(plots=True)
def capability(
    asked: Asked,
    name: Annotated[str | None, typer.Argument(metavar="[CHARACTERISTIC]", help="all in one table when left out")] = None,
    subject: Subject = None,
    mode: Mode = None,
    nth: Nth = None,
    every: Every = False,
) -> Answer:
    """Show Cp, Cpk, Pp and Ppk with their confidence intervals; -o draws the histogram with its limits."""
    from hil.cli import history_statistics as work

    return work.capability(asked, name, work.Which(subject, mode, nth, every))


@app.command("trend")
@_question(plots=True)
def trend(
    asked: Asked,
    name: Name,
    subject: Subject = None,
    mode: Mode = None,
    nth: Nth = None,
    every: Every = False,
    baseline: Annotated[int | None, typer.Option("--baseline", min=2, metavar="N", help="control limits from the first N readings")] = None,
) -> Answer:
    """Show a characteristic over time: control chart, broken Nelson rules with unit and date, drift; --unit SERIAL follows one unit."""
    from hil.cli import history_statistics as work

    return work.trend(asked, name, work.Which(subject, mode, nth, every), baseline)


@app.command("compare")
@_question(plots=True)
def compare(
    asked: Asked,
    name: Name,
    first: Annotated[str | None, typer.Argument(metavar="[A]", help="a station, plan, lot, ...")] = None,
    second: Annotated[str | None, typer.Argument(metavar="[B]", help="another one; both may be left out where there are two")] = None,
    by: Annotated[str, typer.Option("--by", metavar="WHAT", help="station, plan, rig, batch, part, procedure or operator")] = "station",
    subject: Subject = None,
    mode: Mode = None,
    nth: Nth = None,
    every: Every = False,
) -> Answer:
    """Compare a characteristic between two stations, plans or lots: means (Welch) and spreads (Levene)."""
    from hil.cli.history_compare import compare as compared
    from hil.cli.history_statistics import Which

    return compared(asked, name, (first, second), by, Which(subject, mode, nth, every))


@app.command("grr")
@_question(plots=True)
def grr(
    asked: Asked,
    name: Annotated[str | None, typer.Argument(metavar="[CHARACTERISTIC]", help="from the history; or FILE.csv, as with --from")] = None,
    file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.csv", help="a study with columns part, appraiser, trial, value")
    ] = None,
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", metavar="WIDTH", help="upper less lower limit; the history knows it")
    ] = None,
    by: Annotated[
        str,
        typer.Option("--by", metavar="WHAT", help="what stands for the appraisers: seating (hil gauge), station, operator, rig, batch"),
    ] = "station",
    subject: Subject = None,
    mode: Mode = None,
    nth: Nth = None,
) -> Answer:
    """Evaluate a gauge study, units by appraisers by trials: repeatability, reproducibility, categories (AIAG, ANOVA)."""
    from hil.cli.history_grr import grr as evaluated
    from hil.cli.history_statistics import Which

    return evaluated(asked, name, file, tolerance, by, Which(subject, mode, nth, every=True))


@app.command("export")
def export(
    out: Annotated[Path, typer.Option("-o", metavar="FILE", help="records, one a line: FILE.jsonl or FILE.jsonl.gz")],
    since: Since = None,
    until: Until = None,
    station: Station = None,
    evidence: Annotated[bool, typer.Option("--evidence/--no-evidence", help="with what the runs have attached")] = True,
    db: Db = None,
) -> None:
    """Write records to a file for another history, real and simulated ones, with their evidence."""
    _require()
    from hil.cli import history_exchange as work

    work.export(out, since, until, station, db, evidence=evidence)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="what export wrote, record.json files, or folders of runs")],
    db: Db = None,
) -> None:
    """Take records from files: known ones are left alone, conflicts and changed records are named, all others are taken."""
    _require()
    from hil.cli import history_exchange as work

    raise typer.Exit(work.import_(files, db))
