"""Keyed chance: every random number is a function of (seed, key), not of how many were drawn before it.

Looking at one frame more, or in another order, or in another process, changes no other number. Keys are hashed with
BLAKE2b; arrays come from numpy's counter-based Philox, whose stream numpy keeps stable across releases and platforms.
"""

from __future__ import annotations

import hashlib
from statistics import NormalDist

import numpy as np

Key = str | int | bytes | float
_STANDARD = NormalDist()


def digest(seed: int, *key: Key) -> int:
    """128 bits that depend on the seed and on every part of the key, its type and its place."""
    spelled = "\x1f".join(f"{type(part).__name__}:{part!r}" for part in (seed, *key))
    return int.from_bytes(hashlib.blake2b(spelled.encode(), digest_size=16).digest(), "little")


def uniform(seed: int, *key: Key, low: float = 0.0, high: float = 1.0) -> float:
    """A number in [low, high), in steps of 2**-53 of the range."""
    return low + (high - low) * ((digest(seed, *key) >> 75) * 2.0**-53)


def normal(seed: int, *key: Key, mean: float = 0.0, sigma: float = 1.0) -> float:
    """A number from a normal distribution; never beyond 8.3 sigma (the smallest step of the underlying uniform)."""
    return mean + sigma * _STANDARD.inv_cdf(((digest(seed, *key) >> 75) + 0.5) * 2.0**-53)


def generator(seed: int, *key: Key) -> np.random.Generator:
    """A numpy generator of its own for this key, for whole arrays; building one takes about 15 us."""
    return np.random.Generator(np.random.Philox(key=digest(seed, *key)))
