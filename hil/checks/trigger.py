"""External trigger: every pulse on XTR makes a frame, exposed for as long as the pulse is low and 14.26 us more.

Trains of pulses at rates from slow to the fastest that exposure and read-out allow, each with a mark, so that every frame is told its
pulse. Above that rate nothing public says what a sensor does: it is found out, and named. Exposures are measured by light
(`trigger_light.py`): what metadata says of them is what was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hil import catalog
from hil.checks import generation as generations
from hil.checks import roles, trigger_facts, trigger_light
from hil.checks.case import START_S, Expected
from hil.checks.diagnosis import blame, diagnose
from hil.checks.notebook import Notebook
from hil.checks.rigcase import RigCase, rig_case
from hil.checks.station import Station
from hil.checks.triggers import PulseBurst, Trigger, capture_all, shortest_period_us
from hil.errors import RigError
from hil.judge.limits import characteristic
from hil.measure import EstimatorError, Measurement
from hil.measure.budget import rectangular, type_a
from hil.measure.ledger import Ledger, ledger
from hil.rig.roles import Roles

if TYPE_CHECKING:
    from hil.drivers.frames import Shots
    from hil.rig import Plan, Rig

OFFSET_US = 14.26
"""IMX296, fast trigger mode: what the exposure is longer than the low pulse (linux PR 5560)."""

ROOM = 0.995
"""Of the fastest rate: the Pico's crystal, the sensor's and rounding."""

TEN_SECONDS = 10.0
FEWEST = 6
"""Pulses of the slowest train: a mark with frames on both its sides, and intervals."""

ABOVE = (1.15, 1.5)
"""Parts of the fastest rate at which is found out what happens beyond it."""
ABOVE_PULSES = 24


@dataclass(frozen=True)
class Outcome:
    """What one train came to on one camera."""

    camera: str
    pulses: PulseBurst
    shots: Shots
    ledger: Ledger | None
    """None where the frames fall on the pulses at no shift."""
    why: str
    sent: int

    @property
    def rate_hz(self) -> float:
        """Of the pulses."""
        return 1e6 / self.pulses.period_us


def cases(rig: Rig, plan: Plan) -> list[RigCase]:
    """One of all cameras that one Pico pin triggers."""
    names = [name for name, camera in rig.cameras.items() if camera.sync == "trigger"]
    if not names or not Roles(rig).triggers:
        return []
    case = rig_case("trigger", names, rig, plan)
    trains = [(rate, pulses_at(rate, case)) for rate in rates(case)]
    expected = ["trigger_rate", "trigger_lost_pulses", "trigger_extra_frames", "trigger_lag"] * (len(trains) * len(names))
    expected += ["trigger_fastest"] * len(names)
    seconds = sum(START_S + (pulses + 2) / rate for rate, pulses in trains) + len(ABOVE) * (START_S + 1.0)
    if trigger_light.possible(case):
        expected += trigger_light.names(case)
        seconds += trigger_light.seconds(case)
    return [case.expecting(Expected(tuple(expected), seconds))]


def rates(case: RigCase) -> list[float]:
    """Hz, the slowest first; the last is the fastest that the exposure and the read-out allow."""
    fastest = ROOM * 1e6 / shortest_period_us(float(case.options["exposure_us"]))
    return [*sorted(rate for rate in case.options["rates_hz"] if rate < 0.98 * fastest), fastest]


def pulses_at(rate: float, case: RigCase) -> int:
    """How many pulses to send at a rate."""
    return max(FEWEST, min(int(case.options["frames"]), math.floor(TEN_SECONDS * rate)))


def run(station: Station, case: RigCase, notebook: Notebook) -> None:
    """Trains at every rate, then above the fastest, then exposures by light. RigError or UnitFault with the named cause of lost frames."""
    trigger = Trigger(station)
    trigger.idle()
    mode = _mode(station, case, notebook)
    if mode is None:
        return
    low_us = float(case.options["exposure_us"]) - OFFSET_US
    with roles.held(station, tuple(case.cameras)):
        configure(station, case, mode, float(case.options["exposure_us"]))
        done: list[Outcome] = []
        # The fastest first: where a slow one fails and this one did not, it is the silence between pulses that does it.
        for rate in reversed(rates(case)):
            pulses = trigger.burst(pulses_at(rate, case), low_us, rate, mark=pulses_at(rate, case) // 3)
            with notebook.step(f"{pulses.pulses} pulses at {rate:.4g} Hz", START_S + pulses.seconds):
                outcomes = train(station, tuple(case.cameras), pulses)
            for outcome in outcomes:
                _measure(outcome, mode, notebook)
            _diagnose(station, outcomes, done)
            done += outcomes
        _fastest(done, case, notebook)
        _above(station, trigger, case, low_us, notebook)
        if trigger_light.possible(case):
            trigger_light.run(station, trigger, mode, case, notebook)
        else:
            notebook.not_said("triggered exposures by light (the cameras must look at a [strobe] that the triggering Pico drives)")


def _mode(station: Station, case: RigCase, notebook: Notebook) -> catalog.Mode | None:
    found = [generations.resolve(station.cameras[name], part, notebook) for name, part in case.cameras.items()]
    return None if None in found or found[0] is None else found[0][1]


def configure(station: Station, case: RigCase, mode: catalog.Mode, exposure_us: float) -> None:
    """The cameras in the mode of the case. The exposure only holds AGC still: the pulse decides."""
    for name in case.cameras:
        station.cameras[name].configure(
            size=mode.size, bits=mode.bits, exposure_us=math.ceil(max(exposure_us, mode.exposure_min_us)), gain=1.0
        )


def train(station: Station, cameras: Sequence[str], pulses: PulseBurst) -> list[Outcome]:
    """Send one train to all cameras, and pair their frames with its pulses."""
    taken = capture_all(station, cameras, pulses)
    sent = pulses.pico.ledger().sent
    return [_outcome(name, pulses, shots, sent) for name, shots in taken.items()]


def _outcome(name: str, pulses: PulseBurst, shots: Shots, sent: int) -> Outcome:
    frames_us = (shots.burst.timestamps_ns - shots.burst.timestamps_ns[:1].sum()) / 1e3
    try:
        return Outcome(name, pulses, shots, ledger(pulses.times_us, frames_us, pulses.period_us, pulses.mark), "", sent)
    except EstimatorError as error:
        return Outcome(name, pulses, shots, None, str(error), sent)


def _measure(outcome: Outcome, mode: catalog.Mode, notebook: Notebook) -> None:
    book = outcome.ledger
    conditions = {"pulses": outcome.sent, "rate_hz": round(outcome.rate_hz, 6), "low_us": outcome.pulses.low_us}
    where = {"subject": outcome.camera, "mode": mode.key}
    method = "ledger: pulses and frames paired by time"
    missed, extra = (len(book.missed), len(book.extra)) if book else (outcome.sent - outcome.shots.burst.frames, 0)
    for name, count in (("trigger_lost_pulses", missed), ("trigger_extra_frames", max(extra, 0))):
        m = Measurement(name, float(count), "frames", n=outcome.sent, method=method)
        notebook.measure(m, characteristic(name).limit(), conditions=conditions, **where)
    if book is None:
        return
    lag = Measurement("trigger_lag", float(book.lag), "pulses", n=len(book.paired), method=method)
    notebook.measure(lag, None, conditions=conditions, **where)
    if book.lag:
        evidence = (f"{book.lag} pulse late, all {len(book.paired)} frames alike", "kernels before March 2024 lack linux PR 6010")
        notebook.finding("frames come one pulse late", outcome.camera, evidence)
    scale = 1.0 + book.rate_ppm.value * 1e-6
    per_ppm = outcome.rate_hz * 1e-6
    budget = (rectangular("host clock, 50 ppm", 50.0 * per_ppm), type_a("frames about the fit", book.rate_ppm.u * per_ppm))
    how = "frames over pulses, on the host's clock"
    rate = Measurement.of("trigger_rate", outcome.rate_hz / scale, "Hz", budget, len(book.paired), how)
    limit = characteristic("trigger_rate").limit(outcome.rate_hz, source=f"{outcome.pulses.period_us:.9g} us granted by the Pico")
    notebook.measure(rate, limit, conditions=conditions, **where)


def _diagnose(station: Station, outcomes: Sequence[Outcome], before: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if not trigger_facts.suspicious(outcome):
            continue
        facts, seen = trigger_facts.gather(station, outcome, outcomes, before)
        named = diagnose("trigger", facts, seen)
        if named is not None:
            raise blame(named, station.rig.unit)
        if outcome.ledger is None:
            asked = f"{outcome.camera}: the frames of {outcome.sent} pulses asked for, each paired with its pulse"
            raise RigError(asked, outcome.why, "look at the trigger wire", where=outcome.camera, cause="pulses and frames do not match")


def _fastest(done: Sequence[Outcome], case: RigCase, notebook: Notebook) -> None:
    needed = 1e6 / shortest_period_us(float(case.options["exposure_us"]))
    for name, part in case.cameras.items():
        complete = [outcome.rate_hz for outcome in done if outcome.camera == name and outcome.ledger and not outcome.ledger.missed]
        fastest = Measurement("trigger_fastest", max(complete, default=0.0), "Hz", n=len(complete), method="no pulse lost at this rate")
        limit = characteristic("trigger_fastest").limit(ROOM * needed - 1e-6, source=f"{ROOM:g} x {needed:.5g} Hz")
        notebook.measure(fastest, limit, subject=name, mode=part.mode)


def _above(station: Station, trigger: Trigger, case: RigCase, low_us: float, notebook: Notebook) -> None:
    """Send faster than allowed and say what becomes of it; nobody promises anything here."""
    fastest = rates(case)[-1]
    made: dict[str, list[tuple[float, int]]] = {name: [] for name in case.cameras}
    for part in ABOVE:
        rate = min(part * fastest, 1e6 / (low_us + 100.0))
        for name, shots in capture_all(station, tuple(case.cameras), trigger.burst(ABOVE_PULSES, low_us, rate)).items():
            made[name].append((rate, shots.burst.frames))
    for name, counts in made.items():
        evidence = [f"{count} of {ABOVE_PULSES} pulses at {rate:.1f} Hz made a frame" for rate, count in counts]
        says = f"pulses faster than {fastest:.1f} Hz: {_beyond(counts)}"
        notebook.finding("above the fastest trigger rate", name, [f"exposure {case.options['exposure_us']:g} us", *evidence], says=says)


def _beyond(counts: Sequence[tuple[float, int]]) -> str:
    enough = 0.8 * ABOVE_PULSES
    (_, overlapping), (_, faster) = counts
    if faster >= enough:
        return f"the exposure is stretched to the end of the read-out, no pulse is lost up to {1e6 / shortest_period_us(0.0):.1f} Hz"
    if overlapping >= enough:
        return "an exposure may overlap the read-out, but pulses are lost where it would end before it"
    return "a pulse during the read-out is ignored"
