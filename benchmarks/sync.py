"""How well light times cameras: errors of the synchronisation estimators on made truth, over seeds that are fixed beforehand.

    python -m benchmarks sync            all 400 seeds on all cores
    python benchmarks/sync.py 40         fewer

Light is the simulator's own integral over every row (`hil.sim`), of pulses that know nothing of the estimator's model. One estimate a seed.
"bound" compares the RMS error with what photons and read noise allow anyone (Cramér-Rao).
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from hil.measure.bridge import LATENCY_NS, bridge
from hil.measure.flash import Rolling, flashes, photon_bound_us
from hil.measure.measurement import Measurement
from hil.measure.sync import offset_by_light, offset_by_windows
from hil.measure.window import LED_DELAY_US, exposure_window
from hil.sim.frame import Frame, Scene, row_exposure_integral
from hil.sim.light import Lamp, Light, Pulse

SEEDS = 400
Array = NDArray[np.float64]
Found = list[tuple[float, float, float]]
"""Of one seed: (error, u, bound or NaN) for every quantity of a case."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    group: str
    truth: str
    unit: str
    limit: float
    """For the 95th percentile of |error|; infinite where the table only informs."""
    type_b: str = ""


@dataclass(frozen=True)
class Case:
    """What one seed makes, and the rows it fills."""

    rows: tuple[Row, ...]
    estimate: Callable[[Generator], Found]


# -- rolling shutter: two cameras see the same flashes -------------------------------------------------------------------

LINE_US, EXPOSURE_LINES, ROWS, PIXELS = 18.0, 40, 96, 1000
READ_E, GAIN, BLACK = 3.0, 0.47, 256.0
U_LINE = 50e-6
"""Relative standard uncertainty of the line time given to the estimator: a crystal within 50 ppm or so."""


@dataclass(frozen=True)
class Bench:
    """What the two cameras look at and how they are built."""

    lines: float
    plateau_e: float
    tail: float = 0.0
    """Part of the light that decays in 15 us."""
    ambient: float = 0.0
    """Lux of a lamp at 100 Hz, relative to the flash, that flickers by half."""
    bend: float = 0.0
    """Part by which the response falls short of a straight line at the plateau."""
    paired: bool = False
    flashes: int = 12
    """By which the shape of the light is learnt."""


@dataclass(frozen=True)
class Led:
    """This seed's LED; ns."""

    rise: float
    fall: float


def pulses(bench: Bench, led: Led, start_ns: float) -> tuple[Pulse, ...]:
    start, stop = round(start_ns), round(start_ns) + round(bench.lines * LINE_US * 1e3)
    quick = Pulse(start, stop, 1.0 - bench.tail, led.rise, led.fall)
    return (quick, Pulse(start, stop, bench.tail, led.rise, 15e3)) if bench.tail else (quick,)


def lux_seconds(bench: Bench, led: Led, start_ns: float, phase: float) -> Array:
    """Light of every row for a flash at `start_ns` after the read-out of row 0."""
    light = Light(pulses=pulses(bench, led, start_ns), lamps=(Lamp(bench.ambient, 100.0, 0.5, phase),) if bench.ambient else ())
    exposure = EXPOSURE_LINES * LINE_US * 1e3
    frame = Frame(
        1, "hq", 0, 64, ROWS, 12, -round(exposure), exposure, LINE_US * 1e3, (0, 0, 64, ROWS), (64, ROWS), scene=Scene("flat", light)
    )
    lit = row_exposure_integral(frame)
    return np.repeat(lit[::2], 2) if bench.paired else lit


def electrons(bench: Bench, lit: Array) -> Array:
    """Of a pixel in every row; the plateau of a flash is `plateau_e`."""
    full = min(bench.lines, EXPOSURE_LINES) * LINE_US * 1e-6
    part = lit / full
    return bench.plateau_e * part * (1.0 - bench.bend * part)


@dataclass(frozen=True)
class Rows:
    """A camera's rows: how they respond, and what is known of that."""

    response: Array
    offset: Array
    dark: Array
    flat: Array

    @classmethod
    def of(cls, rng: Generator) -> Rows:
        """Of one camera."""
        response = (1.0 + 0.05 * np.cos(np.linspace(0, 3, ROWS))) * rng.normal(1, 2e-4, ROWS)
        offset = rng.normal(0, 0.02, ROWS)
        noise = GAIN * READ_E / math.sqrt(PIXELS * 32)
        return cls(response, offset, BLACK + offset + rng.normal(0, noise, ROWS), response * rng.normal(1, 2e-4, ROWS))

    def read(self, rng: Generator, mean_e: Array) -> Array:
        """Row means in DN of one frame."""
        seen = mean_e * self.response
        return BLACK + self.offset + GAIN * rng.normal(seen, np.sqrt((seen + READ_E**2) / PIXELS))


def by_light(bench: Bench, rng: Generator) -> Found:
    """Offset by the first flash, by the median of all, and camera a's frame start."""
    led = Led(*(1e3 * 10 ** rng.uniform(-1, 0.2, 2)))
    first = 12.0 if bench.lines < EXPOSURE_LINES else 4.0
    last = ROWS - 10.0 - max(bench.lines, EXPOSURE_LINES) - min(bench.lines, EXPOSURE_LINES)
    start = rng.uniform(first, max(last, first + 4.0), bench.flashes) * LINE_US
    offset = rng.uniform(-1, 1) * LINE_US + np.linspace(0, rng.uniform(0, 0.3), bench.flashes) * LINE_US
    cameras = []
    for late in (0.0, offset):
        rows = Rows.of(rng)
        at = start - late
        seen = [rows.read(rng, electrons(bench, lux_seconds(bench, led, 1e3 * t, rng.uniform(0, 6)))) for t in at]
        cameras.append((rows, seen))
    line = LINE_US * (1 + U_LINE * rng.normal())
    camera = Rolling(EXPOSURE_LINES * LINE_US, line, line * U_LINE, None if bench.paired else False)
    (rows_a, seen_a), (rows_b, seen_b) = cameras
    a = flashes(seen_a, rows_a.dark, rows_a.flat, camera)
    b = flashes(seen_b, rows_b.dark, rows_b.flat, Rolling(camera.exposure_us, line, line * U_LINE, a.paired), strobe=a.strobe)
    found = offset_by_light(a.times, b.times, u_line_time_us=line * U_LINE)
    bound = math.sqrt(2) * photon_bound_us(fine(bench, led), PIXELS, LINE_US, READ_E)
    one, begun = found.per_frame[0], a.times[0]
    assert begun is not None
    return [
        scaled(one, offset[0], bound),
        scaled(found.median, float(np.median(offset)), math.nan),
        scaled(begun.start, start[0], math.nan),
    ]


def scaled(m: Measurement, truth: float, bound: float) -> tuple[float, float, float]:
    return (m.value - truth) / LINE_US, m.u / LINE_US, bound / LINE_US


def fine(bench: Bench, led: Led, phases: int = 8) -> Array:
    """Expected electrons, rows by phases; ambient light at its mean."""
    dark = electrons(bench, np.array([bench.ambient * EXPOSURE_LINES * LINE_US * 1e-6]))[0]
    plain = replace(bench, ambient=0.0, paired=False)
    first = (12.0 if bench.lines < EXPOSURE_LINES else 4.0) * LINE_US * 1e3
    rows = [electrons(plain, lux_seconds(plain, led, first - i / phases * LINE_US * 1e3, 0.0)) for i in range(phases)]
    return np.stack(rows, axis=1) + dark


def rolling(truth: str, bench: Bench, limit: float = 0.05) -> Case:
    return Case(
        (
            Row("offset by light, one flash", truth, "lines", limit),
            Row(f"  median of {bench.flashes} flashes", truth, "lines", limit),
            Row("  frame start", truth, "lines", 1.0),
        ),
        partial(by_light, bench),
    )


# -- global shutter: strobe scans against XTR ------------------------------------------------------------------------------


def scan(rng: Generator, window: tuple[float, float], width: float, led: Led, late: float, noise: float) -> tuple[Array, Array]:
    """Delays and signals of a scan: every 0.5 us at the edges, some on the plateau and outside."""
    start, stop = window
    edges = [np.arange(edge - width - 8, edge + 8, 0.5) for edge in (start, stop)]
    delay = np.unique(np.concatenate([*edges, np.linspace(start - width - 30, stop + 30, 40)])) + rng.uniform(-0.25, 0.25)
    pulse = Light(pulses=(Pulse(0, round(width * 1e3), 1.0, led.rise, led.fall),))
    open_ns = (start - delay - late) * 1e3
    lit = np.array([pulse.integral(0, np.array([at]), (stop - start) * 1e3)[0] for at in open_ns]) * 1e6 / width
    return delay, BLACK + 600 * lit * (1 + noise * rng.normal(size=len(delay))) + 0.3 * rng.normal(size=len(delay))


def by_scan(width: float, noise: float, rng: Generator) -> Found:
    late = rng.uniform(-LED_DELAY_US, LED_DELAY_US)
    led = Led(*(1e3 * 10 ** rng.uniform(-1.3, 0, 2)))
    truth = [(begin, begin + rng.uniform(500, 6000)) for begin in rng.uniform(0, 12, 2)]
    a, b = (exposure_window(*scan(rng, window, width, led, late, noise), width) for window in truth)
    both = offset_by_windows(a, b)
    start, stop = truth[0]
    edge = a.start.budget[0].u
    return [
        # Against the light itself: what the delay of the LED adds is a row of its own.
        (a.start.value + late - start, edge, math.nan),
        (a.stop.value + late - stop, a.stop.budget[0].u, math.nan),
        (a.length.value - (stop - start), a.length.u, math.nan),
        (a.start.value - start, a.start.u, math.nan),
        (both.start.value - (truth[1][0] - start), both.start.u, math.nan),
    ]


def global_shutter(width: float, noise: float) -> Case:
    truth = f"pulses of {width:g} us, {noise:.1%} flicker"
    wide = "delay of LED and driver, 0.2 us"
    return Case(
        (
            Row("window start", truth, "us", 0.3),
            Row("  end", truth, "us", 0.3),
            Row("  length", truth, "us", 0.3),
            Row("  start relative to XTR", truth, "us", 1.0, wide),
            Row("  offset of two windows' starts", truth, "us", 0.3),
        ),
        partial(by_scan, width, noise),
    )


# -- two hosts' clocks, bridged by one wire ------------------------------------------------------------------------------


def by_bridge(rng: Generator) -> Found:
    """Median over 100 frames of host b's instants on host a's clock; each host stamps late by a mean of its own."""
    gaps = rng.choice([70e6, 80e6, 90e6], 120)
    sent = np.cumsum(gaps)
    offset, rate = rng.uniform(-1e9, 1e9), rng.uniform(-50e-6, 50e-6)
    on_a, on_b = (sent + rng.uniform(0, LATENCY_NS) + rng.exponential(5e3, len(sent)) for _ in range(2))
    stamps_a, stamps_b = (5e12 + on_a).astype(np.int64), (7e12 + offset + on_b * (1 + rate)).astype(np.int64)
    found = bridge(stamps_a, stamps_b)
    frames = np.linspace(sent[5], sent[-5], 100)
    frames_b = (7e12 + offset + frames * (1 + rate)).astype(np.int64)
    error = np.median(found.to_a(frames_b) - (5e12 + frames)) / 1e3
    return [(float(error), float(np.median(found.u_ns(frames_b))) / 1e3, math.nan)]


CASES = [
    Case((Row("bridged timestamps, median", "100 frames, 10 s", "us", 20.0, "mean latencies of the hosts"),), by_bridge),
    rolling("2 lines, 100 e-", Bench(2, 100)),
    rolling("2.5 lines, 1000 e-", Bench(2.5, 1000, flashes=36)),
    rolling("6 lines, 300 e-", Bench(6, 300)),
    rolling("3 lines, 300 e-, LED with a tail of 20 %", Bench(3, 300, tail=0.2)),
    rolling("3 lines, 300 e-, lamp at 100 Hz", Bench(3, 300, ambient=0.02)),
    rolling("3 lines, 300 e-, response bent by 1 %", Bench(3, 300, bend=0.01)),
    rolling("4 lines, 300 e-, rows in pairs", Bench(4, 300, paired=True)),
    global_shutter(5, 0.003),
    global_shutter(10, 0.003),
    global_shutter(20, 0.003),
]


def one(job: tuple[int, int]) -> Found:
    """One seed of one case."""
    case, seed = job
    return CASES[case].estimate(np.random.default_rng([20261122, case, seed]))


def line(row: Row, found: NDArray[np.float64]) -> str:
    error, u, bound = found.T
    rms = math.sqrt(float(np.mean(error**2)))
    worst = float(np.percentile(np.abs(error), 95))
    inside = float(np.mean(np.abs(error) <= 2 * u))
    ratio = rms / math.sqrt(float(np.mean(bound**2)))
    note = [] if worst <= row.limit else [f"ABOVE {row.limit:g}"]
    note += [f"type B dominates: {row.type_b}"] if row.type_b else [] if 0.92 <= inside <= 0.985 else ["U OFF"]
    note += ["ABOVE 1.5 BOUNDS"] if ratio > 1.5 else []
    shown = f"{ratio:6.2f}" if math.isfinite(ratio) else "     -"
    return f"  {row.group:31}{row.truth:42}{error.mean():9.4f}{rms:9.4f}{worst:9.4f}  {row.unit:6}{inside:7.1%}{shown}  {'; '.join(note)}"


def main() -> None:
    """Print the table."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    print(f"{seeds} seeds\n  {'':73}{'bias':>9}{'RMS':>9}{'95 %':>9}  {'unit':6}{'in k=2':>7}{'bound':>6}", flush=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for index, case in enumerate(CASES):
            found = np.array(list(pool.map(one, [(index, seed) for seed in range(seeds)], chunksize=10)))
            for column, row in enumerate(case.rows):
                print(line(row, found[:, column]), flush=True)


if __name__ == "__main__":
    main()
