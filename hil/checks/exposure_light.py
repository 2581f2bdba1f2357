"""Exposures by light, as far as the rig's allows: the shortest under a steady one, the longest by flashes at its ends.

The strobe is both. A [light] that is simply there is steady, and drowns every flash.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from hil.checks import by_bracket, by_flash, by_light
from hil.checks.case import Case, Expected, mode_name, offered
from hil.checks.long_exposure import FEWEST_FRAMES, long_line_us, longest_limit, longest_us

if TYPE_CHECKING:
    from hil import catalog
    from hil.checks.notebook import Notebook
    from hil.checks.strobes import Strobe
    from hil.drivers.camera import Camera
    from hil.drivers.frames import Burst
    from hil.measure import Measurement

SHORTER_US = (20e6, 5e6, 1e6)
"""Exposures measured by flashes instead of a longer one that other light saturates."""

NOTHING = Expected((), 0.0)


def shortest(mode: catalog.Mode, case: Case) -> Expected:
    """What a steady light will bring."""
    if not _is_measured_in(mode, case) or not case.options["by_light"] or not (case.light is not None or case.sees_strobe):
        return NOTHING
    return Expected(by_light.NAMES, by_light.SECONDS, dict.fromkeys(by_light.NAMES, "if the light is neither too weak nor too strong"))


def longest(mode: catalog.Mode, case: Case) -> Expected:
    """What flashes will bring."""
    asked_us = longest_us(mode, case)
    if not _is_measured_in(mode, case) or not _flashes(asked_us, case):
        return NOTHING
    return Expected((by_flash.NAME,), _frames(case) * asked_us / 1e6, {by_flash.NAME: "if it is dark enough beside the strobe"})


def measure_shortest(camera: Camera, strobe: Strobe | None, mode: catalog.Mode, case: Case, notebook: Notebook) -> float | None:
    """Measure the shortest exposure under the [light], else the strobe's; see `by_light.run` for what it returns."""
    if not _is_measured_in(mode, case):
        return None
    if not case.options["by_light"]:
        notebook.not_said(f"exposure by light (plan {case.plan})")
        return None
    if case.light is None and strobe is None:
        why = f"the rig's light does not shine into {case.camera}" if case.rig_has_light else "this rig has no [strobe] or [light]"
        notebook.not_said(f"exposure by light ({why})")
        return None
    if strobe is None:
        notebook.not_said("longest exposures by light (a steady light saturates them; they are measured by the frame interval)")
    steady = strobe.on() if case.light is None and strobe is not None else nullcontext()
    with notebook.step(f"shortest exposure of {case.mode} by light", by_light.SECONDS), steady:
        return by_light.run(camera, mode, case, notebook)


def measure_longest(
    camera: Camera,
    strobe: Strobe,
    generation: catalog.Generation,
    mode: catalog.Mode,
    burst: Burst,
    filled_us: float | None,
    case: Case,
    notebook: Notebook,
) -> None:
    """Measure the exposure that the camera is at, by flashes at its ends; a shorter one where other light saturates it."""
    if not _is_measured_in(mode, case):
        return
    asked_us = longest_us(mode, case)
    for exposure_us in (asked_us, *(shorter for shorter in SHORTER_US if shorter < asked_us)):
        if not _flashes(exposure_us, case):
            return
        if exposure_us != asked_us:
            camera.configure(size=mode.size, bits=mode.bits, exposure_us=exposure_us, gain=1.0, hdr=mode.hdr)
            burst = camera.burst(FEWEST_FRAMES)
        try:
            with notebook.step(f"flashes at the ends of {exposure_us / 1e6:.4g} s", (_frames(case) + 1) * exposure_us / 1e6):
                line_us = long_line_us(exposure_us, mode, generation)
                m = _by_flashes(camera, strobe, mode, burst, line_us, filled_us, case)
        except by_flash.SaturatedError:
            notebook.not_said(f"an exposure of {exposure_us / 1e6:.4g} s of {case.camera} by flashes (other light saturates it)")
            continue
        limit = longest_limit(exposure_us, mode, generation)
        notebook.measure(m, limit, subject=case.camera, mode=case.mode, conditions={"exposure_us": exposure_us})
        return


def _by_flashes(
    camera: Camera, strobe: Strobe, mode: catalog.Mode, burst: Burst, line_us: float, filled_us: float | None, case: Case
) -> Measurement:
    if case.sensor.shutter == "rolling":
        return by_flash.measure(camera, strobe, mode, burst, line_us, filled_us)
    return by_bracket.measure(camera, strobe, mode, burst, filled_us)


def _is_measured_in(mode: catalog.Mode, case: Case) -> bool:
    """Whether this is the one mode: exposures are counted in lines in all of them, and the smallest frames are the quickest to read."""
    names = {
        mode_name(m, case.sensor)
        for m in case.generations[0].modes
        if not m.hdr and all(offered((g,), m.key_bits) for g in case.generations)
    }
    smallest = min(
        (m for m in case.generations[0].modes if mode_name(m, case.sensor) in names), key=lambda m: (m.size[0] * m.size[1], -m.bits)
    )
    return (mode.size, mode.bits, mode.hdr) == (smallest.size, smallest.bits, smallest.hdr)


def _flashes(exposure_us: float, case: Case) -> bool:
    """Whether flashes tell enough of an exposure."""
    long_enough = case.sensor.shutter == "rolling" or exposure_us >= by_bracket.SHORTEST_S * 1e6
    return case.sees_strobe and bool(case.options["by_light"]) and long_enough


def _frames(case: Case) -> int:
    return by_flash.FRAMES if case.sensor.shutter == "rolling" else by_bracket.FRAMES
