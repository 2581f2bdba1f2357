"""Levels and currents at the cameras' pads: what they stand, and whether they see a high and a low."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hil.rig.circuit import SUPPLIES
from hil.rig.electrical import facts, levels
from hil.rig.electrical.finding import Finding, Severity, at_line
from hil.rig.electrical.levels import Level
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import thevenin
from hil.rig.words import listed


def findings(model: Model) -> Iterator[Finding]:
    """Every net with camera pads."""
    for pad, pads in levels.signal_nets(model):
        seen = levels.of_net(model, pads)
        too_high = _too_high(model, pad, seen)
        yield from too_high
        if not too_high:
            yield from _no_high(model, pad, seen)
            yield from _no_low(model, pad, seen)
            yield from _clamped(model, pad, seen)
        yield from _injected(model, pad, seen)
        yield from _erratum_e9(model, pad, seen)
        yield from _external_pull_up(model, pad)
    yield from _low_without_firmware(model)


def _too_high(model: Model, pad: str, seen: list[Level]) -> list[Finding]:
    worst = max(seen, key=lambda level: level.volts.high)
    if worst.volts.high <= facts.PAD_LIMIT_V:
        return []
    at = listed(model.roles.pads_with(pad))
    numbers = f"{worst.volts} {worst.state}; a pad stands {facts.PAD_LIMIT_V} V (OVDD 1.8 V + 0.3 V)"
    feeds = _feeds(model, pad)
    what = f"{listed(feeds)} {'puts' if len(feeds) == 1 else 'put'} too much on {at}"
    return [at_line(model, "refuse", model.line_of(pad), what, numbers, _divider(pad))]


def _feeds(model: Model, pad: str) -> Sequence[str]:
    """Who lifts the net: a supply on it or behind its resistors, else the pins that drive it, else those that are soldered to it."""
    on_it = model.circuit.pins_with(pad)
    touching = [pin for pin in (*on_it, *model.roles.behind_resistors(pad)) if pin.partition(".")[2] in SUPPLIES]
    soldered = [pin for pin in on_it if pin.partition(".")[0] not in model.rig.cameras]
    return touching or model.roles.drivers_of(pad) or soldered or [model.net_of(pad)]


def _divider(pad: str) -> str:
    if pad.endswith(".XTR"):
        return "drive XTR through 1.5k, with 1.8k from XTR to GND"
    return "take it off and set always_on = true; or two times 10k between 3V3 and GND, as on the documentation page"


def _no_high(model: Model, pad: str, seen: list[Level]) -> Iterator[Finding]:
    rest = max((level for level in seen if not level.state.off), key=lambda level: level.volts.typical)
    if rest.volts.low >= facts.PAD_VIH_V:
        return
    net = model.net_of(pad)
    numbers = f"{rest.volts}; high begins at {facts.PAD_VIH_V} V (0.7 of 1.8 V, assumed)"
    if not model.roles.drivers_of(pad) and pad.endswith(".XTR"):
        yield at_line(model, "refuse", model.line_of(pad), f"nothing drives {net}", "", "wire a pin of the Pico to it: " + _divider(pad))
    elif rest.volts.typical < facts.PAD_VIH_V:
        yield at_line(model, "refuse", model.line_of(pad), f"{net} never is high for {pad}", numbers, _divider(pad))
    else:
        yield at_line(model, "warn", model.line_of(pad), f"{net} may not be high for {pad}", numbers, "resistors of 1 %")


def _no_low(model: Model, pad: str, seen: list[Level]) -> Iterator[Finding]:
    lows = [level for level in seen if any(doing is False for _, doing in level.state.pins)]
    for low in lows:
        if low.volts.high > facts.PAD_VIL_V:
            never = low.volts.typical > facts.PAD_VIL_V
            what = f"{low.net} {'never is' if never else 'may not be'} low for {pad}"
            numbers = f"{low.volts} {low.state}; low ends at {facts.PAD_VIL_V} V (0.3 of 1.8 V, assumed)"
            yield at_line(model, "refuse" if never else "warn", model.line_of(pad), what, numbers, "weaken what pulls it up")


def _clamped(model: Model, pad: str, seen: list[Level]) -> Iterator[Finding]:
    """A camera without supply holds the net of the others near ground: for an active-low signal a pulse that nobody sent."""
    low = [level for level in seen if len(level.state.off) == 1 and level.volts.typical < facts.PAD_VIH_V]
    if not low or len(model.roles.pads_with(pad)) < 2:
        return
    worst = max(low, key=lambda level: level.volts.typical)
    off = listed([level.state.off[0] for level in low], "or")
    what = f"{worst.net} lies low while {off} has no supply; its rise is a pulse that nobody sent, and a frame may start on it"
    yield at_line(model, "warn", model.named_in(pad), what, f"{worst.volts}", "always_on = true keeps its pads from clamping")


def _injected(model: Model, pad: str, seen: list[Level]) -> Iterator[Finding]:
    worst = max(seen, key=lambda level: level.injected_a)
    if worst.injected_a <= facts.INJECTED_NOTICE_A:
        return
    severity: Severity = "refuse" if worst.injected_a > facts.INJECTED_LIMIT_A else "warn"
    what = f"current flows into the pad of {listed(worst.state.off)} while it has no supply"
    numbers = f"up to {worst.injected_a * 1e3:.2f} mA into {pad.partition('.')[2]}; at most {facts.INJECTED_LIMIT_A * 1e3:.0f} mA (assumed)"
    yield at_line(model, severity, model.line_of(pad), what, numbers, "always_on = true, or a larger series resistor")


def _erratum_e9(model: Model, pad: str, seen: list[Level]) -> Iterator[Finding]:
    """An RP2350 input on a net of high resistance lifts it."""
    for pin in (*model.circuit.pins_with(pad), *model.roles.drivers_of(pad)):
        device = pin.partition(".")[0]
        if device not in model.rig.picos or not model.rig.picos[device].board.endswith("Pico 2"):
            continue
        volts, ohms = thevenin(model, pad, State())
        lifted = min(facts.E9_LEVEL_V, volts + ohms * facts.E9_LEAKAGE_A) if volts > facts.LOGIC_VIL_V else volts
        if lifted > facts.PAD_LIMIT_V and pin in model.circuit.pins_with(pad):
            numbers = (
                f"{volts:.2f} V behind {ohms / 1e3:.1f} kOhm, lifted to {lifted:.2f} V by up to 120 uA; a pad stands {facts.PAD_LIMIT_V} V"
            )
            what = f"{pin} of a Pico 2 lifts {model.net_of(pad)} (RP2350 erratum E9)"
            yield at_line(model, "refuse", model.named_in(pin), what, numbers, "use a Raspberry Pi Pico, or a shifter between them")


def _external_pull_up(model: Model, pad: str) -> Iterator[Finding]:
    """The page's divider on XVS: sound, but its makers no longer recommend it."""
    fed = [pin for pin in model.roles.behind_resistors(pad) if pin.partition(".")[2] in SUPPLIES]
    if not fed or not pad.endswith((".XVS", ".XHS")):
        return
    solved = model.circuit.solve({})
    ohms = model.circuit.thevenin_ohms(pad)
    numbers = f"{solved.volts[pad]:.3f} V behind {ohms / 1e3:.2f} kOhm by itself"
    what = f"{model.net_of(pad)} is held by resistors, which hold it only while every camera on it has its supply"
    yield at_line(model, "note", model.line_of(pad), what, numbers, "Raspberry Pi now recommends always_on = true instead")


def _low_without_firmware(model: Model) -> Iterator[Finding]:
    """A Pico that does not drive yet leaves the divider to pull XTR low: an asserted trigger."""
    for camera in model.rig.cameras:
        pin = model.roles.trigger_pin(camera)
        pad = f"{camera}.XTR"
        if pin is None or pad != model.roles.pads_with(pad)[0]:
            continue
        low = levels.of_net(model, model.roles.pads_with(pad))
        released = next((level for level in low if (pin, None) in level.state.pins), None)
        if released and released.volts.typical < facts.PAD_VIH_V:
            what = f"{model.net_of(pad)} is low, which is an exposure, while {pin} does not drive: in reset, in BOOTSEL, unplugged"
            yield at_line(
                model, "note", model.line_of(pad), what, f"{released.volts}", "hil wiring --pull-up draws the resistor that lifts it"
            )
