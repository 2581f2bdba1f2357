"""What is printed from files alone: catalog, rigs, plans."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hil import shipped
from hil.report.figures import duration
from hil.rig import load, load_plan


def catalog(module: str | None, *, as_json: bool) -> None:
    """Print a module's facts with their sources, or an overview of all modules."""
    from hil.catalog import show

    if as_json:
        sys.stdout.write(json.dumps(show.as_json(module), indent=1, ensure_ascii=False) + "\n")
    else:
        Console(highlight=False).print(show.render(module))


def rigs() -> None:
    """One line a shipped rig."""
    table = Table(box=None, pad_edge=False)
    for column in ("rig", "camera", "on"):
        table.add_column(column)
    for name in shipped.names("rigs"):
        rig = load(name)
        table.add_row(name, ", ".join(c.module for c in rig.cameras.values()), ", ".join(h.board for h in rig.hosts.values()))
    Console(highlight=False).print(table)


def plan(rig_name: str, plan_name: str, *, as_json: bool) -> None:
    """What will be measured, in order, with the rig's time for each check and in all."""
    from hil import checks

    rig, chosen = load(rig_name), load_plan(plan_name)
    planned = checks.planned(rig, chosen)
    if as_json:
        listed = [{key: getattr(p, key) for key in ("check", "name", "subject", "mode", "seconds", "required", "note")} for p in planned]
        sys.stdout.write(json.dumps(listed, indent=1, ensure_ascii=False) + "\n")
        return
    console = Console(highlight=False)
    total = sum(p.seconds for p in planned)
    console.print(f"{rig.name} · plan {chosen.name}/{chosen.version}: {len(planned)} measurements, about {duration(total)} on the rig")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column, justify in (("check", "left"), ("of", "left"), ("rig time", "right"), ("measures", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    notes = _numbered(p.note for p in planned)
    last = ""
    for (check, subject, mode, note), group in groupby(planned, key=lambda p: (p.check, p.subject, p.mode, p.note)):
        rows = list(group)
        spent = sum(p.seconds for p in rows)
        where = f"{subject} {mode}".strip() + (f" [{notes[note]}]" if note else "")
        heading = "" if check == last else check.replace("_", " ")
        table.add_row(heading, escape(where), duration(spent) if spent else "", _names(p.name for p in rows))
        last = check
    console.print(table)
    for note, number in notes.items():
        console.print(escape(f"[{number}] {note}"))
    if chosen.budget_s and total > chosen.budget_s:
        console.print(f"more than the plan's budget of {duration(chosen.budget_s)}", style="yellow")


def _numbered(notes: Iterable[str]) -> dict[str, int]:
    return {note: number for number, note in enumerate(dict.fromkeys(note for note in notes if note), start=1)}


def _names(names: Iterable[str]) -> str:
    """Each name once, with how often: frame rate x3, page rate."""
    return ", ".join(name.replace("_", " ") + (f" x{times}" if times > 1 else "") for name, times in Counter(names).items())
