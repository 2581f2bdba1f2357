"""What accompanies a unit from `hil accept` into the pytest process: attempt, operator, order, station and what else it cannot know.

A file traveller.json in the run's folder, written before the process starts; its keys are those of `events.TRAVELLER`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.report import journal
from hil.report.events import TRAVELLER, Event, attachment
from hil.report.jsontext import document

NAME, WIRING = "traveller.json", "wiring.svg"


def write(folder: Path, told: Mapping[str, Any]) -> None:
    """Write what is known; KeyError for what no record has."""
    unknown = set(told) - set(TRAVELLER)
    if unknown:
        raise KeyError(f"{', '.join(sorted(unknown))}: a record has {', '.join(TRAVELLER)}")
    (folder / NAME).write_text(document(told), encoding="utf-8")


def drawing(folder: Path) -> Event | None:
    """The attachment event of the wiring picture that `hil accept` put into the folder; None if there is none."""
    path = folder / WIRING
    if not path.exists():
        return None
    return attachment("wiring", WIRING, mime="image/svg+xml", sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def attempt(runs: Path, *, rig: str, plan: str, simulated: bool) -> int:
    """The number of the next run of a unit, whose runs lie in the folder `runs`, on that rig and by that plan: 1 for the first.

    A run that was barred, and so drove nothing, was no attempt.
    """
    alike = (rig, plan, simulated)
    begun = {path: _begun(path) for path in runs.glob("*/journal.jsonl")}
    tried = [path for path, one in begun.items() if (one.get("rig"), one.get("plan", {}).get("name"), one.get("simulated")) == alike]
    return 1 + sum(not _barred(path) for path in tried)


def _barred(path: Path) -> bool:
    return any(event.get("severity") == "invalid" for event in journal.parse(path.read_bytes()).events)


def _begun(path: Path) -> Event:
    """The first line of a journal; {} if it has none."""
    with path.open("rb") as file:
        told = journal.parse(file.readline()).events
    return told[0] if told else {}


def read(folder: Path) -> dict[str, Any]:
    """What was written for a run in that folder; empty if nothing was."""
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: not a traveller", str(error), "hil accept writes it") from error
    if not isinstance(told, dict):
        raise UserError(f"{path}: not a traveller", f"a {type(told).__name__}", "hil accept writes it")
    return {key: told[key] for key in TRAVELLER if key in told}
