"""Frame rate: every mode at its fastest and in between, from the periods of timestamps.

The nominal rate is 1 / (line time x granted frame length). libcamera grants whole lines and truncates what it prints to microseconds, so
neither the rate asked for nor the figure of `--list-cameras` is what a crystal can be held to.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import replace

from hil import catalog
from hil.checks import drops
from hil.checks import generation as generations
from hil.checks.case import START_S, Case, Expected
from hil.checks.notebook import Notebook
from hil.drivers.camera import Camera
from hil.drivers.frames import Burst
from hil.errors import RigError
from hil.judge import Limit
from hil.judge.limits import characteristic
from hil.measure import EstimatorError, FrameTiming, frame_timing

SHARE_EXPOSED = 0.5
"""Part of the shortest frame that is exposed: any fixed exposure does, so long as it does not stretch the frame."""

LONGEST_EXPOSURE_US = 5_000.0

SETTLE_FRAMES = 2
"""Frames that pass before timing begins: the first periods after a start are not the sensor's own."""


def forecast(case: Case) -> Expected:
    """Rate, jitter and lost frames at each rate, and each rate that the page promises for the mode."""
    mode = case.expected_mode()
    assert mode is not None
    rates = [mode.nominal_fps, *slower_rates(mode, case)]
    names = ["frame_rate", "frame_jitter", "dropped_frames_sensor", "dropped_frames_host"] * len(rates)
    names[4:4] = ["page_rate"] * len(page_rates(mode, case))
    return Expected(tuple(names), sum(START_S + (int(case.options["frames"]) + SETTLE_FRAMES) / rate for rate in rates))


def run(camera: Camera, case: Case, notebook: Notebook) -> None:
    """Time the mode at its fastest, compare that with the page, then time it at each slower rate of the plan."""
    resolved = generations.resolve(camera, case, notebook)
    if case.last:
        _not_offered(camera, case, notebook)
    if resolved is None:
        return
    generation, mode = resolved
    fastest = _time(camera, mode, None, case, notebook)
    for page in page_rates(mode, case):
        limit, told = page_limit(page, mode, generation)
        notebook.measure(
            fastest.rate.named("page_rate"), limit, subject=case.camera, mode=case.mode, conditions={"page": page.text, "judged": told}
        )
    for rate in slower_rates(mode, case):
        _time(camera, mode, rate, case, notebook)


def slower_rates(mode: catalog.Mode, case: Case) -> list[float]:
    """The rates below its fastest that the plan asks of this mode, in Hz; what the mode does not reach is left out."""
    wanted = [share * mode.nominal_fps for share in case.options["rates"]] + list(case.options["rates_hz"])
    return [rate for rate in wanted if rate < 0.99 * mode.nominal_fps]


def asked_hz(rate: float, mode: catalog.Mode, shortest_us: float) -> float:
    """The rate to ask for to be granted an even number of whole lines, as near to `rate` as that goes.

    Even, because the IMX219's driver halves the frame length in its fast modes and metadata echoes an odd one regardless. Half a line more
    than needed, because the request is truncated to whole microseconds and then to whole lines.
    """
    line_us = line_time_us(mode, shortest_us)
    lines = 2 * round(1e6 / rate / line_us / 2)
    return 1e6 / (math.floor((lines + 0.5) * line_us) + 0.5)


def line_time_us(mode: catalog.Mode, shortest_us: float) -> float:
    """The line time as the host reckons with it: its shortest frame, truncated to whole us, over the shortest frame length.

    The catalogued one would do where it is exact, but a derived one is off by up to one line in 2,500.
    """
    return (shortest_us + 0.5) / mode.frame_length_min


def page_rates(mode: catalog.Mode, case: Case) -> list[catalog.PageRate]:
    """The page's promises that this mode is measured for."""
    return [page for page in case.module.page_rates if (page.size, page.hdr) == (mode.size, mode.hdr)]


def granted_lines(duration_us: float, mode: catalog.Mode, shortest_us: float) -> int:
    """The frame length in lines behind a frame duration as reported in whole us.

    libcamera works it out as if it were an exposure of so many lines, so IMX296's carries the 14.26 us of one.
    """
    return round((duration_us + 0.5 - mode.exposure_offset_us) / line_time_us(mode, shortest_us))


def rate_limit(mode: catalog.Mode, lines: int) -> Limit | None:
    """The limit on the rate of a mode at a frame length of so many lines."""
    nominal = 1e9 / (mode.line_time_ns * lines)
    source = f"{mode.line_time_ns / 1e3:.6g} us ({mode.evidence}) x {lines} lines"
    return characteristic("frame_rate").limit(nominal, extra_ppm=mode.fps_tolerance_ppm, source=source)


def whole_lines_off(period_us: float, mode: catalog.Mode, lines: int) -> int:
    """Lines by which a period that is out of limits differs from what was granted, if a whole number explains it; else 0.

    Frame lengths are the kernel's business, so such a period is no proof against the unit. Asked only where a line is so much more than
    the tolerance that a wrong crystal would hardly look like one.
    """
    tolerance = (characteristic("frame_rate").tolerance + mode.fps_tolerance_ppm) * 1e-6 * lines
    extra = period_us * 1e3 / mode.line_time_ns - lines
    off = round(extra)
    return off if off and tolerance < 0.25 and abs(extra - off) < tolerance else 0


def page_limit(page: catalog.PageRate, mode: catalog.Mode, generation: catalog.Generation) -> tuple[Limit | None, str]:
    """The limit that the page's promise sets for this mode, or None and why.

    Judged only where the driver's own rate of the mode reaches the page. Where that leaves less room than a crystal is
    allowed (HDR: 30.002 for 30), the bound is the driver's rate less that.
    """
    if mode.nominal_fps < page.fps:
        reached = page.judged(generation)
        return None, "another mode of that size reaches it" if reached else f"recorded: no mode of the {generation.name} driver reaches it"
    allowance = characteristic("frame_rate").tolerance + mode.fps_tolerance_ppm
    bound = min(page.fps, mode.nominal_fps * (1.0 - allowance * 1e-6))
    return characteristic("page_rate").limit(bound, source=f"page: {page.text}"), f"at least {page.fps:g} Hz"


def _time(camera: Camera, mode: catalog.Mode, rate: float | None, case: Case, notebook: Notebook) -> FrameTiming:
    frames = int(case.options["frames"])
    title = f"{case.mode} at {rate or mode.nominal_fps:.2f} Hz"
    with notebook.step(title, START_S + frames / (rate or mode.nominal_fps)):
        shortest_us = camera.mode(mode.size, mode.bits, hdr=mode.hdr).frame_duration_min_us
        exposure_us = max(min(SHARE_EXPOSED * mode.frame_time_min_ns / 1e3, LONGEST_EXPOSURE_US), mode.exposure_min_us)
        asked = None if rate is None else asked_hz(rate, mode, shortest_us)
        camera.configure(size=mode.size, bits=mode.bits, fps=asked, exposure_us=exposure_us, gain=1.0, hdr=mode.hdr)
        burst = camera.burst(frames, settle=SETTLE_FRAMES)
    timing = _timing(burst, case, title)
    drops.tell(drops.of_timing(timing), case.camera, title, notebook)
    lines = granted_lines(statistics.median(burst.frame_duration_us.tolist()), mode, shortest_us)
    limit, off = rate_limit(mode, lines), whole_lines_off(timing.period.value, mode, lines)
    if off and limit is not None:
        limit = replace(limit, about="host")
        evidence = (
            f"{title}: {timing.period.value:.6g} us, {lines} lines granted",
            f"{lines + off} lines would explain it to within a crystal's tolerance",
        )
        notebook.finding("the driver runs another frame length than it reports", case.camera, evidence)
    _write(timing, limit, {"asked_hz": round(asked, 6) if asked else "fastest", "lines": lines}, case, notebook)
    return timing


def _timing(burst: Burst, case: Case, title: str) -> FrameTiming:
    try:
        return frame_timing(burst.timestamps_ns, burst.sequence)
    except EstimatorError as error:
        raise RigError(
            f"{case.camera}: frames of {title} asked for, evenly spaced",
            str(error),
            "is the host overloaded? a camera set to sync or trigger is paced by its pulses, not by itself",
            where=case.camera,
            cause="no steady period",
        ) from error


def _write(timing: FrameTiming, limit: Limit | None, conditions: dict[str, object], case: Case, notebook: Notebook) -> None:
    for m, bound in (
        (timing.rate, limit),
        (timing.jitter, None),
        (timing.dropped_sensor, characteristic("dropped_frames_sensor").limit()),
        (timing.dropped_host, None),
    ):
        notebook.measure(m, bound, subject=case.camera, mode=case.mode, conditions=conditions)


def _not_offered(camera: Camera, case: Case, notebook: Notebook) -> None:
    generation = generations.of(camera, case)
    for page in case.module.page_rates:
        if not page.modes(generation):
            notebook.not_said(f"{page.text} of the page: no mode of the {generation.sensor} driver has that size")
