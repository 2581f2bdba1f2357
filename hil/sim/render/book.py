"""Normal noise from a book of quadruples: two look-ups make four pixels, in 0.8 ns a pixel instead of 1.6 with a look-up for each.

The book has 65,536 entries of four numbers. Any two of the four take each of their 256 x 256 pairs of values exactly once, so they
are independent; which values stand together is shuffled. A quadruple of noise is the sum of two entries drawn at random, one from
a book of larger and one from a book of smaller numbers: it takes 2^32 values, its pixels are independent in pairs, and each has the
variance and the kurtosis of a normal distribution and tails that end at 4.2 standard deviations.
"""

from __future__ import annotations

import functools
import math
import statistics

import numpy as np
import numpy.typing as npt

from hil.sim.render import scratch
from hil.sim.render.bits import words

Shorts = npt.NDArray[np.int16]
Words = npt.NDArray[np.uint16]

_LANES = 4
_VALUES = 256
_UNIT = 7680
"""Standard deviation of the noise; its largest value is 32,130, which int16 just holds."""
_ANGLES = (35.0, 37.0, 39.0, 41.0)
"""Each lane's share of the two books is the cosine and the sine of an angle.

Unequal, or 1 sum in 256 would be exactly 0; of its own for every lane, or the 65,536 sums would show in a panel's histogram.
"""
_SHUFFLE = 221
"""Of 400 tried the shuffle whose means of products of three and of four lanes are nearest to those of chance: within 0.0011 of 0."""


def words_for(count: int) -> int:
    """How many uniform words `count` pixels take: half a word each, in whole quadruples."""
    return -(-count // _LANES) * 2


def deviation() -> float:
    """Standard deviation of what `normals` gives."""
    return math.sqrt(sum(float(np.mean(_book(number).view(np.int16).astype(np.float64) ** 2)) for number in range(2)))


def normals(uniform: Words, count: int) -> Shorts:
    """Normal noise of standard deviation `deviation()` from `words_for(count)` words; int16[count] in the thread's scratch memory."""
    groups = len(uniform) // 2
    first, second = scratch.array(np.int16, "first", groups * _LANES), scratch.array(np.int16, "second", groups * _LANES)
    scratch.looked_up(_book(0), uniform[:groups], first.view(np.uint64))
    scratch.looked_up(_book(1), uniform[groups:], second.view(np.uint64))
    return np.add(first, second, out=first)[:count]


@functools.cache
def _book(number: int) -> npt.NDArray[np.uint64]:
    """Four int16 to an entry, the larger (0) or the smaller (1); uint64[65536].

    The lines a, b, a + b, a + 2 b of a plane over the field of 256 elements: two of them have one point in common.
    """
    a, b = np.divmod(np.arange(_VALUES * _VALUES), _VALUES)
    doubled = (b << 1) ^ np.where(b & 0x80, 0x11B, 0)
    lanes = np.stack([_values()[_shuffle(lane)[line]] for lane, line in enumerate((a, b, a ^ b, a ^ doubled))], axis=1)
    shares = [(math.cos, math.sin)[number](math.radians(angle)) for angle in _ANGLES]
    entries: npt.NDArray[np.uint64] = np.rint(lanes * (_UNIT * np.array(shares))).astype(np.int16).view(np.uint64).ravel()
    return entries


def _shuffle(lane: int) -> npt.NDArray[np.intp]:
    return np.argsort(words(_VALUES, "noise book", _SHUFFLE, lane), kind="stable")


@functools.cache
def _values() -> npt.NDArray[np.float64]:
    """256 equally likely values of variance 1 and kurtosis 3; float64[256], rising.

    Midpoints of quantiles lack tails, a cubic term brings the fourth moment to that of a normal distribution.
    """
    inverse = statistics.NormalDist().inv_cdf
    upper = np.array([inverse((i + 0.5) / _VALUES) for i in range(_VALUES // 2, _VALUES)])
    low, high = 0.0, 0.1
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _kurtosis(upper + middle * upper**3) < 3.0 else (low, middle)
    upper = upper + low * upper**3
    upper /= math.sqrt(float(np.mean(upper**2)))
    return np.concatenate([-upper[::-1], upper])


def _kurtosis(values: npt.NDArray[np.float64]) -> float:
    return float(np.mean(values**4) / np.mean(values**2) ** 2)
