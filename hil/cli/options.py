"""Arguments and options that several commands take, in one wording."""

from __future__ import annotations

from typing import Annotated

import typer

RigName = Annotated[str, typer.Argument(metavar="RIG", help="rig file, or name of a shipped rig")]
Sim = Annotated[bool, typer.Option("--sim", help="on the simulated twin")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="seed of the twin's hidden truth and noise")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="change the twin, not the rig file: cameras.cm3.present=false")
]
PlanName = Annotated[str, typer.Option("--plan", metavar="PLAN", help="plan file, or a shipped plan: quick, full, line")]
