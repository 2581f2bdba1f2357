"""From a rig to the SVG of its wiring, whole or of one device, part or net."""

from __future__ import annotations

from collections.abc import Iterator

from hil.errors import UserError
from hil.rig import electrical
from hil.rig.electrical import Level
from hil.rig.electrical.facts import PAD_LIMIT_V
from hil.rig.electrical.model import Model
from hil.rig.electrical.pullup import pull_ups
from hil.rig.model import Rig
from hil.rig.picture.draw import svg
from hil.rig.picture.layout import layout
from hil.rig.wiring import Line, Net, Part, Pin
from hil.rig.words import meant


def picture(rig: Rig, *, show: str | None = None, pull_up: bool = False) -> bytes:
    """SVG. `show` names what alone is to be seen; `pull_up` adds the resistor that keeps XTR high while the Pico does not drive."""
    if not rig.wiring:
        raise UserError(
            f"{rig.name} has no [wiring]",
            "cables alone, which are not drawn",
            "hil rigs lists rigs; those with a pair or a trigger are wired",
        )
    notes = list(_findings(rig))
    if pull_up:
        rig, held = _held(rig)
        notes += held
    model = Model(rig)
    lines = rig.lines if show is None else _concerning(rig, show)
    levels = [level for level in electrical.level_table(rig) if level.net in _nets(model, lines)]
    said = f"drawn from {rig.path.name}; ribbon and USB cables are not drawn"
    title = rig.name if show is None else f"{rig.name}: {show}"
    return svg(layout(model, lines), title, said, levels, _volts(levels), notes)


def _findings(rig: Rig) -> Iterator[str]:
    """What a technician must know before soldering: that it is refused."""
    for finding in electrical.findings(rig):
        if finding.severity == "refuse":
            yield f"REFUSED  {finding.what}" + (f" ({finding.numbers})" if finding.numbers else "")


def _held(rig: Rig) -> tuple[Rig, list[str]]:
    """The rig with a pull-up for every pin that pulses an XTR, and what it does."""
    made = list(pull_ups(rig))
    if not made:
        what = (
            "no pin of a Pico pulses an XTR here" if not Model(rig).roles.triggers else "no value holds XTR high and lets it be pulsed low"
        )
        raise UserError(f"{rig.name}: a pull-up for XTR was asked for", what, "leave --pull-up out")
    notes = []
    for one in made:
        notes.append(f"{one.text}   keeps XTR high while {one.pin} does not drive: {one.released}")
        notes.append(f"driven high XTR is {one.high}, below the {PAD_LIMIT_V} V that the pad stands; driven low {one.low}")
        notes.append("a Pico without power still leaves XTR low")
    return made[-1].rig, notes


def _volts(levels: list[Level]) -> dict[str, str]:
    """Under each net: a pad's level at rest; both levels of a net that is driven to and fro."""
    seen: dict[str, list[float]] = {}
    for level in levels:
        if not level.state.off:
            seen.setdefault(level.net, []).append(level.volts.typical)
    pads = {level.net for level in levels if level.pin.endswith((".XVS", ".XHS", ".XTR"))}
    return {net: f"rests at {volts[0]:.2f} V" if net in pads else f"{min(volts):.0f} / {max(volts):.2f} V" for net, volts in seen.items()}


def _nets(model: Model, lines: tuple[Line, ...]) -> set[str]:
    names = {str(item) for line in lines for item in line.items if not isinstance(item, Part)}
    return {model.net_of(name) for name in names} | names


def _concerning(rig: Rig, show: str) -> tuple[Line, ...]:
    """The lines that name a device, part or net, and those of the nets that these end on."""
    about = [line for line in rig.lines if show == line.name or any(show in _names(item) for item in line.items)]
    if not about:
        known = sorted({name for line in rig.lines for item in line.items for name in _names(item)} | {line.name for line in rig.lines})
        raise UserError(f"--show {show}: nothing of that name in [wiring]{meant(show, known)}", ", ".join(known))
    nets = {item.name for line in about for item in line.items if isinstance(item, Net)} | {line.name for line in about if line.is_net}
    touching = [line for line in rig.lines if line.name in nets or any(isinstance(item, Net) and item.name in nets for item in line.items)]
    return tuple(line for line in rig.lines if line in about or line in touching)


def _names(item: Pin | Net | Part) -> tuple[str, ...]:
    return (item.device, str(item)) if isinstance(item, Pin) else (item.name,)
