"""Sync offset by light: flashes of one LED that both cameras see, their place moving from frame to frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hil.checks import pair_facts
from hil.checks.case import START_S
from hil.checks.diagnosis import measured_by_light
from hil.checks.pairs import ARMED_S, Pair, PairShots, flash_period_us
from hil.checks.strobes import Strobe, refuse_unseen
from hil.measure import EstimatorError, Measurement
from hil.measure.flash import Flashes, FlashTimes, Rolling, flashes
from hil.measure.looks import Rows, mean_rows
from hil.measure.shared_flash import offset_by_shared_flashes
from hil.measure.sync import NoPairs, WindowOffset, offset_by_light, offset_by_windows
from hil.measure.window import exposure_window

if TYPE_CHECKING:
    from hil.drivers.frames import Shots

REFERENCE_FRAMES = 4

ENOUGH = 96
"""Flashes of a rolling shutter that are fitted at most, spread over the recording: more take long and tell little."""

SETTLE = 2
"""Frames at the start of a recording whose exposure may still be another."""


@dataclass(frozen=True)
class Lit:
    """A recording with a flash in about every frame, and what its rows are compared with. All four by both cameras."""

    width_us: float
    """Of a flash."""
    flash_us: float
    """From one flash to the next."""
    lit: PairShots
    dark: PairShots
    """Without flashes."""
    flat: PairShots
    """Under the strobe's steady light, exposed as long as a flash lasts."""
    black: PairShots
    """The same without the strobe."""


def seconds(frames: int, rate_hz: float) -> float:
    """Rig time: frames with flashes, without, and with the strobe on."""
    return 4 * (2 * START_S + ARMED_S) + (frames + 3 * REFERENCE_FRAMES + 4 * SETTLE) / rate_hz


def record(pair: Pair, strobe: Strobe, width_us: float, frames: int) -> Lit:
    """As the pair is configured. RigError where no flash is seen, or it saturates the frames."""
    asked = pair.asked
    assert asked is not None, "configured"
    looks = dict.fromkeys((pair.source_name, pair.sink_name), Rows(asked.full_scale_dn))

    def take(count: int, exposure_us: float) -> PairShots:
        pair.configure(asked.mode.size, bits=asked.mode.bits, fps=asked.fps, exposure_us=exposure_us, gain=asked.gain)
        return pair.record(count + SETTLE, reduce=looks)

    pair.flash = None
    dark = take(REFERENCE_FRAMES, asked.exposure_us)
    with strobe.on():
        flat = take(REFERENCE_FRAMES, width_us)
    black = take(REFERENCE_FRAMES, width_us)
    with strobe.in_every_frame(of=pair, width_us=width_us):
        lit = take(frames, asked.exposure_us)
    for name, frames_lit, without in zip(lit.names, _both(lit), _both(dark), strict=True):
        refuse_unseen(name, frames_lit.reduced, without.reduced[SETTLE:], pair.station.rig)
    return Lit(width_us, flash_period_us(lit.period_us, frames + SETTLE), lit, dark, flat, black)


@dataclass(frozen=True)
class ByLight:
    """How much later the sink exposes than the source."""

    start: Measurement
    """Rolling shutters: of the same row, start and end alike; global ones: of the exposures' starts."""
    stop: Measurement | None = None
    """Of the exposures' ends, where they are measured by themselves: global shutters."""


def offset(pair: Pair, taken: Lit, line_us: float) -> ByLight:
    """The median offset of the sink behind the source. RigError where the flashes cannot be timed."""
    where, hint = f"{pair.source_name}+{pair.sink_name}", "is the LED in the picture of both cameras, and does nothing else flash?"
    with measured_by_light(f"{where}: the offset by light", where, hint):
        if pair.global_shutter:
            found = _offset_by_windows(taken, _full_scale_dn(pair))
            return ByLight(found.start, found.stop)
        return ByLight(_offset_by_rows(pair, taken, line_us))


def _both(shots: PairShots) -> tuple[Shots, Shots]:
    return shots.source, shots.sink


def _full_scale_dn(pair: Pair) -> int:
    assert pair.asked is not None, "configured"
    return pair.asked.full_scale_dn


def _offset_by_rows(pair: Pair, taken: Lit, line_us: float) -> Measurement:
    assert pair.asked is not None, "configured"
    camera = Rolling(pair.asked.exposure_us, line_us, full_scale_dn=float(pair.asked.full_scale_dn))
    places = _places(taken.lit)
    places = places[:: math.ceil(len(places) / ENOUGH)]
    source = _timed(camera, [i for i, _ in places], taken.lit.source, taken.dark.source, taken.flat.source, taken.black.source, None)
    sink = _timed(camera, [j for _, j in places], taken.lit.sink, taken.dark.sink, taken.flat.sink, taken.black.sink, source)
    return offset_by_light(*_matched(source.times, sink.times, taken.lit.period_us / 2.0)).median


def _timed(camera: Rolling, frames: Sequence[int], lit: Shots, dark: Shots, flat: Shots, black: Shots, other: Flashes | None) -> Flashes:
    profiles = [lit.reduced[i].means_dn for i in frames]
    known = {} if other is None else {"strobe": other.strobe}
    return flashes(profiles, _mean(dark), _mean(flat) - _mean(black), camera, **known)


def _mean(shots: Shots) -> NDArray[np.float64]:
    return mean_rows(shots.reduced[SETTLE:])


def _offset_by_windows(taken: Lit, full_scale_dn: int) -> WindowOffset:
    """Global shutters: by the flashes that lie across an edge of both exposures; by a scan of each where they are too far apart for that.

    When a flash falls is known but for a constant, and but for what the program that makes it is late: alike for both.
    """
    aligned = pair_facts.align(taken.lit)
    if aligned is None:
        raise EstimatorError("frames of the two cameras cannot be paired: no common clock")
    source_us = (aligned.source_ns - aligned.source_ns[0])[aligned.pairs.a] / 1e3
    place = np.rint(source_us / taken.lit.period_us)
    phase = np.mod(place * taken.flash_us - source_us, taken.flash_us)
    source, sink = (
        np.array([shots.reduced[i].mean_dn for i in index])
        for shots, index in ((taken.lit.source, aligned.pairs.a), (taken.lit.sink, aligned.pairs.b))
    )
    # The window is to lie in the middle of the scan, not across its ends.
    turn = 2j * np.pi / taken.flash_us
    middle = np.angle(np.sum((source - source.min()) * np.exp(turn * phase))) / turn.imag
    delay = np.mod(phase - middle + taken.flash_us / 2.0, taken.flash_us)
    windows = [exposure_window(delay, level, taken.width_us, full_scale_dn=float(full_scale_dn)) for level in (source, sink)]
    try:
        return offset_by_shared_flashes(delay, source, sink, taken.width_us, windows[0])
    except NoPairs:
        return offset_by_windows(*windows)


Times = list[FlashTimes | None]


def _places(lit: PairShots) -> list[tuple[int, int]]:
    """Frames of source and sink that one pulse made."""
    aligned = pair_facts.align(lit)
    if aligned is None:
        return [(i, i) for i in range(min(lit.source.burst.frames, lit.sink.burst.frames))]
    return list(zip(aligned.pairs.a.tolist(), aligned.pairs.b.tolist(), strict=True))


def _matched(source: Sequence[FlashTimes | None], sink: Sequence[FlashTimes | None], half_us: float) -> tuple[Times, Times]:
    """Only what is the same flash of both: no farther apart than half a period, else it is the next one."""
    same = [a is not None and b is not None and abs(a.middle.value - b.middle.value) < half_us for a, b in zip(source, sink, strict=True)]
    first = [a if one else None for a, one in zip(source, same, strict=True)]
    second = [b if one else None for b, one in zip(sink, same, strict=True)]
    return first, second
