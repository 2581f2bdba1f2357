"""Which single fault of a circuit explains the levels that were measured: every one-part change is computed and compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from hil import catalog
from hil.checks.diagnosis import Diagnosis, diagnose
from hil.measure import Measurement
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import Band
from hil.rig.electrical.worst import level as expected_level
from hil.rig.rewire import changed, with_parts
from hil.rig.wiring import Item, Line, Part, Pin

if TYPE_CHECKING:
    from hil.rig import Rig

COVERAGE = 4.0
"""Standard uncertainties of the meter by which a level may be outside a band: two independent figures must not disagree by chance."""

_LIFTING = ("five_volts", "open")
"""Kinds that lift a net until the pads' diodes hold it: above them, what lifted it no longer shows in its level."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level that was read."""

    name: str
    """The characteristic: "level_high"."""
    meter: str
    """The pin that read it."""
    state: State
    """What the devices did meanwhile."""
    reading: Measurement
    """The voltage, in V."""

    @property
    def volts(self) -> float:
        """The voltage that was read."""
        return self.reading.value

    def limits(self, band: Band) -> tuple[float, float]:
        """Between which it is where the true level is in `band`."""
        slack = COVERAGE * self.reading.u
        return band.low - slack, band.high + slack


@dataclass(frozen=True, slots=True)
class Suspect:
    """One change to the rig, and the words for it."""

    kind: str
    """The condition in `causes.toml`: "open"."""
    rig: Rig
    words: Mapping[str, str]
    off: tuple[str, ...] = ()
    """Cameras without supply, whatever the state says."""
    blind: bool = False
    """The meter hangs in the air: its own input pulls it to ground."""

    def band(self, level: Level) -> Band | None:
        """What the level would be; None if its meter is no longer wired."""
        if self.blind:
            return Band(0.0, 0.0, 0.0)
        state = State(tuple(dict.fromkeys((*level.state.off, *self.off))), level.state.pins)
        model = Model(self.rig)
        return expected_level(model, level.meter, state) if level.meter in model.circuit.nodes else None

    def misses(self, levels: Sequence[Level]) -> float:
        """How badly it explains them: 0 where all are as is typical for it, 1 where one is at the edge of its band, inf where outside."""
        return max(_misses(level, self.band(level)) for level in levels)


def explain(rig: Rig, net: str, levels: Sequence[Level]) -> Diagnosis:
    """The diagnosis for levels that are not those of the rig file: the likeliest fault that gives all of them, the others named with it."""
    ranked = sorted(
        ((suspect.misses(levels), place, suspect) for place, suspect in enumerate(suspects(rig, net, levels[0].meter))),
        key=lambda one: one[:2],
    )
    fitting = [suspect for misses, _, suspect in ranked if misses < math.inf]
    seen = [f"{level.name.removeprefix('level_')} {level.volts:.3f} V, expected {_expected(rig, level)}" for level in levels]
    if not fitting:
        return _told("unexplained", {"net": net, "rig_file": rig.name}, seen, ())
    best, *others = fitting
    computed = ", ".join(f"{band.typical:.2f} V" for level in levels if (band := best.band(level)))
    told = {"net": net, "rig_file": rig.name, "levels": computed}
    lifted = {suspect.kind: suspect for suspect in reversed(fitting) if suspect.kind in _LIFTING}
    if best.kind in lifted and len(lifted) == len(_LIFTING):
        others = [suspect for suspect in others if suspect not in lifted.values()]
        return _told("lifted", {**told, **lifted["five_volts"].words, **lifted["open"].words}, seen, others)
    return _told(best.kind, {**told, **best.words}, seen, others)


def _told(kind: str, facts: Mapping[str, str], seen: Sequence[str], others: Sequence[Suspect]) -> Diagnosis:
    found = diagnose("wiring", {**facts, kind: True}, seen)
    assert found is not None, kind
    # No level tells these apart: all of them are said.
    also = ", or ".join(other.words["brief"] for other in others)
    return replace(found, says=f"{found.says}; or {also}") if also else found


def _expected(rig: Rig, level: Level) -> str:
    return str(expected_level(Model(rig), level.meter, level.state))


def _misses(level: Level, band: Band | None) -> float:
    if band is None:
        return math.inf
    low, high = level.limits(band)
    if not low <= level.volts <= high:
        return math.inf
    half = band.typical - low if level.volts < band.typical else high - band.typical
    # In quarters: what differs by less explains the levels as well.
    return round(4.0 * abs(level.volts - band.typical) / half) / 4.0 if half > 0 else 0.0


def suspects(rig: Rig, net: str, meter: str) -> Iterator[Suspect]:
    """Every single fault of the branches on `net`, the likeliest first."""
    branches = [line for line in rig.lines if line.parts and net in {str(item) for item in line.items}]
    for line in branches:
        yield from _swapped(rig, line)
        yield from _five_volts(rig, line)
    for line in branches:
        yield _missing(rig, line)
    yield Suspect("blind", rig, {"brief": f"the wire to {meter} open", "meter": meter}, blind=True)
    for line in branches:
        for part in line.parts:
            yield _part(rig, "open", line, part)
            yield _part(rig, "short", line, part)
    for name, camera in rig.cameras.items():
        if camera.always_on:
            overlay = catalog.sensor(catalog.module(camera.module).sensor).overlay
            yield Suspect(
                "clamped", rig, {"camera": name, "host": camera.host, "overlay": overlay, "brief": f"{name} without supply"}, (name,)
            )


def _swapped(rig: Rig, line: Line) -> Iterator[Suspect]:
    resistors = [part for part in line.parts if part.kind == "R"]
    for one, other in combinations(resistors, 2):
        if one.value != other.value:
            now = {one.name: replace(other, name=one.name), other.name: replace(one, name=other.name)}
            brief = f"{one.name} and {other.name} swapped"
            yield _changed(rig, "swapped", line, with_parts(line, now), brief, part=str(one), other=str(other))


def _five_volts(rig: Rig, line: Line) -> Iterator[Suspect]:
    now = replace(line, items=tuple(_on_five_volts(item) for item in line.items))
    if now != line:
        yield _changed(rig, "five_volts", line, now, f"{line.name} on 5 V")


def _on_five_volts(item: Item) -> Item:
    return replace(item, pin="5V") if isinstance(item, Pin) and item.pin == "3V3" else item


def _missing(rig: Rig, line: Line) -> Suspect:
    """Every part open: the pins stay what they are for, but nothing reaches them."""
    now = with_parts(line, {part.name: changed(part, "open") for part in line.parts})
    return _changed(rig, "missing", line, now, f"line {line.name} missing")


def _part(rig: Rig, kind: str, line: Line, part: Part) -> Suspect:
    now = with_parts(line, {part.name: changed(part, kind)})
    return _changed(rig, kind, line, now, f"{part.name} {'bridged' if kind == 'short' else kind}", part=part.name, value=part.text)


def _changed(rig: Rig, kind: str, line: Line, now: Line, brief: str, **words: str) -> Suspect:
    other = rig.with_lines([now if each is line else each for each in rig.lines])
    return Suspect(kind, other, {"line": line.name, "text": rig.wiring[line.name], "brief": brief, **words})
