"""Wiring: the levels on trigger and synchronisation lines where an ADC reads them, against the circuit of the rig file.

A line is read in the states that tell its parts apart: a trigger line at rest and during a pulse, a synchronisation line with all cameras
unpowered, and with all powered but none driving it. The band of each level is the worst case over all tolerances, with the meter in
the circuit. Levels outside it are explained by the one change to the circuit (`suspects.py`) that gives all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hil.checks import roles, suspects
from hil.checks.case import START_S, Expected
from hil.checks.diagnosis import Diagnosed
from hil.checks.notebook import Notebook
from hil.checks.rigcase import RigCase, rig_case
from hil.checks.station import Station, pin_of
from hil.checks.suspects import Level
from hil.checks.triggers import START_US, Trigger
from hil.judge import Limit
from hil.judge.limits import characteristic
from hil.measure import Measurement
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import level as expected_level

if TYPE_CHECKING:
    from hil.rig import Plan, Rig

READINGS = 5
"""Of the ADC at one level; their median is taken, so that a pulse in one of them does no harm."""

PULSE_S = 0.3
"""How long the trigger is held low to read it."""

ENDLESS = 10_000
"""Frames that a camera is armed for while levels are read; it is stopped before."""


@dataclass(frozen=True, slots=True)
class Line:
    """A net that a meter reads."""

    meter: str
    net: str
    pads: tuple[str, ...]

    @property
    def is_trigger(self) -> bool:
        """Whether it is XTR, which a Pico drives."""
        return any(pad.endswith(".XTR") for pad in self.pads)

    @property
    def cameras(self) -> tuple[str, ...]:
        """Whose pads are on it."""
        return tuple(pin_of(pad)[0] for pad in self.pads)


def lines(rig: Rig) -> list[Line]:
    """The nets with camera pads on them that some meter of the rig reads, each once."""
    model = Model(rig)
    found: dict[str, Line] = {}
    for meter in model.roles.meters:
        net, pads = model.net_of(meter), model.roles.pads_with(meter)
        if pads:
            found.setdefault(net, Line(meter, net, pads))
    return [line for line in found.values() if line.is_trigger or _free_roles(line, rig)]


def _free_roles(line: Line, rig: Rig) -> bool:
    # Powered without anybody driving XVS: all cameras as sinks, which only a module parameter can make of them.
    return not any(rig.cameras[name].always_on for name in line.cameras)


def cases(rig: Rig, plan: Plan) -> list[RigCase]:
    """One a line."""
    return [
        replace(rig_case("wiring", line.cameras, rig, plan, subject=line.net), mode="").expecting(
            Expected(("level_high", "level_low") if line.is_trigger else ("level_off", "level_idle"), 2 * START_S + 1.0)
        )
        for line in lines(rig)
    ]


def run(station: Station, case: RigCase, notebook: Notebook) -> None:
    """Read the line in both its states. RigError with the change to the circuit that explains levels outside their bands."""
    line = next(line for line in lines(station.rig) if line.net == case.subject)
    with notebook.step(f"levels on {line.net}", case.seconds):
        levels = list(_trigger_levels(station, line) if line.is_trigger else _sync_levels(station, line))
    model = Model(station.rig)
    good = [_judged(level, model, line, notebook) for level in levels]
    if not all(good):
        raise Diagnosed(suspects.explain(station.rig, line.net, levels))


def swing(station: Station, line: Line) -> tuple[float, float]:
    """The levels of a trigger line in a pulse and at rest, in V."""
    high, low = _trigger_levels(station, line)
    return low.volts, high.volts


def _judged(level: Level, model: Model, line: Line, notebook: Notebook) -> bool:
    low, high = level.limits(expected_level(model, line.meter, level.state))
    known = characteristic(level.name)
    limit = Limit(low, high, "V", f"{level.state}; {known.source}", known.rule, known.title, known.about)
    m = Measurement.of(level.name, level.volts, "V", level.reading.budget, READINGS, f"{line.meter}, median of {READINGS}")
    notebook.measure(m, limit, subject=line.net, conditions={"state": str(level.state)})
    return low <= level.volts <= high


def _trigger_levels(station: Station, line: Line) -> Iterator[Level]:
    """The cameras stream freely meanwhile: powered, and deaf to XTR."""
    trigger = Trigger(station)
    model = Model(station.rig)
    pin = next(iter(model.roles.drivers_of(line.pads[0])))
    with roles.held(station, line.cameras, ""), _streaming(station, line.cameras):
        trigger.idle()
        yield _read("level_high", State(), station, line)
        pulse = trigger.burst(1, PULSE_S * 1e6, 0.5 / PULSE_S)
        pulse.send()
        station.clock.sleep(START_US / 1e6 + PULSE_S / 3)
        yield _read("level_low", State(pins=((pin, False),)), station, line)
        trigger.idle()


def _sync_levels(station: Station, line: Line) -> Iterator[Level]:
    for name in line.cameras:
        station.cameras[name].stop()
    yield _read("level_off", State(off=line.cameras), station, line)
    with roles.held(station, line.cameras, "sink"), _streaming(station, line.cameras):
        yield _read("level_idle", State(), station, line)


@contextmanager
def _streaming(station: Station, cameras: Sequence[str]) -> Iterator[None]:
    gap_s = 2.0
    with ExitStack() as stopped:
        for name in cameras:
            station.cameras[name].expect_gap(gap_s, False)
        for name in cameras:
            camera = station.cameras[name]
            camera.arm(ENDLESS, expect_gap_s=gap_s)
            stopped.callback(camera.stop)
        station.clock.sleep(START_S)
        yield


def _read(name: str, state: State, station: Station, line: Line) -> Level:
    readings = sorted((_voltage(station, line.meter) for _ in range(READINGS)), key=lambda one: one.value)
    return Level(name, line.meter, state, readings[READINGS // 2])


def _voltage(station: Station, meter: str) -> Measurement:
    """One reading."""
    device, pin = pin_of(meter)
    reading: Measurement
    if device in station.picos:
        reading = station.picos[device].adc_v(pin)
    else:
        reading = station.gpio[station.rig.adcs[device].host].adc_v(device, int(pin.removeprefix("CH")))
    return reading
