"""The tone curve of the processed picture: that of sRGB (IEC 61966-2-1)."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FULL = 65535


def gamma(linear: Floats) -> Floats:
    """Signal of linear light, both 0 to 1; light outside is clipped."""
    kept = np.clip(linear, 0.0, 1.0)
    return np.where(kept <= 0.0031308, 12.92 * kept, 1.055 * np.power(kept, 1 / 2.4) - 0.055)


def linear(signal: Floats) -> Floats:
    """Linear light of a signal, the inverse of `gamma`; a straight line below black."""
    return np.where(signal <= 0.04045, signal / 12.92, np.power((np.maximum(signal, 0.0) + 0.055) / 1.055, 2.4))


@functools.cache
def gamma_levels() -> npt.NDArray[np.uint16]:
    """256 * level (0 to 255, with its fraction) of every 16-bit linear code; uint16[65536]."""
    levels: npt.NDArray[np.uint16] = np.rint(_curve() * (255.0 * 256.0)).astype(np.uint16)
    return levels


@functools.cache
def _curve() -> npt.NDArray[np.float32]:
    return gamma(np.arange(FULL + 1) / FULL).astype(np.float32)


def gamma_fast(linear: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """`gamma` by table, from 16-bit codes of the light; float32 of the same shape."""
    codes = np.clip(linear * np.float32(FULL) + np.float32(0.5), np.float32(0), np.float32(FULL)).astype(np.uint16)
    signal: npt.NDArray[np.float32] = _curve()[codes]
    return signal
