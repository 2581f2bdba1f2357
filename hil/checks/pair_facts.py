"""What a recording of two cameras shows, as facts for `causes.toml` [pair]: who made frames, when, how regularly, and what reached whom.

Frames are counted, timed and paired by one time base where there is one: one host, or the clock wire's bridge between two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hil.checks import roles
from hil.checks.case import paced
from hil.errors import CameraTimeout, RigError
from hil.measure.sync import Pairs, pair_frames

if TYPE_CHECKING:
    from hil.checks.pairs import Pair, PairShots
    from hil.checks.station import Station
    from hil.drivers.roles import RoleHeld

FEW = 2
"""Frames of the sink before the source starts, from which on it makes them by itself; a single one is a start-up false frame."""

FREE_FRAMES = 5

STEADY = 0.1
"""Scatter of intervals, in parts of the median one, up to which frames come regularly."""


@dataclass(frozen=True)
class Aligned:
    """The timestamps of both recordings in one time base."""

    source_ns: NDArray[np.int64]
    sink_ns: NDArray[np.int64]
    pairs: Pairs
    u_us: float
    """Standard uncertainty of the time base between them; 0 on one host."""
    how: str
    """In words."""


def align(burst: PairShots) -> Aligned | None:
    """Both recordings in the source's time, frames paired; None where there is no common time base. EstimatorError: no bridge, no pairs."""
    source, sink = burst.source.burst.timestamps_ns, burst.sink.burst.timestamps_ns
    if not len(source) or not len(sink):
        return None
    u_us, how = 0.0, "one host, one clock"
    if not burst.one_clock:
        if burst.stamps is None or not burst.stamps.at_sink or not burst.stamps.at_source:
            return None
        from hil.measure.bridge import bridge

        bridged = bridge(burst.stamps.source, burst.stamps.sink)
        u_us, how = float(np.median(bridged.u_ns(sink))) / 1e3, "clock wire, stamped at both Pis"
        sink = bridged.to_a(sink)
    return Aligned(source, sink, pair_frames(source, sink, burst.period_us * 1e3), u_us, how)


def gather(pair: Pair, burst: PairShots, aligned: Aligned | None, alive: dict[str, bool | None]) -> dict[str, Any]:
    """The facts. `alive`: cameras that made frames by themselves when they were asked to, where that was tried."""
    rig, (source_host, sink_host) = pair.station.rig, pair.hosts
    source, sink = burst.source.burst, burst.sink.burst
    wires = [name for name in ("XVS", "XHS") if name in rig.wiring]
    facts: dict[str, Any] = {
        "source": pair.source_name,
        "sink": pair.sink_name,
        "source_host": source_host,
        "sink_host": sink_host,
        "rig_file": rig.name,
        "gs": pair.global_shutter,
        "wires": " or ".join(wires),
        "metered": "; ".join(f"{pair.source_name}.{wire} to {pair.sink_name}.{wire}" for wire in (*wires, "GND")),
        "or_ground": ", or ground" if source_host != sink_host else "",
        "clock_line": rig.wiring.get("clock", ""),
        "source_silent": source.frames == 0,
        "source_runs": burst.source.complete,
        "source_alive": alive.get(pair.source_name),
        "sink_alive": alive.get(pair.sink_name),
        "sink_silent": sink.frames - burst.before_start == 0,
        "sink_runs_alone": burst.before_start >= FEW,
        "gave_up": burst.sink.gave_up,
        "sink_timed_out": burst.sink.gave_up and sink.frames == 0,
        "sink_short": not burst.sink.complete,
        "role_fix": f"look at the overlay of {pair.sink_name} and at trigger_mode on {sink_host}",
    }
    return facts | _clock(burst) | _rates(burst) | _places(pair, aligned)


def alive(pair: Pair, burst: PairShots) -> dict[str, bool | None]:
    """Whether cameras that were silent make frames by themselves; only asked of those that a parameter lets run free."""
    silent = {pair.source_name: burst.source, pair.sink_name: burst.sink}
    return {
        name: _runs_free(pair.station, name)
        for name, shots in silent.items()
        if not shots.burst.frames and not paced(pair.station.rig, name)
    }


def _runs_free(station: Station, name: str) -> bool | None:
    camera = station.cameras[name]
    try:
        with roles.held(station, (name,), ""):
            return camera.burst(FREE_FRAMES).frames == FREE_FRAMES
    except CameraTimeout:
        return False
    except RigError:
        return None
    finally:
        camera.stop()


def _clock(burst: PairShots) -> dict[str, Any]:
    if burst.stamps is None:
        return {}
    return {"clock_wired": True, "clock_at_source": burst.stamps.at_source > 0, "clock_at_sink": burst.stamps.at_sink > 0}


def _rates(burst: PairShots) -> dict[str, Any]:
    gaps_ns = np.diff(burst.sink.burst.timestamps_ns[burst.before_start :])
    if len(gaps_ns) < FEW:
        return {}
    middle = float(np.median(gaps_ns))
    ratio = middle / (burst.period_us * 1e3)
    steady = float(np.median(np.abs(gaps_ns - middle))) < STEADY * middle
    skip = round(ratio)
    skips = steady and skip >= 2 and abs(ratio - skip) < STEADY
    return {"sink_steady": steady, "sink_skips": skips, "skip": {2: "second", 3: "third"}.get(skip, f"{skip}th")}


def _places(pair: Pair, aligned: Aligned | None) -> dict[str, Any]:
    if aligned is None:
        return {}
    late = aligned.pairs.before[0] - pair.global_shutter
    return {"sink_late": late > 0, "missed_first": late, "false_frames": aligned.pairs.before[1]}


def seen(pair: Pair, burst: PairShots, held: Sequence[RoleHeld], facts: dict[str, Any]) -> list[str]:
    """The observations, in the words of a verdict."""
    source, sink = burst.source, burst.sink
    told = [
        f"{pair.sink_name} {sink.burst.frames} frames{_rate(sink.burst.timestamps_ns)}",
        f"{pair.source_name} {source.burst.frames} frames{_rate(source.burst.timestamps_ns)}",
    ]
    if held:
        told.append("roles read back: " + ", ".join(f"{one.camera} {one.mode} ({one.by})" for one in held))
    if burst.stamps is not None:
        told.append(f"clock pulses: {burst.stamps.at_source} at {facts['source_host']}, {burst.stamps.at_sink} at {facts['sink_host']}")
    told.append(
        f"{pair.sink_name} alone: {burst.before_start or 'no'} frame{'' if burst.before_start == 1 else 's'} before the source started"
    )
    if sink.why:
        told.append(f"{pair.sink_name}: {sink.why}")
    return told


def _rate(timestamps_ns: NDArray[np.int64]) -> str:
    if len(timestamps_ns) < FEW:
        return ""
    hertz = 1e9 / float(np.median(np.diff(timestamps_ns)))
    return f" at {hertz:.2f} Hz" if math.isfinite(hertz) else ""
