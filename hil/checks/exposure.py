"""Exposure: what is advertised, the longest really captured, the shortest by light.

A long exposure is measured by the frame interval: no sensor starts a frame before the last exposure ended, and it keeps a fixed number of
lines beyond it (libcamera's frameIntegrationDiff). What metadata says is not evidence. IMX477 is tested at 650 s: above 653.95 s its
line length register wraps, whatever libcamera advertises and the page says.
"""

from __future__ import annotations

import math

from hil import catalog
from hil.checks import exposure_light
from hil.checks import generation as generations
from hil.checks.case import START_S, Case, Expected
from hil.checks.long_exposure import FEWEST_FRAMES, long_line_us, longest_limit, longest_us
from hil.checks.notebook import Notebook
from hil.checks.station import Station
from hil.checks.strobes import Strobe
from hil.drivers.camera import Camera
from hil.drivers.frames import Burst, SensorMode
from hil.errors import RigError
from hil.measure import EstimatorError, Measurement, exposure_by_interval, frame_timing

LONG_S = 1.0
"""Exposures from here on are not preceded by frames that only let things settle: each would take as long again."""

ADVERTISED_PPM = 1000.0
"""A range that differs by more from the catalogued driver's is a finding."""

SHORT_S = 2.0
SHORT_FRAMES = 5
"""Below `SHORT_S` the latency of two timestamps would be the greater part of the uncertainty; five frames make it small."""


def forecast(case: Case) -> Expected:
    """The advertised range and the longest exposure; in the camera's smallest mode also the shortest, if the rig has light."""
    mode = case.expected_mode()
    assert mode is not None
    asked_us = longest_us(mode, case)
    short, long = exposure_light.shortest(mode, case), exposure_light.longest(mode, case)
    names = ("exposure_advertised_min", "exposure_advertised_max", *short.names, "exposure_longest", *long.names)
    seconds = START_S + (_frames(asked_us, case) + 1) * asked_us / 1e6 + short.seconds + long.seconds
    return Expected(names, seconds, {**short.optional, **long.optional})


def run(camera: Camera, case: Case, notebook: Notebook, station: Station | None = None) -> None:
    """Record the advertised range, measure the shortest exposure by light, and capture the longest that the plan allows.

    `station`: the rig, for its strobe: a steady light for the shortest exposure, flashes for the longest.
    """
    resolved = generations.resolve(camera, case, notebook)
    if resolved is None:
        return
    generation, mode = resolved
    advertised(camera.mode(mode.size, mode.bits, hdr=mode.hdr), mode, case, notebook)
    strobe = Strobe(station) if station and case.sees_strobe else None
    filled_us = exposure_light.measure_shortest(camera, strobe, mode, case, notebook)
    burst = longest(camera, generation, mode, case, notebook)
    if strobe is not None:
        exposure_light.measure_longest(camera, strobe, generation, mode, burst, filled_us, case, notebook)
    if case.last:
        _page(case, notebook)


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


def longest(camera: Camera, generation: catalog.Generation, mode: catalog.Mode, case: Case, notebook: Notebook) -> Burst:
    """Capture the longest exposure that mode and plan allow, and measure it by the frame interval; its frames."""
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
    return burst


def _frames(asked_us: float, case: Case) -> int:
    return max(SHORT_FRAMES if asked_us < SHORT_S * 1e6 else FEWEST_FRAMES, int(case.options["frames"]))


def _top_s(generation: catalog.Generation) -> float:
    return max(mode.exposure_max_tested_us for mode in generation.modes) / 1e6


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
