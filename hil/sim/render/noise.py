"""Shot noise and read noise: quantile functions as tables, looked up with uniform words.

A table has 65,536 equally likely entries, so tails end at 4.2 standard deviations and the variance is that of the
distribution within 1e-4. Poisson counts are exact where they matter; above `GAUSSIAN_FROM_E` the normal approximation
holds (skewness below 0.13).
"""

from __future__ import annotations

import functools
import math
import statistics

import numpy as np
import numpy.typing as npt

from hil.sim.render import scratch

Floats = npt.NDArray[np.float32]
Words = npt.NDArray[np.uint16]

GAUSSIAN_FROM_E = 64.0
_SIZE = 65536
_LEVELS, _QUANTILES = 256, 4096


@functools.cache
def normal_table() -> Floats:
    """Standard normal quantiles at (i + 1/2) / 65536, scaled to variance 1; float32[65536]."""
    inverse = statistics.NormalDist().inv_cdf
    upper = np.array([inverse((i + 0.5) / _SIZE) for i in range(_SIZE // 2, _SIZE)])
    upper /= math.sqrt(float(np.mean(upper**2)))
    return np.concatenate([-upper[::-1], upper]).astype(np.float32)


def poisson_counts(mean: float) -> npt.NDArray[np.uint32]:
    """Quantiles of a Poisson distribution at (i + 1/2) / 65536; uint32[65536], rising."""
    counts, sizes = _runs(mean)
    return np.repeat(counts, sizes)


def _runs(mean: float) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The different quantiles of a Poisson distribution, rising, and how many of the 65,536 are equal to each."""
    if mean <= 0.0:
        return np.zeros(1, dtype=np.uint32), np.array([_SIZE])
    reach = 6.0 * math.sqrt(mean) + 8.0
    first, last = max(0, math.floor(mean - reach)), math.ceil(mean + reach)
    log_mean = math.log(mean)
    mass = np.array([math.exp(k * log_mean - mean - math.lgamma(k + 1)) for k in range(first, last + 1)])
    steps = np.rint(np.cumsum(mass) / mass.sum() * _SIZE).astype(np.int64)
    return np.arange(first, last + 1, dtype=np.uint32), np.diff(steps, prepend=0)


def electrons_table(mean_e: float, read_noise_e: float) -> npt.NDArray[np.float64]:
    """Counts of one pixel with mean `mean_e`, read noise added: 65,536 equally likely values in e-; float64[65536] in scratch memory.

    Within the run of words that mean the same count, read noise goes through its whole distribution.
    """
    places, normal = _ruler()
    values, noise = scratch.array(np.float64, "electrons", _SIZE), scratch.array(np.float64, "read noise", _SIZE)
    if mean_e > _SIZE / 8:
        np.multiply(normal, math.hypot(math.sqrt(mean_e), read_noise_e), out=values)
        values += mean_e
        return values
    counts, sizes = _runs(mean_e)
    run, index = np.repeat(np.arange(len(sizes)), sizes), scratch.array(np.int64, "index", _SIZE)
    # "clip" only spares take a buffer: every index is one.
    np.subtract(places, (np.cumsum(sizes) - sizes).astype(np.float64).take(run, out=values, mode="clip"), out=values)
    values /= sizes.astype(np.float64).take(run, out=noise, mode="clip")
    values *= _SIZE
    np.copyto(index, values, casting="unsafe")
    normal.take(index, out=noise, mode="clip")
    noise *= read_noise_e
    counts.astype(np.float64).take(run, out=values, mode="clip")
    values += noise
    return values


@functools.cache
def _ruler() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where the middles of 65,536 equal parts are, and the standard normal quantiles at them; both float64[65536]."""
    return np.arange(_SIZE, dtype=np.float64) + 0.5, normal_table().astype(np.float64)


@functools.cache
def _low_counts() -> npt.NDArray[np.uint8]:
    """Poisson quantiles for means (level / 256)^2 * 64; uint8[257 * 4096], one row of 4096 quantiles per level."""
    rows = [
        poisson_counts(GAUSSIAN_FROM_E * (level / _LEVELS) ** 2)[_SIZE // _QUANTILES // 2 :: _SIZE // _QUANTILES]
        for level in range(_LEVELS + 1)
    ]
    return np.concatenate(rows).astype(np.uint8)


def low_shot(mean_e: Floats, uniform: Words) -> Floats:
    """Poisson counts for means of at most 64 e- (larger ones are taken as 64); float32 like `mean_e`.

    Means lie between the levels of a table; four bits of each word choose the level at random so that the mean stays
    exact (within 0.0003 e-), twelve the quantile.
    """
    level = np.sqrt(np.clip(mean_e, 0.0, GAUSSIAN_FROM_E)) * np.float32(_LEVELS / math.sqrt(GAUSSIAN_FROM_E))
    level += (uniform >> 12).astype(np.float32) * np.float32(1 / 16) + np.float32(1 / 32)
    row = np.minimum(level.astype(np.int64), _LEVELS)
    counts: Floats = _low_counts()[row * _QUANTILES + (uniform & (_QUANTILES - 1))].astype(np.float32)
    return counts
