"""`hil shell`: a prompt with an open rig."""

from __future__ import annotations

import code
from collections.abc import Sequence
from typing import Any

from hil.bench import Bench, open_rig, open_twin
from hil.measure.measurement import Measurement
from hil.rig import load


def run(rig_name: str, *, sim: bool, seed: int, changes: Sequence[str]) -> None:
    """Open the rig, give a prompt, leave the rig safe."""
    rig = load(rig_name)
    twin = None
    if sim:
        from hil.cli.simulate import require_picamera2

        require_picamera2()
        twin = open_twin(rig, seed, changes)
    try:
        with open_rig(rig, twin=twin) as bench:
            code.interact(banner=_banner(bench), local=_names(bench), exitmsg="rig closed")
    finally:
        if twin is not None:
            twin.close()


def _names(bench: Bench) -> dict[str, Any]:
    names: dict[str, Any] = {"rig": bench.rig, "bench": bench, "host": next(iter(bench.hosts.values())), "measure": _measure}
    names |= {name.replace("-", "_"): camera for name, camera in bench.cameras.items()}
    names["camera"] = next(iter(bench.cameras.values()))
    return names


def _measure(m: Measurement) -> None:
    """At the prompt there is no record: print the value."""
    print(f"{m.name} = {m.value:.10g} {m.unit}, u = {m.u:.2g}, n = {m.n}  ({m.method})")


def _banner(bench: Bench) -> str:
    cameras = ", ".join(name.replace("-", "_") for name in bench.cameras)
    where = f"simulated, seed {bench.seed}" if bench.simulated else "real"
    return (
        f"{bench.rig.name} ({where}) is open. Names: bench, rig, host, measure, camera ({cameras}).\n"
        "Try:  camera.configure(fps=30, exposure_us=5000, gain=2.0); measure(camera.burst(60).frame_rate_hz)"
    )
