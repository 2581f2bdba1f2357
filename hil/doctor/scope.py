"""What a rig is good for: its wiring's findings, and what can be measured on it and what not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hil.doctor.lines import Line, note, ok, repair
from hil.rig import electrical, load_plan

if TYPE_CHECKING:
    from hil.checks import Planned
    from hil.rig import Rig

_PLAN = "full"


def wiring(rig: Rig) -> Iterator[Line]:
    """The electrical findings."""
    if not rig.wiring:
        return
    found = electrical.findings(rig)
    for finding in found:
        text = f"line {finding.line}  {finding.where}: " + "; ".join(part for part in (finding.what, finding.numbers) if part)
        fix = (finding.todo,) if finding.todo else ()
        yield (repair if finding.severity == "refuse" else note)("wiring", text, *fix)
    if not any(finding.severity in ("refuse", "warn") for finding in found):
        yield ok("wiring", "electrically sound in every power state, over all tolerances (hil check prints the levels)")


def measurable(rig: Rig) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the fullest plan measures on it, a check each, and what it asks for and the rig cannot show. By the rig file alone."""
    from hil.checks import not_shown, planned

    plan = load_plan(_PLAN)
    by_check: dict[str, list[Planned]] = {}
    perhaps: dict[str, None] = {}
    for each in planned(rig, plan):
        by_check.setdefault(each.check, []).append(each)
        if _lacks(each):
            perhaps[f"{each.name.replace('_', ' ')} of {each.subject} ({each.note})"] = None
    return tuple(_said(check, items) for check, items in by_check.items()), (*not_shown(rig, plan), *perhaps)


def _lacks(each: Planned) -> bool:
    """Whether a note says that the rig lacks something, not that another driver would show more."""
    return bool(each.note) and not each.note.startswith("only where")


def _said(check: str, items: Sequence[Planned]) -> str:
    subjects = ", ".join(dict.fromkeys(each.subject for each in items))
    names = dict.fromkeys(_plain(each.name, check) for each in items if not _lacks(each))
    return f"{check.replace('_', ' ')} of {subjects}" + (f": {', '.join(names)}" if set(names) != {check.replace("_", " ")} else "")


def _plain(name: str, check: str) -> str:
    return name.removeprefix(f"{check}_").replace("_", " ")
