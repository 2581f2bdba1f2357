"""Sync offset of two cameras, frame by frame: by their timestamps and by the light of flashes that both saw.

The offset is that of the second camera behind the first: for a rolling shutter the difference of the instants at which the same row is read
out, for a global shutter the differences of the exposures' starts and ends, each for itself. Clock and light are two measurements of one
thing and must agree: "the timestamps say 0.2 ms, the light says 10 ms" is a fault that no timestamp shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.budget import combined, rectangular, type_a, type_b
from hil.measure.errors import EstimatorError
from hil.measure.flash import NOISE, FlashTimes
from hil.measure.measurement import Measurement, Series
from hil.measure.window import Window

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NEAR: Final = 0.5
"""Frames belong together if they are nearer than this part of a period."""

LATENCY_US: Final = 10.0
"""Half width assumed for what two hosts' mean interrupt latencies differ by; the timestamps cannot show it (type B, rectangular)."""

GLOBAL_MARGIN_US: Final = 10.0
"""What light and clock of a global shutter may differ by beyond 4 u; a rolling shutter's is one line."""

COVERAGE: Final = 4.0
"""Two methods are said to disagree only beyond 4 u: healthy pairs shall not raise alarms."""


class NoPairs(EstimatorError):
    """No frames, or flashes, of the two cameras belong together."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which frame of one camera belongs to which of the other."""

    a: Whole
    b: Whole
    """Indices of frames that belong together, equally many, rising."""
    before: tuple[int, int]
    """Frames of (a, b) before the first pair: start-up frames, or one camera that began earlier."""
    after: tuple[int, int]
    """Frames after the last pair."""
    alone_a: Whole
    alone_b: Whole
    """Frames without a partner between the first pair and the last: the other camera's was dropped, or this one is false."""


@dataclass(frozen=True, slots=True)
class Offset:
    """The offset of camera b behind camera a."""

    median: Measurement
    """"sync_offset_..." in us, with the frames' offsets as its series."""
    worst: Measurement
    """The offset farthest from 0."""
    per_frame: tuple[Measurement, ...] = ()
    """By light only: the clock's frames share one u, that of a single one is in the series."""


@dataclass(frozen=True, slots=True)
class WindowOffset:
    """The offset of global shutter b behind a, by light."""

    start: Measurement
    """"sync_offset_start"."""
    stop: Measurement
    """"sync_offset_stop"."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether light and clock say the same."""

    difference: Measurement
    """"light_minus_clock" in us."""
    limit_us: float
    agrees: bool


def pair_frames(t_a_ns: ArrayLike, t_b_ns: ArrayLike, period_ns: float) -> Pairs:
    """Pair frames by time: mutually nearest, and nearer than half a period.

    `t_a_ns`, `t_b_ns`: read-out instants of one time base, rising. Drops and start-up frames leave partners alone and shift nobody.
    """
    a, b = _rising("first camera's timestamps", t_a_ns), _rising("second camera's timestamps", t_b_ns)
    if not (period_ns > 0 and math.isfinite(period_ns)):
        raise EstimatorError(f"a period of {period_ns} ns is none")
    to_b, to_a = _nearest(a, b), _nearest(b, a)
    index = np.arange(len(a))
    mutual = (to_a[to_b] == index) & (np.abs(b[to_b] - a) < NEAR * period_ns)
    if not np.any(mutual):
        apart = float(np.min(np.abs(b[to_b] - a))) / 1e6
        raise NoPairs(f"no two frames are nearer than half a period of {period_ns / 1e6:.6g} ms; the nearest are {apart:.6g} ms apart")
    pair_a, pair_b = index[mutual], to_b[mutual]
    return Pairs(
        pair_a,
        pair_b,
        (int(pair_a[0]), int(pair_b[0])),
        (int(len(a) - 1 - pair_a[-1]), int(len(b) - 1 - pair_b[-1])),
        np.setdiff1d(np.arange(pair_a[0], pair_a[-1]), pair_a),
        np.setdiff1d(np.arange(pair_b[0], pair_b[-1]), pair_b),
    )


def offset_by_clock(
    t_a_ns: ArrayLike, t_b_ns: ArrayLike, pairs: Pairs, *, u_bridge_us: float = 0.0, latency_us: float = LATENCY_US
) -> Offset:
    """From the timestamps of pairs, in one time base.

    `u_bridge_us`: standard uncertainty of the time base between the two hosts, 0 on one host; `latency_us`: half width of the
    difference of the hosts' mean interrupt latencies. The scatter of frames is latency and true wander alike; it is not told apart.
    """
    a, b = _rising("first camera's timestamps", t_a_ns), _rising("second camera's timestamps", t_b_ns)
    offsets = (b[pairs.b] - a[pairs.a]).astype(np.float64) / 1e3
    budget = (
        type_a("scatter of the timestamps", _of_median(offsets)),
        type_b("bridge between the clocks", u_bridge_us),
        rectangular(f"interrupt latencies, +/- {latency_us:g} us assumed", latency_us),
    )
    single = combined((type_a("one frame", _spread(offsets)), *budget[1:]))
    series = _series(pairs.a, offsets, np.full(len(offsets), single))
    median = Measurement.of("sync_offset_by_clock", float(np.median(offsets)), "us", budget, len(offsets), "median of pairs", series)
    worst = float(offsets[np.argmax(np.abs(offsets))])
    return Offset(median, Measurement("worst_sync_offset_by_clock", worst, "us", single, len(offsets), "farthest from 0", series))


def offset_by_light(a: Sequence[FlashTimes | None], b: Sequence[FlashTimes | None], *, u_line_time_us: float = 0.0) -> Offset:
    """From flashes that both cameras saw: `a[i]` and `b[i]` are the same flash, None where one camera could not time it.

    A flash falls later after the read-out of the camera that reads out earlier. `u_line_time_us`: of the line time that both cameras
    share; it counts only for the rows between their bands. Give camera b the `strobe` fitted to camera a: the shape's errors then cancel.
    """
    if len(a) != len(b):
        raise EstimatorError(f"{len(a)} flashes of one camera, {len(b)} of the other")
    pairs = [(i, x, y) for i, (x, y) in enumerate(zip(a, b, strict=True)) if x is not None and y is not None]
    if not pairs:
        raise NoPairs(f"of {len(a)} flashes none was timed by both cameras")
    frames = tuple(_by_flash(x, y, u_line_time_us) for _, x, y in pairs)
    offsets, u = np.array([m.value for m in frames]), np.array([m.budget[0].u for m in frames])
    common = float(np.median([_norm(x.shape_us, y.shape_us) for _, x, y in pairs]))
    budget = (type_a("flashes", _u_of_noisy_median(offsets, u)), type_b("shape of the light, common to all", common))
    series = _series(np.array([i for i, _, _ in pairs]), offsets, np.array([m.u for m in frames]))
    median = Measurement.of("sync_offset_by_light", float(np.median(offsets)), "us", budget, len(pairs), "median of flashes", series)
    worst = frames[int(np.argmax(np.abs(offsets)))]
    return Offset(median, worst.named("worst_sync_offset_by_light"), frames)


def offset_by_windows(a: Window, b: Window) -> WindowOffset:
    """Of two global shutters scanned by one strobe against one reference edge: what is unknown of its delay is the same for both."""

    def behind(name: str, x: Measurement, y: Measurement) -> Measurement:
        return Measurement.of(name, y.value - x.value, "us", (x.budget[0], y.budget[0]), min(x.n, y.n), "difference of strobe scans")

    return WindowOffset(behind("sync_offset_start", a.start, b.start), behind("sync_offset_stop", a.stop, b.stop))


def agree(light: Measurement, clock: Measurement, line_time_us: float, global_shutter: bool = False) -> Agreement:
    """Whether two offsets differ by no more than a line (a global shutter: 10 us) and 4 u."""
    u = math.hypot(light.u, clock.u)
    limit = (GLOBAL_MARGIN_US if global_shutter else line_time_us) + COVERAGE * u
    difference = Measurement("light_minus_clock", light.value - clock.value, "us", u, min(light.n, clock.n), "by light minus by clock")
    return Agreement(difference, limit, abs(difference.value) <= limit)


def _by_flash(a: FlashTimes, b: FlashTimes, u_line_time_us: float) -> Measurement:
    noise = math.hypot(*(part.u for m in (a.middle, b.middle) for part in m.budget if part.source == NOISE))
    budget = (
        type_a(NOISE, noise),
        type_b("shape of the light and exposures", _norm(a.shape_us, b.shape_us)),
        type_b("line time, for the rows between", abs(a.row - b.row) * u_line_time_us),
    )
    value = a.middle.value - b.middle.value
    return Measurement.of("sync_offset_by_light", value, "us", budget, 1, "one flash in both frames")


def _norm(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Causes that the second camera took over from the first act on both; otherwise they are independent."""
    if len(a) == len(b):
        return math.hypot(*a, *b)
    longest = max(len(a), len(b))
    return float(np.linalg.norm(np.pad(a, (0, longest - len(a))) - np.pad(b, (0, longest - len(b)))))


def _spread(values: Floats) -> float:
    """Standard deviation, from the quartiles' robust cousin: 1.4826 times the median distance from the median."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def _of_median(values: Floats) -> float:
    """Standard uncertainty of the median of `values` that scatter; batches of neighbours see slow wander where single values do not."""
    n = len(values)
    plain = 1.2533 * _spread(values) / math.sqrt(n)
    batches = np.array_split(values, 8) if n >= 40 else []
    wander = float(np.std([np.median(batch) for batch in batches], ddof=1)) / math.sqrt(8) if batches else 0.0
    return max(plain, wander)


def _u_of_noisy_median(values: Floats, u: Floats) -> float:
    """Standard uncertainty of the median of offsets that truly differ, each measured with its own u.

    Only values that noise can carry across the median move it: those within about their u of it count, and at least the middle one or
    two, by a normal kernel (1.17 makes it 1.253 u / sqrt(n), the textbook's, where they do not differ at all).
    """
    far = np.abs(values - np.median(values))
    near = np.exp(-0.5 * (far / np.maximum(np.maximum(u, far.min()), 1e-12)) ** 2)
    return float(1.17 * np.sqrt(np.sum((near * u) ** 2)) / np.sum(near))


def _nearest(of: Whole, among: Whole) -> Whole:
    right = np.clip(np.searchsorted(among, of), 1, max(len(among) - 1, 1))
    left = right - 1
    right = np.minimum(right, len(among) - 1)
    chosen: Whole = np.where(np.abs(among[right] - of) < np.abs(of - among[left]), right, left)
    return chosen


def _rising(what: str, values: ArrayLike) -> Whole:
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise EstimatorError(f"no {what}" if array.size == 0 else f"{what} in {array.ndim} dimensions, not one")
    if not (np.issubdtype(array.dtype, np.number) and np.isrealobj(array)) or not np.all(np.isfinite(array)):
        raise EstimatorError(f"{what} are not all numbers")
    whole = array.astype(np.int64)
    if np.any(np.diff(whole) <= 0):
        at = int(np.argmax(np.diff(whole) <= 0))
        raise EstimatorError(f"{what} do not rise after frame {at}: {whole[at]} then {whole[at + 1]}")
    return whole


def _series(frame: Whole, offsets: Floats, u: Floats) -> Series:
    return Series(tuple(map(float, frame)), tuple(offsets.tolist()), tuple(u.tolist()), "frame", "offset, us")
