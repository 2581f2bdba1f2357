"""`hil shell`: a prompt with an open rig."""

from __future__ import annotations

import code
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from hil.bench import Bench, open_rig, open_twin
from hil.checks.pairs import names_of
from hil.checks.ready import ReadyPair, ReadyTrigger
from hil.checks.strobes import Strobe
from hil.checks.triggers import drive_pin
from hil.measure.measurement import Measurement
from hil.rig import load, overrides


def run(rig_name: str, *, sim: bool, seed: int, changes: Sequence[str]) -> None:
    """Open the rig, give a prompt, leave the rig safe."""
    overrides.refuse_without_twin(changes, simulated=sim)
    rig = load(rig_name)
    twin = None
    if sim:
        from hil.sim.needs import require_picamera2

        require_picamera2()
        twin = open_twin(rig, seed, changes)
    try:
        with open_rig(rig, twin=twin) as bench, ExitStack() as left_safe:
            code.interact(banner=_banner(bench), local=_names(bench, left_safe), exitmsg="rig closed")
    finally:
        if twin is not None:
            twin.close()


def _names(bench: Bench, left_safe: ExitStack) -> dict[str, Any]:
    names: dict[str, Any] = {"rig": bench.rig, "bench": bench, "host": next(iter(bench.hosts.values())), "measure": _measure}
    names |= {name.replace("-", "_"): camera for name, camera in bench.cameras.items()}
    names["camera"] = next(iter(bench.cameras.values()))
    names |= _facades(bench, left_safe)
    return names


def _facades(bench: Bench, left_safe: ExitStack) -> dict[str, Any]:
    """What the fixtures pair, trigger and strobe give a test, as far as the rig has them."""
    found: dict[str, Any] = {}
    if names_of(bench.rig) is not None:
        found["pair"] = ReadyPair.of(bench)
    if drive_pin(bench.rig) is not None:
        found["trigger"] = trigger = ReadyTrigger(bench)
        left_safe.callback(trigger.release)
    if bench.rig.strobe is not None:
        found["strobe"] = strobe = Strobe(bench)
        left_safe.callback(strobe.off)
    return found


TRY = {
    "trigger": "camera.configure(exposure_us=3000); camera.capture(pulses=trigger.burst(20, low_us=500, rate_hz=30)).burst.frames",
    "pair": "pair.configure(pair.source.sensor_modes()[0].size, fps=30, exposure_us=2000); measure(pair.burst(60).sync_offset_by_clock_us)",
    "": "camera.configure(fps=30, exposure_us=5000, gain=2.0); measure(camera.burst(60).frame_rate_hz)",
}
"""A first line to type, by what the rig has."""


def _measure(m: Measurement) -> None:
    """At the prompt there is no record: print the value."""
    print(f"{m.name} = {m.value:.10g} {m.unit}, u = {m.u:.2g}, n = {m.n}  ({m.method})")


def _banner(bench: Bench) -> str:
    cameras = ", ".join(name.replace("-", "_") for name in bench.cameras)
    where = f"simulated, seed {bench.seed}" if bench.simulated else "real"
    rig = bench.rig
    more = {"pair": names_of(rig) is not None, "trigger": drive_pin(rig) is not None, "strobe": rig.strobe is not None}
    names = ", ".join(["bench", "rig", "host", "measure", *(name for name, there in more.items() if there), f"camera ({cameras})"])
    first = next((name for name in TRY if more.get(name)), "")
    return f"{rig.name} ({where}) is open. Names: {names}.\nTry:  {TRY[first]}"
