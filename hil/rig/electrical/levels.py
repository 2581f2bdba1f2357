"""In which states a net is looked at, and the table of their levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import Band, injected, level


@dataclass(frozen=True, slots=True)
class Level:
    """The level of a net in one state."""

    net: str
    pin: str
    """The pin at which it is looked at."""
    state: State
    volts: Band
    injected_a: float = 0.0
    """Most current into a pad without supply on it."""


def signal_nets(model: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each net with camera pads, by its first pad, with all of them."""
    seen: set[str] = set()
    for pad in model.roles.pads:
        together = model.roles.pads_with(pad)
        if pad not in seen:
            seen.update(together)
            yield pad, together


def may_be_off(model: Model, pads: tuple[str, ...]) -> tuple[str, ...]:
    """The cameras of these pads that have no supply while they do not stream."""
    cameras = (pad.partition(".")[0] for pad in pads)
    return tuple(camera for camera in cameras if not model.rig.cameras[camera].always_on)


def off_states(model: Model, pads: tuple[str, ...]) -> tuple[State, ...]:
    """One camera without supply, each in turn, and all that can be."""
    cameras = may_be_off(model, pads)
    return (*(State(off=(camera,)) for camera in cameras), *((State(off=cameras),) if len(cameras) > 1 else ()))


def driven_states(model: Model, pads: tuple[str, ...]) -> tuple[State, ...]:
    """Each pin that can drive the net doing what it does not at rest."""
    drivers = model.roles.drivers_of(pads[0])
    sources = [pad for pad in pads if pad.endswith((".XVS", ".XHS")) and model.rig.cameras[pad.partition(".")[0]].sync == "source"]
    states = [State(pins=((pin, doing),)) for pin in drivers for doing in (None if pin in model.roles.triggers else True, False)]
    return tuple(states + [State(pins=((pad, doing),)) for pad in sources for doing in (True, False)])


def of_net(model: Model, pads: tuple[str, ...]) -> list[Level]:
    """The levels of a net of pads in all its states, at rest first."""
    states = (State(), *driven_states(model, pads), *off_states(model, pads))
    return [_level(model, pads, state) for state in states]


def table(model: Model) -> Iterator[Level]:
    """Every net with camera pads, then every other net that somebody reads."""
    for _, pads in signal_nets(model):
        yield from of_net(model, pads)
    nodes = {model.circuit.nodes[pad] for pad in model.roles.pads}
    for pin in (*model.roles.inputs, *model.roles.meters):
        if model.circuit.nodes[pin] not in nodes:
            nodes.add(model.circuit.nodes[pin])
            for state in (State(), *(State(pins=((driver, not model.rests_high(driver)),)) for driver in drivers(model, pin))):
                yield Level(model.net_of(pin), pin, state, level(model, pin, state))


def drivers(model: Model, pin: str) -> tuple[str, ...]:
    """The pins that drive the net of an input, straight or through resistors."""
    behind = {*model.roles.drivers_of(pin), *model.circuit.pins_with(pin)}
    return tuple(output for output in model.roles.outputs if output in behind)


def _level(model: Model, pads: tuple[str, ...], state: State) -> Level:
    seen = next((pad for pad in pads if pad.partition(".")[0] not in state.off), pads[0])
    off = [pad for pad in pads if pad.partition(".")[0] in state.off]
    most = max((injected(model, pad, state).high for pad in off), default=0.0)
    return Level(model.net_of(seen), seen, state, level(model, seen, state), most)
