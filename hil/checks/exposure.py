"""Exposure: what is advertised, the longest really captured, the shortest by light.

A long exposure is measured by the frame interval: no sensor starts a frame before the last exposure ended, and it keeps a fixed number of
lines beyond it (libcamera's frameIntegrationDiff). What metadata says is not evidence. IMX477 is tested at 650 s: above 653.95 s its
line length register wraps, whatever libcamera advertises and the page says.
"""

from __future__ import annotations

import math

from hil import catalog
from hil.checks import by_light
from hil.checks import generation as generations
from hil.checks.case import START_S, Case, Expected, mode_name, offered
from hil.checks.notebook import Notebook
from hil.drivers.camera import Camera
from hil.drivers.frames import SensorMode
from hil.errors import RigError
from hil.judge import Limit
from hil.judge.limits import characteristic
from hil.measure import EstimatorError, Measurement, exposure_by_interval, frame_timing

LONG_S = 1.0
"""Exposures from here on are not preceded by frames that only let things settle: each would take as long again."""

ADVERTISED_PPM = 1000.0
"""A range that differs by more from the catalogued driver's is a finding."""

FEWEST_FRAMES = 2
"""Two frames make the one interval that is needed."""

SHORT_S = 2.0
SHORT_FRAMES = 5
"""Below `SHORT_S` the latency of two timestamps would be the greater part of the uncertainty; five frames make it small."""


def forecast(case: Case) -> Expected:
    """The advertised range and the longest exposure; in the camera's smallest mode also the shortest, if the rig has light."""
    mode = case.expected_mode()
    assert mode is not None
    names = ["exposure_advertised_min", "exposure_advertised_max", "exposure_longest"]
    asked_us = longest_us(mode, case)
    seconds = START_S + (_frames(asked_us, case) + 1) * asked_us / 1e6
    if _measured_by_light(mode, case) and case.light is not None and case.options["by_light"]:
        names += by_light.NAMES
        seconds += by_light.SECONDS
    return Expected(tuple(names), seconds, dict.fromkeys(by_light.NAMES, "if the light is neither too weak nor too strong"))


def run(camera: Camera, case: Case, notebook: Notebook) -> None:
    """Record the advertised range, capture the longest exposure the plan allows, and measure the shortest by light."""
    resolved = generations.resolve(camera, case, notebook)
    if resolved is None:
        return
    generation, mode = resolved
    advertised(camera.mode(mode.size, mode.bits, hdr=mode.hdr), mode, case, notebook)
    longest(camera, generation, mode, case, notebook)
    if _measured_by_light(mode, case):
        _by_light(camera, mode, case, notebook)
    if case.last:
        _page(case, notebook)


def longest_us(mode: catalog.Mode, case: Case) -> float:
    """The longest exposure to ask of a mode under this plan, in whole us."""
    return math.floor(min(mode.exposure_max_tested_us, mode.exposure_max_reported_us, float(case.options["longest_s"]) * 1e6))


def advertised(listed: SensorMode, mode: catalog.Mode, case: Case, notebook: Notebook) -> None:
    """Record both ends of libcamera's ExposureTime; a finding if they are not the catalogued driver's."""
    ends = {"exposure_advertised_min": listed.exposure_min_us, "exposure_advertised_max": listed.exposure_max_us}
    known = {"exposure_advertised_min": mode.exposure_min_reported_us, "exposure_advertised_max": mode.exposure_max_reported_us}
    for name, value in ends.items():
        if value is None:
            continue
        notebook.measure(Measurement(name, value, "us", method="libcamera's ExposureTime"), None, subject=case.camera, mode=case.mode)
        # IMX477's upper end changes with the mode that was configured before (HBLANK range not reduced by the width).
        stable = not (name.endswith("max") and mode.exposure_max_tested_us < mode.exposure_max_us)
        if stable and abs(value - known[name]) > max(1.0, ADVERTISED_PPM * 1e-6 * known[name]):
            evidence = (f"{name} {value} us", f"the catalogued driver advertises {known[name]} us")
            notebook.finding("advertised exposure range is not the catalogued one", f"{case.camera} {case.mode}", evidence)


def longest(camera: Camera, generation: catalog.Generation, mode: catalog.Mode, case: Case, notebook: Notebook) -> None:
    """Capture the longest exposure that mode and plan allow, and measure it by the frame interval."""
    asked_us = longest_us(mode, case)
    frames = _frames(asked_us, case)
    if asked_us < math.floor(min(mode.exposure_max_tested_us, mode.exposure_max_reported_us)):
        notebook.not_said(
            f"exposures longer than {asked_us / 1e6:g} s (plan {case.plan}; {case.camera} makes up to {_top_s(generation):.4g} s)"
        )
    with notebook.step(f"exposure {asked_us / 1e6:.4g} s in {case.mode}, {frames} frames", START_S + (frames + 1) * asked_us / 1e6):
        camera.configure(size=mode.size, bits=mode.bits, exposure_us=asked_us, gain=1.0, hdr=mode.hdr)
        burst = camera.burst(frames, settle=0 if asked_us >= LONG_S * 1e6 else 2)
    line_us = long_line_us(asked_us, mode, generation)
    blanking_us = generation.exposure.frame_integration_diff * line_us - mode.exposure_offset_us
    try:
        period = frame_timing(burst.timestamps_ns, burst.sequence).period
        m = exposure_by_interval(period, blanking_us, line_us / math.sqrt(3))
    except EstimatorError as error:
        raise RigError(
            f"{case.camera}: {frames} frames of {asked_us / 1e6:g} s asked for",
            str(error),
            "look at the host's log",
            where=case.camera,
            cause="no interval",
        ) from error
    notebook.measure(
        m, longest_limit(asked_us, mode, generation), subject=case.camera, mode=case.mode, conditions={"exposure_us": asked_us}
    )


def long_line_us(exposure_us: float, mode: catalog.Mode, generation: catalog.Generation) -> float:
    """The line time of a long exposure: stretched only if so many lines of the usual one do not fit the frame length."""
    model = generation.exposure
    lines = (model.frame_length_max << model.long_exp_shift_max) - model.frame_integration_diff
    return max(mode.line_time_ns / 1e3, exposure_us / lines)


def longest_limit(exposure_us: float, mode: catalog.Mode, generation: catalog.Generation) -> Limit | None:
    """The limit on a long exposure: as asked for, in the steps in which the sensor counts one so long."""
    line_us = long_line_us(exposure_us, mode, generation)
    shift = max(0, math.ceil(math.log2(max(1.0, exposure_us / line_us / generation.exposure.frame_length_max))))
    step_us = max(line_us * (1 << shift), mode.exposure_step_us)
    source = f"{exposure_us:.10g} us asked for, in steps of {step_us:.4g} us"
    return characteristic("exposure_longest").limit(exposure_us, extra_ppm=1e6 * step_us / exposure_us, source=source)


def _frames(asked_us: float, case: Case) -> int:
    return max(SHORT_FRAMES if asked_us < SHORT_S * 1e6 else FEWEST_FRAMES, int(case.options["frames"]))


def _top_s(generation: catalog.Generation) -> float:
    return max(mode.exposure_max_tested_us for mode in generation.modes) / 1e6


def _measured_by_light(mode: catalog.Mode, case: Case) -> bool:
    # In one mode: the exposure is counted in lines in all of them, and the smallest frames are the quickest to read.
    names = {
        mode_name(m, case.sensor)
        for m in case.generations[0].modes
        if not m.hdr and all(offered((g,), m.key_bits) for g in case.generations)
    }
    smallest = min(
        (m for m in case.generations[0].modes if mode_name(m, case.sensor) in names), key=lambda m: (m.size[0] * m.size[1], -m.bits)
    )
    return (mode.size, mode.bits, mode.hdr) == (smallest.size, smallest.bits, smallest.hdr)


def _by_light(camera: Camera, mode: catalog.Mode, case: Case, notebook: Notebook) -> None:
    if not case.options["by_light"]:
        notebook.not_said(f"exposure by light (plan {case.plan})")
    elif case.light is None:
        why = f"the rig's [light] does not shine into {case.camera}" if case.rig_has_light else "this rig has no [light]"
        notebook.not_said(f"exposure by light ({why})")
    else:
        notebook.not_said("longest exposures by light (a steady light saturates them; they are measured by the frame interval)")
        with notebook.step(f"shortest exposure of {case.mode} by light", by_light.SECONDS):
            by_light.run(camera, mode, case, notebook)


def _page(case: Case, notebook: Notebook) -> None:
    """The page's figure, where it can be no demand: IMX477's 670.74 s."""
    tested_s = max(mode.exposure_max_tested_us for g in case.generations for mode in g.modes) / 1e6
    for discrepancy in case.module.discrepancies:
        page = discrepancy.page.value
        is_longest = isinstance(page, int | float) and discrepancy.page.unit == "s" and page > tested_s
        if is_longest and float(case.options["longest_s"]) >= tested_s:
            evidence = (
                f"page: {discrepancy.page}",
                f"established: {discrepancy.established}",
                discrepancy.consequence,
                f"captured: {tested_s:g} s",
            )
            notebook.finding("the page's longest exposure cannot be asked for", case.camera, evidence)
