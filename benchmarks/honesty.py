"""How honest the estimators' stated uncertainties are: RMS(error / u) over many estimates of a truth that we made.

1 is honest, more is boastful, less is timid. Every truth but the first of a group has another shape than the estimator's model. Run it:

    python benchmarks/honesty.py [estimates]      2,000 by default
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from hil.measure import (
    LevelLine,
    LightReading,
    Link,
    Measurement,
    Range,
    exposure_by_interval,
    exposure_by_light,
    exposure_offset,
    frame_timing,
    level_line,
    light_reading,
)
from hil.measure.light import NONLINEARITY

Estimate = tuple[Measurement, float]
"""A measurement and the truth that it was made from."""

Array = NDArray[np.float64]
Make = Callable[[Generator], Estimate]
Scatter = Callable[[Generator, int], Array]
"""Of so many readings."""

Response = Callable[[Array, float], Array]
"""Levels above black in DN of a sensor bent that much, from the light."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    group: str
    truth: str
    estimate: Make
    type_b: str = ""
    """What dominates where a type B term may make the ratio less than 0.90."""


# -- frame timing: 120 frames of a mode at 56 Hz -------------------------------------------------------------------------

PERIOD_NS = 17_849_837.0
FRAMES = 120


def gaussian(rng: Generator, n: int) -> Array:
    return rng.normal(0, 8e3, n)


def exponential(rng: Generator, n: int) -> Array:
    return rng.exponential(8e3, n)


def bimodal(rng: Generator, n: int) -> Array:
    return rng.normal(0, 1e3, n) + 40e3 * (rng.random(n) < 0.15)


def heavy_tailed(rng: Generator, n: int) -> Array:
    return 5e3 * np.abs(rng.standard_t(3, n))


def rare_milliseconds(rng: Generator, n: int) -> Array:
    return rng.exponential(3e3, n) + 1e6 * (rng.random(n) < 0.03)


def sawtooth(rng: Generator, n: int) -> Array:
    """A beat between the frames and a timer tick of 20 us."""
    return 20e3 * ((np.arange(n) * rng.uniform(0.05, 0.45) + rng.random()) % 1) + rng.exponential(1e3, n)


def correlated(rng: Generator, n: int) -> Array:
    noise = rng.normal(0, 5e3, n)
    for i in range(1, n):
        noise[i] += 0.4 * noise[i - 1]
    return noise


def timing(latency: Scatter, *, clock_ppm: float = 0.0, tick_ns: int = 1, lost: float = 0.0, warm: bool = False) -> Make:
    """The rate of frames with that latency; `warm`: the sensor's crystal warms up while it runs, the truth is the mean rate."""

    def estimate(rng: Generator) -> Estimate:
        frame = np.arange(FRAMES)
        drift = 40e3 * rng.normal() * np.exp(-frame / (FRAMES * rng.uniform(0.7, 2.0))) if warm else np.zeros(FRAMES)
        exact = frame * PERIOD_NS + drift
        period = (exact[-1] - exact[0]) / (FRAMES - 1)
        host = (exact + latency(rng, FRAMES)) * (1 + rng.uniform(-clock_ppm, clock_ppm) * 1e-6) + rng.uniform(0, 1e6)
        stamps = np.sort((host // tick_ns * tick_ns).astype(np.int64))
        kept = (rng.random(FRAMES) >= lost) | np.isin(frame, (0, FRAMES - 1))
        return frame_timing(stamps[kept], frame[kept], clock_ppm=clock_ppm).rate, 1e9 / period

    return estimate


def long_exposure(rng: Generator) -> Estimate:
    """Two frames of 1 s, latency unknown."""
    stamps = (np.arange(2) * 1_000_641_000.0 + exponential(rng, 2)).astype(np.int64)
    return exposure_by_interval(frame_timing(stamps, clock_ppm=0).period, 641.0), 1e6


# -- exposure by light: 10-bit sensor, black 64, steady panel --------------------------------------------------------------

BLACK, FULL, SLOPE = 64.0, 1023.0, 0.35
TRUE_US, ADDED_US = 29.26, 14.26


def straight(light: Array, bend: float) -> Array:
    return light


def parabola(light: Array, bend: float) -> Array:
    """Responsivity changes by `bend` from 5 to 80 % of the range."""
    return light * (1 - bend * light / (FULL - BLACK) / 0.75)


def knee(light: Array, bend: float) -> Array:
    """Straight to 40 % of the range, then bent."""
    part = light / (FULL - BLACK)
    return light * (1 - bend * np.maximum(part - 0.4, 0) / 0.4)


def quiet(rng: Generator, n: int) -> Array:
    return rng.normal(0, 4e-4, n)


def flicker(rng: Generator, n: int) -> Array:
    return 1e-3 * np.sin(2 * np.pi * rng.random(n)) + rng.normal(0, 2e-4, n)


def wild(rng: Generator, n: int) -> Array:
    return 3e-4 * rng.standard_t(4, n)


def shortest(scatter: Scatter, response: Response = straight, *, u_black: float = 0.0, bends: float = 0.0) -> Make:
    """The shortest exposure through two steps: 1,900 us, 300 us, then 15 us at six times the gain; all with 14.26 us more."""

    def estimate(rng: Generator) -> Estimate:
        bend, black = rng.uniform(-bends, bends), rng.normal(BLACK, u_black)

        def read(exposure_us: float, gain: float, frames: int = 8) -> LightReading:
            light = np.array([SLOPE * gain * (exposure_us + ADDED_US)])
            return light_reading(black + response(light, bend) * (1 + scatter(rng, frames)), exposure_us, gain)

        links = [Link(read(1900, 1.0, 16), read(300, 1.0)), Link(read(300, 6.0), read(15, 6.0))]
        found = exposure_by_light(links, 1900 + ADDED_US, Range(BLACK, u_black, FULL), nonlinearity=bends)
        return found, TRUE_US

    return estimate


def fitted(rng: Generator, scatter: Scatter, response: Response, bend: float, gain: float = 1.0, points: int = 12) -> LevelLine:
    times = np.linspace(100, 1900, points) / gain
    light = SLOPE * gain * (times + ADDED_US)
    return level_line(times, BLACK + response(light, bend) + 300 * scatter(rng, points))


def offset(scatter: Scatter, response: Response = straight, bends: float = 0.0) -> Make:
    """What is added to every exposure, by lines at two gains."""

    def estimate(rng: Generator) -> Estimate:
        bend = rng.uniform(-bends, bends)
        lines = [fitted(rng, scatter, response, bend, gain) for gain in (1.0, 6.0)]
        return exposure_offset(*lines), ADDED_US

    return estimate


def slope(scatter: Scatter, response: Response = straight, bends: float = 0.0) -> Make:
    """DN per us where the light begins; the truth is what the response does at its origin."""

    def estimate(rng: Generator) -> Estimate:
        bend = rng.uniform(-bends, bends)
        origin = SLOPE * float(response(np.array([1e-6]), bend)[0] / 1e-6)
        return fitted(rng, scatter, response, bend).slope, origin

    return estimate


ROWS = [
    Row("frame rate, bridged clock", "normal jitter", timing(gaussian)),
    Row("frame rate, bridged clock", "exponential jitter", timing(exponential)),
    Row("frame rate, bridged clock", "bimodal jitter", timing(bimodal)),
    Row("frame rate, bridged clock", "heavy tails (Student, 3)", timing(heavy_tailed)),
    Row("frame rate, bridged clock", "3 % a millisecond late", timing(rare_milliseconds)),
    Row("frame rate, bridged clock", "sawtooth, 20 us", timing(sawtooth)),
    Row("frame rate, bridged clock", "correlated jitter, 0.4", timing(correlated)),
    Row("frame rate, bridged clock", "slow drift, warming", timing(exponential, warm=True)),
    Row("frame rate, bridged clock", "whole microseconds", timing(exponential, tick_ns=1000)),
    Row("frame rate, bridged clock", "a fifth of the frames lost", timing(exponential, lost=0.2)),
    Row("frame rate, free clock", "clock anywhere in 50 ppm", timing(exponential, clock_ppm=50.0)),
    Row("exposure by interval", "two frames, latency", long_exposure, "assumed latency of 50 us"),
    Row("exposure by light", "normal noise", shortest(quiet)),
    Row("exposure by light", "flickering lamp", shortest(flicker)),
    Row("exposure by light", "heavy tails (Student, 4)", shortest(wild)),
    Row("exposure by light", "black off by its u", shortest(quiet, u_black=0.5)),
    Row("exposure by light", "bent sensor", shortest(quiet, parabola, bends=NONLINEARITY)),
    Row("exposure by light", "sensor with a knee", shortest(quiet, knee, bends=NONLINEARITY), "assumed non-linearity of 1 %"),
    Row("exposure line: offset", "normal noise", offset(quiet)),
    Row("exposure line: offset", "flickering lamp", offset(flicker)),
    Row("exposure line: offset", "heavy tails (Student, 4)", offset(wild)),
    Row("exposure line: offset", "bent sensor", offset(quiet, parabola, 0.02)),
    Row("exposure line: slope", "normal noise", slope(quiet)),
    Row("exposure line: slope", "heavy tails (Student, 4)", slope(wild)),
]


def rms(row: Row, estimates: int, seed: int = 2024) -> tuple[float, float, str]:
    """RMS(error / u), median u and its unit over that many estimates."""
    found = [row.estimate(np.random.default_rng([seed, i])) for i in range(estimates)]
    ratios = [(m.value - truth) / m.u for m, truth in found]
    return math.sqrt(float(np.mean(np.square(ratios)))), float(np.median([m.u for m, _ in found])), found[0][0].unit


def main() -> None:
    """Print the table."""
    estimates = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"RMS(error / u) over {estimates} estimates")
    for row in ROWS:
        ratio, u, unit = rms(row, estimates)
        note = f"   type B dominates: {row.type_b}" if row.type_b else ""
        print(f"  {row.group:28}{row.truth:30}{ratio:6.3f}    u = {u:.3g} {unit}{note}")


if __name__ == "__main__":
    main()
