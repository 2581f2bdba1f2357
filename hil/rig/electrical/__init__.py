"""Whether what a rig file has soldered is sound, judged before anything is driven.

    refuse(rig)                          # Faults where driving it could harm a part or cannot work
    for finding in findings(rig): ...    # all of them: refuse, warn, note
    expected_level(rig, "pico.GP26")     # the band in which a meter of the rig must read

Nodal analysis over all tolerances and power states, with meters, internal pulls and reset pulls as loads.
"""

from __future__ import annotations

from hil.errors import Faults
from hil.rig.electrical import joined, levels, logic, outputs, pads
from hil.rig.electrical.finding import Finding, Severity
from hil.rig.electrical.levels import Level
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import Band, level
from hil.rig.model import Rig

__all__ = ["Band", "Finding", "Level", "Severity", "State", "expected_level", "findings", "level_table", "refuse"]

_RULES = (outputs.supplies, joined.findings, pads.findings, logic.findings, outputs.findings)
_ORDER: tuple[Severity, ...] = ("refuse", "warn", "note")


def findings(rig: Rig) -> tuple[Finding, ...]:
    """What is to say of a rig's wiring, the worst first, then in file order. Wires that short a supply are all there is to say."""
    model = Model(rig)
    found: list[Finding] = []
    for rule in _RULES:
        found += rule(model)
        if rule is outputs.supplies and any(finding.severity == "refuse" for finding in found):
            break
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (_ORDER.index(finding.severity), finding.line)))


def refuse(rig: Rig) -> None:
    """`Faults` with every finding that refuses; a rig without wiring has none."""
    refused = [str(finding) for finding in findings(rig) if finding.severity == "refuse"] if rig.wiring else []
    if refused:
        raise Faults([*refused, f"{rig.name} is not driven; `hil check` shows the levels of its nets"])


def level_table(rig: Rig) -> tuple[Level, ...]:
    """The level of every signal net in every power state."""
    return tuple(levels.table(Model(rig)))


def expected_level(rig: Rig, pin: str, state: State | None = None) -> Band:
    """Where the level of `pin` (a meter's, or any that is wired) must lie if all is soldered as the rig file says.

    The meter itself is in the network. `State()`, the default, is at rest: cameras powered, sources silent, triggers high.
    KeyError for a pin that is not wired.
    """
    model = Model(rig)
    model.circuit.nodes[pin]
    return level(model, pin, state or State())
