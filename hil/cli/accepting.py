"""The command `hil accept`: its options, and the process that comes up while they are looked through."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from hil.cli.options import PlanName, Seed, Set


def accept(
    rigs: Annotated[list[str] | None, typer.Argument(metavar="RIG...", help="rig files, or names of shipped rigs (hil rigs)")] = None,
    every: Annotated[bool, typer.Option("--all", help="every shipped rig")] = False,
    sim: Annotated[bool, typer.Option("--sim", help="on the simulated twins")] = False,
    unit: Annotated[str | None, typer.Option("--unit", metavar="SERIAL", help="serial number of the unit under test")] = None,
    plan: PlanName = "quick",
    seed: Seed = 0,
    tests: Annotated[
        list[Path] | None, typer.Option("--tests", metavar="FILE", help="your own tests, into the same plan, record and report")
    ] = None,
    changes: Set = None,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="records as one JSON array, in the order given; - for standard output")
    ] = None,
    junit: Annotated[str | None, typer.Option("--junit", metavar="FILE", help="JUnit XML, a suite for each rig")] = None,
    markdown: Annotated[str | None, typer.Option("--markdown", metavar="FILE", help="a summary for the page of a CI run")] = None,
    reports: Annotated[Path, typer.Option("--reports", metavar="DIR", help="where the report folders go")] = Path("reports"),
    wait_for_start: Annotated[
        bool, typer.Option("--wait-for-start", help="begin when the start button of the rig's [station] is pressed")
    ] = False,
    allow_reboot: Annotated[bool, typer.Option("--allow-reboot", help='run tests marked needs("reboot") too')] = False,
    operator: Annotated[str | None, typer.Option("--operator", metavar="NAME", help="who runs it; in the record")] = None,
    order: Annotated[str | None, typer.Option("--order", metavar="NUMBER", help="the order it is made for")] = None,
    part: Annotated[str | None, typer.Option("--part", metavar="NUMBER[/REV]", help="the part's number, and its revision")] = None,
    batch: Annotated[str | None, typer.Option("--batch", metavar="NUMBER", help="the batch it is from")] = None,
    serials: Annotated[
        list[str] | None, typer.Option("--serial", metavar="PART=SERIAL", help="serial number of a sub-unit: lens=L-0815")
    ] = None,
    waive: Annotated[
        list[str] | None,
        typer.Option(
            "--waive",
            metavar="WHAT=REASON",
            help="let pass overdue equipment, a retest, or golden units that did not run; printed in every report",
        ),
    ] = None,
    station: Annotated[
        Path | None, typer.Option("--station", metavar="DIR", help="the test station's folder (hil station), if not this machine's own")
    ] = None,
    jobs: Annotated[int, typer.Option("-n", min=0, metavar="N", help="simulated rigs side by side; 0: as many as cores")] = 0,
) -> None:
    """Put the cameras of one or more rigs through acceptance: one pytest process and one record per rig."""
    from hil.cli.process import Ahead

    # pytest rewrites the assertions of what it imports for the sake of a user's tests: nothing may be imported before it then.
    with Ahead() if not tests else contextlib.nullcontext() as ahead:
        from hil.cli import accept as work
        from hil.cli.job import Job

        chosen = work.chosen_rigs(rigs or [], every=every)
        job = Job(operator, order, part, batch, serials or [], waive or [], station)
        options = work.Options(sim, unit, plan, seed, tests or [], changes or [], reports, jobs, wait_for_start, allow_reboot, job)
        raise typer.Exit(work.run(chosen, options, work.Outputs(json_file, junit, markdown), ahead))
