"""Synchronisation: two cameras on XVS record as many frames, at one rate, and open at one instant.

The sink is armed first, then the source starts. The recordings are really encoded, counted in their bytes, and brought into step by index
as the documentation page intends: HQ Cameras record as many frames, a GS sink one less than its source. The offset is measured by the
timestamps where both cameras have one clock or a wire that both Pis stamp, and by the light of flashes where both look at one LED; the
two must agree. Whatever is not as it should be is named from what was observed (`pair_facts.py`, `causes.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hil import catalog
from hil.checks import drops, pair_burst, sync_light
from hil.checks import generation as generations
from hil.checks.case import START_S, Expected
from hil.checks.diagnosis import blame, diagnose
from hil.checks.notebook import Notebook
from hil.checks.pair_facts import Aligned
from hil.checks.pairs import ARMED_S, Pair, PairShots, names_of
from hil.checks.rigcase import RigCase, rig_case
from hil.checks.station import Station
from hil.checks.strobes import Strobe
from hil.judge import Verdict
from hil.judge.limits import characteristic
from hil.measure import Measurement, frame_timing
from hil.measure.sync import agree

if TYPE_CHECKING:
    from hil.drivers.roles import RoleHeld
    from hil.rig import Plan, Rig

SHARE = 0.9
"""Part of the mode's fastest rate that the source is asked for at most: the sink's own frame must be shorter than the source's."""

EXPOSURE_US = 2_000.0


@dataclass(frozen=True, slots=True)
class Lighting:
    """How the offset is measured by light."""

    frames: int
    width_us: float
    """Of a flash."""
    exposure_us: float


LIT_ROLLING = Lighting(24, 200.0, EXPOSURE_US)
"""Flashes of several line times, so that their ramps have rows on them, well inside the exposure."""

LIT_GLOBAL = Lighting(220, 300.0, 10_000.0)
"""An exposure that is most of a frame, and so many flashes that several fall on each of its ends."""

LINES = 2.0
"""Line times that the sink may be off."""

RATE_PPM, RATE_PPM_UNBRIDGED = 10.0, 200.0
"""Most that the rates may differ: by one clock, and by the crystals of two Pis."""

NO_CLOCK = "no common clock: the rig has two hosts and no [clock] wire"


def cases(rig: Rig, plan: Plan) -> list[RigCase]:
    """One, where the rig has a source and a sink."""
    names = names_of(rig)
    if names is None:
        return []
    case = rig_case("sync", names, rig, plan)
    expected = ["sync_frames", "sync_rate_difference"]
    rate = float(plan.checks["sync"]["rate_hz"])
    seconds = 2 * START_S + ARMED_S + int(plan.checks["sync"]["frames"]) / rate
    if _one_clock(rig, names):
        expected += ["sync_offset_by_clock", "sync_spread"]
    if _by_light(rig, names, plan.checks["sync"]):
        expected += ["sync_offset", "sync_offset_of_ends"] if _is_global(case) else ["sync_offset"]
        seconds += sync_light.seconds(_lighting(case).frames, rate)
    return [case.expecting(Expected(tuple(expected), seconds))]


def _one_clock(rig: Rig, names: Sequence[str]) -> bool:
    hosts = {rig.cameras[name].host for name in names}
    return len(hosts) == 1 or (rig.clock is not None and hosts <= {pin.partition(".")[0] for pin in rig.clock.stamp})


def _by_light(rig: Rig, names: Sequence[str], options: Mapping[str, Any]) -> bool:
    return bool(options["by_light"]) and rig.strobe is not None and set(names) <= set(rig.strobe.seen_by)


def run(station: Station, case: RigCase, notebook: Notebook) -> None:
    """Record with both, compare counts, rates and instants. RigError or UnitFault with the named cause where they are not in step."""
    pair = Pair.of(station)
    mode = _mode(pair, case, notebook)
    if mode is None:
        return
    fps = min(float(case.options["rate_hz"]), SHARE * mode.nominal_fps)
    frames = int(case.options["frames"])
    with pair.roles() as held, notebook.step(f"{frames} frames with {pair.sink_name} and {pair.source_name}", case.seconds):
        pair.configure(mode.size, bits=mode.bits, fps=fps, exposure_us=EXPOSURE_US)
        shots = pair.record(frames, encode=True)
        aligned = _judge_recordings(pair, shots, held, case, notebook)
        lit = _by_light(station.rig, (pair.source_name, pair.sink_name), case.options)
        by_clock = _by_clock(aligned, None if lit else mode, case, notebook)
        if lit:
            by_light = _by_light_of(pair, mode, fps, notebook, case)
            _compare(by_light, by_clock, mode, pair, case, notebook)
        else:
            notebook.not_said("sync offset by light (both cameras must look at one [strobe])")


def _mode(pair: Pair, case: RigCase, notebook: Notebook) -> catalog.Mode | None:
    resolved = generations.resolve(pair.source, case.cameras[pair.source_name], notebook)
    other = generations.resolve(pair.sink, case.cameras[pair.sink_name], notebook)
    return None if resolved is None or other is None else resolved[1]


def _judge_recordings(pair: Pair, shots: PairShots, held: Sequence[RoleHeld], case: RigCase, notebook: Notebook) -> Aligned | None:
    _counts(pair, shots, case, notebook)
    aligned = pair_burst.in_step(pair, shots, held)
    _false_frames(pair, aligned, notebook)
    _rate(shots, aligned, case, notebook)
    return aligned


def _counts(pair: Pair, shots: PairShots, case: RigCase, notebook: Notebook) -> None:
    recorded = {
        name: taken.encoded.frames if taken.encoded else 0 for name, taken in zip(shots.names, (shots.source, shots.sink), strict=True)
    }
    for name, taken in zip(shots.names, (shots.source, shots.sink), strict=True):
        drops.tell(drops.of_recording(taken.burst, taken.encoded), name, f"{taken.burst.frames} frames recorded", notebook)
    source, sink = recorded[pair.source_name], recorded[pair.sink_name]
    less = int(pair.global_shutter)
    known = characteristic("sync_frames")
    limit = known.limit(float(source - less), source=f"{pair.source_name} recorded {source}")
    m = Measurement("sync_frames", float(sink), "frames", method="pictures in the H.264 stream")
    notebook.measure(m, limit, subject=case.subject, mode=case.mode, conditions=recorded)


def _false_frames(pair: Pair, aligned: Aligned | None, notebook: Notebook) -> None:
    count = aligned.pairs.before[1] if aligned else 0
    if count:
        evidence = (
            f"{count} of {pair.sink_name} before the source's first frame",
            "an unpowered source clamps XVS; its rise when the source gets its supply looks like a pulse",
            "paired by time, so nothing is shifted; by index the sink is ahead",
            "always_on = true and dtoverlay=imx477,always-on avoid it",
        )
        notebook.finding("start-up false frame", pair.sink_name, evidence)


def _rate(shots: PairShots, aligned: Aligned | None, case: RigCase, notebook: Notebook) -> None:
    source, sink = shots.source.burst, shots.sink.burst
    if aligned is None:
        source_ns, sink_ns, allowed, ppm = source.timestamps_ns, sink.timestamps_ns, RATE_PPM_UNBRIDGED, 50.0
    else:
        source_ns, sink_ns, allowed, ppm = aligned.source_ns[aligned.pairs.a], aligned.sink_ns[aligned.pairs.b], RATE_PPM, 0.0
    one, other = (frame_timing(stamps, clock_ppm=ppm).period for stamps in (source_ns, sink_ns))
    value = (one.value / other.value - 1.0) * 1e6
    whose = (("source", one), ("sink", other))
    budget = [part._replace(source=f"{part.source}, {name}").times(1e6 / one.value) for name, period in whose for part in period.budget]
    how = "periods of both recordings, " + (aligned.how if aligned else NO_CLOCK)
    m = Measurement.of("sync_rate_difference", value, "ppm", budget, len(sink_ns), how)
    limit = characteristic("sync_rate_difference").limit(0.0, span=allowed)
    if allowed / 2.0 < m.U and abs(value) <= allowed + m.U:
        enough = "more frames in the plan's sync would"
        notebook.not_said(f"rate difference within {allowed:g} ppm ({len(sink_ns)} frames tell it to {m.U:.2g} ppm; {enough})")
        limit = None
    notebook.measure(m, limit, subject=case.subject, mode=case.mode)


def _by_clock(aligned: Aligned | None, mode: catalog.Mode | None, case: RigCase, notebook: Notebook) -> Measurement | None:
    """Judged by the lines of `mode`; recorded only without one."""
    if aligned is None:
        notebook.not_said(f"sync offset by clock ({NO_CLOCK})")
        return None
    by_clock = pair_burst.by_clock(aligned)
    conditions = {"time": aligned.how}
    notebook.measure(
        by_clock, _within_lines("sync_offset_by_clock", mode) if mode else None, subject=case.subject, mode=case.mode, conditions=conditions
    )
    series = by_clock.series
    assert series is not None, "the offsets of the frames"
    offsets = sorted(series.y)
    spread = Measurement(
        "sync_spread", offsets[-1 - len(offsets) // 50] - offsets[len(offsets) // 50], "us", 0.0, len(offsets), "96 % of the frames"
    )
    notebook.measure(spread, None, subject=case.subject, mode=case.mode)
    return by_clock


def _lighting(case: RigCase) -> Lighting:
    return LIT_GLOBAL if _is_global(case) else LIT_ROLLING


def _is_global(case: RigCase) -> bool:
    return next(iter(case.cameras.values())).sensor.shutter == "global"


def _by_light_of(pair: Pair, mode: catalog.Mode, fps: float, notebook: Notebook, case: RigCase) -> sync_light.ByLight:
    lighting = _lighting(case)
    if pair.global_shutter:
        fps = SHARE * mode.nominal_fps
    with notebook.step("flashes that both cameras see", sync_light.seconds(lighting.frames, fps)):
        pair.configure(mode.size, bits=mode.bits, fps=fps, exposure_us=lighting.exposure_us)
        taken = sync_light.record(pair, Strobe(pair.station), lighting.width_us, lighting.frames)
    return sync_light.offset(pair, taken, mode.line_time_ns / 1e3)


def _within_lines(name: str, mode: catalog.Mode) -> Any:
    line_us = mode.line_time_ns / 1e3
    return characteristic(name).limit(0.0, span=LINES * line_us, source=f"{LINES:g} x {line_us:.6g} us")


def _compare(
    lit: sync_light.ByLight, by_clock: Measurement | None, mode: catalog.Mode, pair: Pair, case: RigCase, notebook: Notebook
) -> None:
    # Timestamps mark read-outs, which begin where exposures end.
    line_us, by_light = mode.line_time_ns / 1e3, lit.stop or lit.start
    outcome = notebook.measure(lit.start.named("sync_offset"), _within_lines("sync_offset", mode), subject=case.subject, mode=case.mode)
    if lit.stop is not None:
        ends = lit.stop.named("sync_offset_of_ends")
        notebook.measure(ends, _within_lines("sync_offset_of_ends", mode), subject=case.subject, mode=case.mode)
    agreement = agree(by_light, by_clock, line_us, pair.global_shutter) if by_clock is not None else None
    if by_clock is None or agreement is None or agreement.agrees:
        return
    seen = (
        f"by the timestamps {by_clock.value:.4g} us, U {by_clock.U:.2g} us",
        f"by the light of {by_light.n} flashes {by_light.value:.6g} us, U {by_light.U:.2g} us",
        f"they may differ by {agreement.limit_us:.3g} us",
    )
    facts = {"subject": case.subject, "clock": _ms(by_clock), "light": _ms(by_light), "apart": True, "sink": pair.sink_name}
    named = diagnose("light", facts, seen)
    assert named is not None, "apart"
    if outcome.verdict is Verdict.FAIL:
        raise blame(named, case.rig.unit)
    notebook.finding(named.cause, case.subject, seen)


def _ms(m: Measurement) -> str:
    # Adding 0 takes the sign off a zero.
    return f"{round(m.value / 1e3, 2) + 0.0:.2f} ms"
