"""Whether who reads a net can read it: 3.3 V logic inputs, time stamps, shifters, ADCs."""

from __future__ import annotations

from collections.abc import Iterator

from hil.rig.circuit import SUPPLIES
from hil.rig.electrical import facts, levels
from hil.rig.electrical.finding import Finding, at_line, at_section
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import Band, level

_NO_SHIFTER = "put a level shifter or comparator between them ([shifters]); an ADC may read it as it is"


def findings(model: Model) -> Iterator[Finding]:
    """Every pin that reads."""
    for pin in model.roles.inputs:
        yield from _input(model, pin)
    for pin in (*model.roles.inputs, *model.roles.meters, *model.roles.outputs):
        yield from _overdriven(model, pin)
    yield from _stamps(model)
    for name in model.rig.shifters:
        yield from _shifter(model, name)


def _range(model: Model, pin: str) -> tuple[Band, Band]:
    """The net of `pin` when it is to be low and when it is to be high, whichever state is worst; all cameras on."""
    pads = model.roles.pads_with(pin)
    if pads:
        seen = [(dict(entry.state.pins), entry.volts) for entry in levels.of_net(model, pads) if not entry.state.off]
        lows = [volts for pins, volts in seen if False in pins.values()]
        highs = [volts for pins, volts in seen if not {False, None} & set(pins.values())]
    else:
        drivers = levels.drivers(model, pin)
        lows, highs = ([level(model, pin, State(pins=((driver, doing),))) for driver in drivers] for doing in (False, True))
    rest = level(model, pin, State())
    return max(lows, key=lambda band: band.high, default=rest), min(highs, key=lambda band: band.low, default=rest)


def _input(model: Model, pin: str) -> Iterator[Finding]:
    low, high = _range(model, pin)
    if high.typical == low.typical:
        return  # nothing of this rig moves it: a spare wire
    if high.low < facts.LOGIC_VIH_V:
        what = f"{pin} is a 3.3 V logic input and cannot read the high level of {model.net_of(pin)}"
        numbers = f"{high}; high begins at {facts.LOGIC_VIH_V} V (VIH)"
        yield at_line(model, "refuse", model.named_in(pin), what, numbers, _NO_SHIFTER)
    if low.high > facts.LOGIC_VIL_V:
        what = f"{pin} cannot read the low level of {model.net_of(pin)}"
        numbers = f"{low}; low ends at {facts.LOGIC_VIL_V} V (VIL)"
        yield at_line(model, "refuse", model.named_in(pin), what, numbers, "less resistance between it and who drives it")


def _overdriven(model: Model, pin: str) -> Iterator[Finding]:
    """A 5 V supply or shifter on a pin that stands 3.3 V."""
    if pin.partition(".")[0] in model.rig.shifters:
        return
    high = max((level(model, pin, State()), *_range(model, pin)), key=lambda band: band.high)
    if high.high > facts.LOGIC_LIMIT_V:
        what = f"{_feeder(model, pin)} puts too much on {pin}"
        yield at_line(model, "refuse", model.named_in(pin), what, f"{high}; it stands {facts.LOGIC_LIMIT_V} V", "use 3.3 V")


def _feeder(model: Model, pin: str) -> str:
    near = (*model.circuit.pins_with(pin), *model.roles.behind_resistors(pin))
    high = [other for other in near if other.partition(".")[2] in SUPPLIES or other.partition(".")[0] in model.rig.shifters]
    return " and ".join(high) or model.net_of(pin)


def _stamps(model: Model) -> Iterator[Finding]:
    clock = model.rig.clock
    if clock is None:
        return
    for pin in clock.stamp:
        if clock.drive not in levels.drivers(model, pin):
            what = f"the edges of {clock.drive} do not reach {pin}"
            yield at_section(
                model, "refuse", ("clock", "stamp"), what, "no wiring line joins them", f'clock = "{clock.drive} -- R3 1k -- {pin}"'
            )
        elif not model.circuit.same_ground(clock.drive.partition(".")[0], pin.partition(".")[0]):
            what = f"{clock.drive} and {pin} have no ground in common"
            yield at_section(model, "refuse", ("clock", "stamp"), what, "", "join their GND pins")


def _shifter(model: Model, name: str) -> Iterator[Finding]:
    made, pin, ground = model.rig.shifters[name], f"{name}.IN", f"{name}.GND"
    if pin not in model.circuit.nodes:
        yield at_section(model, "warn", ("shifters", name), f"nothing is soldered to {pin}")
        return
    pads = model.roles.pads_with(pin)
    if pads and not model.circuit.same_ground(name, pads[0].partition(".")[0]):
        yield at_section(model, "refuse", ("shifters", name), f"{ground} is not joined with that of {pads[0].partition('.')[0]}")
        return
    low, high = _range(model, pin)
    if not low.high < made.threshold_v < high.low and low.typical != high.typical:
        numbers = f"its threshold is {made.threshold_v} V; low {low}, high {high}"
        what = f"{name} does not tell the levels of {model.net_of(pin)} apart"
        middle = (low.high + high.low) / 2
        yield at_section(model, "refuse", ("shifters", name), what, numbers, f"threshold_v = {middle:.1f}")
