"""Does a raw frame hold a picture? Sanity of content, colour planes and rows, without knowing the scene."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement

CLIPPED: Final = 0.5
"""A frame with more than this part of its pixels at full scale shows nothing."""

BELOW_BLACK: Final = 0.25
"""A mean this part of the black level below it is no dark frame: the data are not what they are taken for."""

QUIET: Final = 0.001
"""Neighbours of one colour differ at least this often, even in 8 bits in the dark."""

NOISE_SHAPE: Final = 0.05
"""Half width of what another shape than the normal one does to the trimmed noise (type B, rectangular)."""

SAMPLE_ROWS: Final = 128
"""Rows looked at, spread over the frame: enough for every figure here, and 12 megapixels stay cheap."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one raw frame looks like."""

    mean: Measurement
    """"frame_mean" in %, 0 at black and 100 at full scale; u from the noise of the pixels."""
    noise: Measurement
    """"frame_noise" in DN: from differences of neighbours of one colour, without their greatest tenth, so that edges hardly count."""
    clipped: float
    """Part of the pixels at full scale."""
    stuck: tuple[str, ...]
    """Why this can be no picture of a working sensor, in words: stuck or silent pixels. Empty if it can."""
    rig: tuple[str, ...]
    """Why it is no picture through no fault of the sensor: size, clipping, levels below black. Empty if it is one."""


def content(frame: ArrayLike, bits: int, black_dn: float, size: tuple[int, int] | None = None) -> Content:
    """Look at a raw frame [height, width] in DN of `bits`, black level `black_dn`; `size`: (width, height) it should have.

    EstimatorError if it is no frame at all: empty, not two-dimensional, not whole numbers of at most `bits`.
    """
    pixels = _frame(frame, bits)
    full = (1 << bits) - 1
    sample = _sample(pixels)
    mean = float(sample.mean())
    noise = _noise(sample)
    clipped = float(np.mean(sample >= full))
    scale = 100.0 / (full - black_dn)
    return Content(
        mean=Measurement(
            "frame_mean", (mean - black_dn) * scale, "%", noise * scale / math.sqrt(sample.size), sample.size, "mean of sampled rows"
        ),
        noise=Measurement("frame_noise", noise, "DN", noise * NOISE_SHAPE / math.sqrt(3), sample.size, "trimmed differences of neighbours"),
        clipped=clipped,
        stuck=tuple(_stuck(sample, clipped)),
        rig=tuple(_rig(pixels.shape[::-1], size, clipped, mean, black_dn)),
    )


def frozen(frame: ArrayLike, following: ArrayLike) -> bool:
    """Whether two frames are the same to the last pixel: no sensor does that, its noise differs."""
    return bool(np.array_equal(np.asarray(frame), np.asarray(following)))


def plane_means(frame: ArrayLike, part: float = 0.5) -> NDArray[np.float64]:
    """Means of the four colour planes [2, 2] in DN over the middle `part` of width and height."""
    middle = _middle(_frame(frame, 16), part)
    # Rows first: whole rows add up several times faster than every second pixel.
    rows = np.stack([middle[row::2].sum(axis=0, dtype=np.int64) for row in (0, 1)])
    planes = np.stack([rows[:, column::2].sum(axis=1) for column in (0, 1)], axis=1)
    means: NDArray[np.float64] = planes / (middle.size / 4)
    return means


def clipped_part(frame: ArrayLike, full_scale_dn: float, part: float = 0.5) -> float:
    """Part of the pixels at full scale or above, in the middle `part` of width and height."""
    middle = _middle(_frame(frame, 16), part)
    return float(np.count_nonzero(middle >= full_scale_dn)) / middle.size


def row_profile(frame: ArrayLike) -> NDArray[np.float64]:
    """Mean of each row in DN, [height], with the difference between the two kinds of colour rows taken out.

    Under flicker a rolling shutter shows stripes in it, a global one does not.
    """
    rows: NDArray[np.float64] = _frame(frame, 16).mean(axis=1, dtype=np.float64)
    middle = float(rows.mean())
    for kind in (0, 1):
        rows[kind::2] -= rows[kind::2].mean() - middle
    return rows


def _frame(frame: ArrayLike, bits: int) -> NDArray[np.integer]:
    pixels = np.asarray(frame)
    if pixels.ndim != 2 or min(pixels.shape) < 4:
        raise EstimatorError(f"no raw frame: shape {pixels.shape}, not [height, width] of at least 4 x 4")
    if not np.issubdtype(pixels.dtype, np.integer):
        raise EstimatorError(f"a raw frame holds whole numbers, not {pixels.dtype}")
    holds_more = np.iinfo(pixels.dtype).max >= 1 << bits
    if (holds_more and int(pixels.max()) >= 1 << bits) or (pixels.dtype.kind == "i" and int(pixels.min()) < 0):
        raise EstimatorError(f"values up to {int(pixels.max())} do not fit {bits} bits: unpacked wrongly")
    return pixels


def _sample(pixels: NDArray[np.integer]) -> NDArray[np.float64]:
    # Pairs of rows keep both kinds of colour rows.
    pairs = pixels.shape[0] // 2
    chosen = np.unique(np.linspace(0, pairs - 1, min(pairs, SAMPLE_ROWS // 2)).astype(int))
    rows = np.stack([2 * chosen, 2 * chosen + 1], axis=1).ravel()
    sample: NDArray[np.float64] = pixels[rows].astype(np.float64)
    return sample


def _middle(pixels: NDArray[np.integer], part: float) -> NDArray[np.integer]:
    height, width = (side - side % 2 for side in pixels.shape)
    # Even offsets keep the colour order.
    top, left = (int(side * (1.0 - part) / 4) * 2 for side in (height, width))
    return pixels[top : height - top, left : width - left]


def _noise(sample: NDArray[np.float64]) -> float:
    square = ((sample[:, 2:] - sample[:, :-2]) ** 2).ravel()
    smallest = int(len(square) * 0.9)
    kept = np.partition(square, smallest)[:smallest]
    # Of a normal distribution the smallest nine tenths have 0.62297 of its variance; a difference has twice a pixel's.
    return math.sqrt(float(kept.mean()) / 0.62297 / 2.0)


def _stuck(sample: NDArray[np.float64], clipped: float) -> list[str]:
    if clipped > CLIPPED:
        return []
    if sample.min() == sample.max():
        return [f"every pixel is {sample.min():g} DN"]
    if np.all(sample[::2] == sample[:1]) and np.all(sample[1::2] == sample[1:2]):
        return ["every row is the same"]
    return ["hardly any noise"] if np.mean(sample[:, 2:] != sample[:, :-2]) < QUIET else []


def _rig(shape: tuple[int, ...], size: tuple[int, int] | None, clipped: float, mean: float, black_dn: float) -> list[str]:
    found = []
    if size is not None and shape != tuple(size):
        found.append(f"{shape[0]}x{shape[1]}, not {size[0]}x{size[1]}")
    if clipped > CLIPPED:
        found.append(f"{clipped:.0%} of the pixels are clipped")
    if mean < (1.0 - BELOW_BLACK) * black_dn:
        found.append(f"mean {mean:.1f} DN is below the black level of {black_dn:g}")
    return found
