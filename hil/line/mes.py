"""The factory's manufacturing system (MES), reached by two commands of station.toml: `before` is asked, `after` is told.

Both get JSON on standard input. Exit status of `before`: 0, the unit may run here; 1, it may not, and the last line says why; anything
else, or no answer in time, and the system counts as not reached: `when_offline` says what then. Exit status of `after`: 0, taken; 1,
refused for good; anything else is tried again later (`hil.line.outbox`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hil.line import command
from hil.report import Record, exit_status
from hil.report.headline import about

MAY, MAY_NOT = 0, 1


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a unit may run."""

    may_run: bool | None
    """None: the system could not be asked."""
    says: str = ""


def ask(before: str, job: Mapping[str, Any], timeout_s: float) -> Answer:
    """Ask whether the unit of `job` (unit, rig, plan, procedure, attempt, station, operator, order, part, sub_units) may run here."""
    said = command.run(before, {"question": "may it run", **job}, _variables(job), timeout_s)
    if said.status == MAY:
        return Answer(True, said.text)
    if said.status == MAY_NOT:
        return Answer(False, said.text or "no reason given")
    return Answer(None, said.text or f"exit status {said.status}")


def message(record: Record) -> dict[str, Any]:
    """What `after` is told about a run: its exit status, the label to print, and the whole record."""
    return {"exit_status": exit_status(record), "label": label(record), "record": record}


def tell(after: str, told: Mapping[str, Any], timeout_s: float) -> command.Said:
    """Tell the system; the caller keeps what was not taken."""
    record = told["record"]
    more = {"HIL_VERDICT": str(record["verdict"]), "HIL_EXIT_STATUS": str(told["exit_status"]), "HIL_LABEL": told["label"]["text"]}
    return command.run(after, told, {**_variables(record), **more}, timeout_s)


def label(record: Record) -> dict[str, str]:
    """What a label printer needs, each a line of text."""
    lines = {
        "unit": str(record["unit"] or ""),
        "verdict": str(record["verdict"]),
        "certificate": record["certificate"]["number"] or "",
        "station": record["station"].get("id") or "",
        "date": (record["started"] or "")[:10],
    }
    simulated = ["SIMULATED"] if record["simulated"] else []
    words = [*simulated, lines["verdict"], about(record), lines["certificate"], lines["date"]]
    return {**lines, "text": " ".join(word for word in words if word)}


def _variables(job: Mapping[str, Any]) -> dict[str, str]:
    return {"HIL_UNIT": str(job.get("unit") or ""), "HIL_RIG": str(job.get("rig") or "")}
