"""Whether an open rig does what a step asks for, by its own drivers and checks: devices there, levels, signals, light, first frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from hil.bench import Bench
from hil.checks import pair_burst, roles, trigger, trigger_facts, wiring
from hil.checks.diagnosis import Diagnosed, diagnose
from hil.checks.pairs import Pair
from hil.checks.strobes import Strobe
from hil.checks.triggers import Trigger
from hil.drivers.person import Person
from hil.errors import RigError
from hil.judge import Limit, Outcome
from hil.judge.decide import judge
from hil.measure import Measurement
from hil.rig import Rig, load_plan
from hil.rig.tasks import Glow
from hil.setup import steps
from hil.setup.site import Site

FEW_FRAMES = 12
"""Enough to see that a camera runs."""

PAIR_FPS, TRIGGER_HZ, LOW_US = 20.0, 10.0, 2_000.0
EXPOSURE_US = 2_000.0

SETTLE_S = 0.05
"""After a pin was driven, before it is read or looked at."""


def answers(one: steps.Answers, rig: Rig, site: Site, person: Person) -> str:
    """Every camera and Pico is there, and is what the rig file says."""
    bench = site.bench()
    found = [f"{name}: {camera.identity().model}" for name, camera in bench.cameras.items()]
    found += [f"{name}: firmware {pico.info().firmware}" for name, pico in bench.picos.items()]
    return " · ".join(found)


def levels(one: steps.Levels, rig: Rig, site: Site, person: Person) -> str:
    """An ADC reads the net in both its states; RigError names the change to the circuit that explains what it reads."""
    book = _Book()
    case = next(case for case in wiring.cases(rig, load_plan("quick")) if case.subject == one.net)
    wiring.run(site.bench(), case, book)
    return " · ".join(f"{m.name.removeprefix('level_')} {m.value:.3f} V" for m in book.measured)


def follows(one: steps.Follows, rig: Rig, site: Site, person: Person) -> str:
    """What one pin drives, the others read."""
    bench = site.bench()
    device, _, pin = one.drive.partition(".")
    for high in (True, False):
        bench.gpio[device].level(pin, high)
        bench.clock.sleep(SETTLE_S)
        for reader in one.readers:
            far, _, name = reader.partition(".")
            if bench.gpio[far].read(name) != high:
                found = f"{reader} reads {'low' if high else 'high'} while {one.drive} is driven {'high' if high else 'low'}"
                hint = f"power off, meter on ohms: {one.drive} to {reader}, and the ground of {device} to that of {far}"
                raise RigError(f"{reader} asked to follow {one.drive}", found, hint, where=reader, cause="wire open")
    return f"{' and '.join(one.readers)} follow{'' if len(one.readers) > 1 else 's'} {one.drive}"


def lights(one: steps.Lights, rig: Rig, site: Site, person: Person) -> str:
    """The LED is lit while its pin drives, and dark else."""
    strobe = Strobe(site.bench())
    for wanted, hint in (
        ("lit", f"power off; {one.led} the other way round (its long leg is the anode), then its resistor and joints"),
        ("dark", f"power off; {one.led} hangs on a supply, not on {one.drive}"),
    ):
        with strobe.on() if wanted == "lit" else nullcontext():
            site.bench().clock.sleep(SETTLE_S)
            seen = person.ask_choice(Glow(one.led), ("lit", "dark"))
        if seen != wanted:
            asked = f"{one.led} {wanted} asked for, while {one.drive} is {'high' if wanted == 'lit' else 'low'}"
            raise RigError(asked, f"it is {seen}", hint, where=one.led, cause="LED does not follow its pin")
    return f"{one.led} is lit while {one.drive} is high, and dark else"


def first_frames(one: steps.FirstFrames, rig: Rig, site: Site, person: Person) -> str:
    """Some frames, in step or one a pulse; RigError names why not."""
    return _FRAMES[one.how](site.bench(), one.cameras)


def _free(bench: Bench, cameras: Sequence[str]) -> str:
    camera = bench.cameras[cameras[0]]
    camera.configure()
    burst = camera.burst(FEW_FRAMES)
    camera.stop()
    return f"{burst.frames} frames at {burst.frame_rate_hz.value:.2f} Hz"


def _pair(bench: Bench, cameras: Sequence[str]) -> str:
    pair = Pair.of(bench)
    smallest = min(pair.sink.sensor_modes(), key=lambda mode: mode.size[0] * mode.size[1])
    with pair.roles():
        pair.configure(smallest.size, fps=PAIR_FPS, exposure_us=EXPOSURE_US)
        burst = pair_burst.burst(pair, 2 * FEW_FRAMES)
    return f"{burst.source.frames} frames of {pair.source_name}, {burst.sink.frames} of {pair.sink_name}"


def _triggered(bench: Bench, cameras: Sequence[str]) -> str:
    pulses = Trigger(bench)
    with roles.held(bench, cameras):
        for name in cameras:
            bench.cameras[name].configure(exposure_us=EXPOSURE_US, gain=1.0)
        outcomes = trigger.train(bench, cameras, pulses.burst(FEW_FRAMES, LOW_US, TRIGGER_HZ, mark=FEW_FRAMES // 3))
        for outcome in outcomes:
            if trigger_facts.suspicious(outcome):
                facts, seen = trigger_facts.gather(bench, outcome, outcomes, [])
                named = diagnose("trigger", facts, seen)
                raise RigError(f"{outcome.camera}: a frame a pulse asked for", " · ".join(seen)) if named is None else Diagnosed(named)
    return f"{FEW_FRAMES} pulses, {FEW_FRAMES} frames of {' and '.join(cameras)}"


_FRAMES: Mapping[str, Callable[[Bench, Sequence[str]], str]] = {"free": _free, "pair": _pair, "trigger": _triggered}


@dataclass
class _Book:
    """A notebook in memory."""

    measured: list[Measurement] = field(default_factory=list)

    def measure(self, m: Measurement, limit: Limit | None = None, **_: Any) -> Outcome:
        """Keep it."""
        self.measured.append(m)
        return judge(m, limit)

    def finding(self, cause: str, where: str, evidence: Sequence[str], *, says: str = "", do: Sequence[str] = ()) -> None:
        """Nothing to keep."""

    def not_said(self, text: str) -> None:
        """Nothing to keep."""

    def text(self, name: str, value: str, *, subject: str, mode: str = "") -> None:
        """Nothing to keep."""

    def step(self, title: str, seconds: float = 0.0) -> AbstractContextManager[None]:
        """Nothing to show."""
        return nullcontext()
