"""Noise of the processed picture: tables from (level, random byte) to a sample.

A table holds the noise of the raw pixels carried through gains and tone curve, so shadows, highlights and clipping have the noise
they should. The ISP's own denoising is not simulated; the strength of the noise is kept on a scale of quarter octaves.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from hil.sim.frame import Frame
from hil.sim.render.electrons import chain
from hil.sim.render.gamma import gamma, gamma_fast, linear
from hil.sim.render.isp import STEPS_PER_OCTAVE, Triple, View, ceilings, channel_gains
from hil.sim.render.noise import normal_table
from hil.sim.render.yuv import Encoding

Floats = npt.NDArray[np.float32]
Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Tables = tuple[Samples, Samples, Samples]

_SCALE = 4
_MIDDLE = 0.2
"""Linear light of a middle grey, where chroma noise and chroma scaling are taken."""


def tables(frame: Frame, view: View, step: int, encoding: Encoding | None, top: int) -> Tables:
    """A table for each plane of rows with `step` / 128 octaves more light than the developed picture.

    [65536], uint8 or (for `top` above 255) uint16, indexed by 256 * level + random byte. `encoding` None is R, G, B.
    """
    red, green, blue = (_coarse(gain) for gain in channel_gains(frame))
    noise_e = chain(frame).read_noise_e
    return _tables((red, green, blue), round(noise_e, 1), _coarse(view.pixels_averaged(frame)), step, ceilings(frame), encoding, top)


def _coarse(value: float) -> float:
    return 2.0 ** (round(math.log2(value) * _SCALE) / _SCALE) if value > 0.0 else 0.0


@functools.lru_cache(maxsize=256)
def _tables(gains: Triple, noise_e: float, averaged: float, step: int, ceiling: Triple, encoding: Encoding | None, top: int) -> Tables:
    factor = 2.0 ** (step / STEPS_PER_OCTAVE)
    spreads = tuple(_Spread(gain, noise_e, averaged) for gain in gains)
    if encoding is None:
        red, green, blue = (_table(factor, spread, full, 0.0, 1.0, top) for spread, full in zip(spreads, ceiling, strict=True))
        return red, green, blue
    luma = _table(factor, _Mixed(spreads, encoding.luma_weights), ceiling[1], encoding.black, encoding.white, top)
    scale = float(gamma(np.array(_MIDDLE * factor)) / gamma(np.array(_MIDDLE)))
    steep = _slope(_MIDDLE * factor) / encoding.chroma_averaged**0.5
    cb, cr = (_chroma_table(scale, steep * _Mixed(spreads, weights).at(_MIDDLE * factor)) for weights in encoding.chroma_weights)
    return luma, cb, cr


class _Spread:
    """Standard deviation of linear light, from shot and read noise of the pixels behind it."""

    def __init__(self, gain: float, noise_e: float, averaged: float) -> None:
        self.gain, self.noise_e, self.averaged = gain, noise_e, averaged

    def over(self, light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        shot = np.maximum(light, 0.0) * self.gain
        return np.asarray(np.sqrt((shot + (self.noise_e * self.gain) ** 2) / self.averaged), dtype=np.float64)

    def at(self, light: float) -> float:
        return float(self.over(np.array([light]))[0])


class _Mixed(_Spread):
    """That of a weighted sum of channels."""

    def __init__(self, parts: tuple[_Spread, ...], weights: npt.NDArray[np.float64]) -> None:
        self.parts, self.weights = parts, weights

    def over(self, light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        squares = sum(weight**2 * part.over(light) ** 2 for part, weight in zip(self.parts, self.weights.tolist(), strict=True))
        return np.sqrt(np.asarray(squares, dtype=np.float64))


def _table(factor: float, spread: _Spread, full: float, black: float, white: float, top: int) -> Samples:
    normal, dither = _quantiles()
    level = (np.arange(256) / 255.0 - black) / (white - black)
    light = linear(level) * factor
    # A level stands for all light that rounds to it: the place within is drawn too, or a factor above 1 would leave gaps.
    rise = (linear(level + 0.5 / 255) - linear(level - 0.5 / 255)) * factor
    drawn = light.astype(np.float32)[:, None] + rise.astype(np.float32)[:, None] * dither
    drawn += spread.over(light).astype(np.float32)[:, None] * normal
    drawn[level >= gamma(np.array(full)) - 0.5 / 255] = full  # what is clipped has no noise left
    samples = (np.float32(black) + np.float32(white - black) * gamma_fast(np.minimum(drawn, np.float32(full)))) * np.float32(top)
    return _rounded(samples, top)


def _chroma_table(scale: float, spread: float) -> Samples:
    normal, dither = _quantiles()
    levels = (np.arange(256) - 128.0).astype(np.float32)[:, None] + dither
    return _rounded(np.float32(128.0) + np.float32(scale) * levels + np.float32(spread * 255.0) * normal, 255)


def _rounded(samples: Floats, top: int) -> Samples:
    kept = np.clip(np.rint(samples), np.float32(0), np.float32(top)).ravel()
    return kept.astype(np.uint8) if top == 255 else kept.astype(np.uint16)


def _slope(light: float) -> float:
    around = gamma(np.array([light * 0.99, light * 1.01]))
    return float(around[1] - around[0]) / (light * 0.02)


@functools.cache
def _quantiles() -> tuple[Floats, Floats]:
    """256 standard normal quantiles of variance 1, and for each a place within a level (-0.5 to 0.5) that is unrelated to it."""
    normal = normal_table()[128::256].astype(np.float64)
    dither = (np.arange(256, dtype=np.float64) * 97 % 256 + 0.5) / 256.0 - 0.5
    return (normal / math.sqrt(float(np.mean(normal**2)))).astype(np.float32), dither.astype(np.float32)
