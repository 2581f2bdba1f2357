"""PiSP compression, mode 1: what the camera front end of a Raspberry Pi 5 writes as `..._PISP_COMP1`, 8 bits a pixel.

Eight pixels become two 32-bit words, one with the even, one with the odd columns. A word holds four quantised pixels and two bits that say
how: modes 0 to 2 send the two middle pixels as base and difference and the outer ones relative to their neighbour, with steps of 16 (32
above 5120), 64 and 128; mode 3 sends each pixel in 7.5 bits, with steps of 256 (512 above 24064). Pixels count from 2048 on
the 16-bit scale. Derived from the decoder in picamera2 (`CompletedRequest.decompress`); of the modes that can hold a word's pixels
the finest is taken, which the hardware may do otherwise.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hil.sim.render.pack import Store

Octets = npt.NDArray[np.uint8]
Planes = npt.NDArray[np.uint16]
Shorts = npt.NDArray[np.int16]
Words16 = npt.NDArray[np.uint16]
Words = npt.NDArray[np.uint32]

OFFSET = 2048
"""16-bit level that is sent as 0."""


def storer(bits: int) -> Store:
    """What writes DN of `bits` bits compressed; lines are padded to 8 pixels by repeating the last ones."""

    def store(lines: Octets, planes: Planes) -> None:
        wide = planes << (16 - bits)
        for row in range(2):
            for column in range(2):
                words = compress(wide[2 * row + column])
                lines[row::2].view("<u4")[:, column : 2 * words.shape[1] : 2] = words

    return store


def compress(pixels: npt.NDArray[np.uint16]) -> Words:
    """Words of every four pixels of one colour along a line; uint16[rows, n] on the 16-bit scale to uint32[rows, ceil(n / 4)]."""
    missing = -pixels.shape[1] % 4
    padded = np.pad(pixels, ((0, 0), (0, missing)), mode="edge") if missing else pixels
    level = np.stack([padded[:, n::4].ravel() for n in range(4)])
    level = np.maximum(level, OFFSET, out=level) - np.uint16(OFFSET)
    words, fits = _differences(_fine(level), 0)
    # Few words need more than the finest mode, so the others are tried on what is left.
    left = np.flatnonzero(~fits)
    for mode in (1, 2):
        words[left], fits = _differences(((level[:, left] + np.uint16(16 << mode)) >> (5 + mode)).astype(np.int16), mode)
        left = left[~fits]
    words[left] = _coarse(level[:, left])
    return words.reshape(padded.shape[0], -1)


def _fine(level: Words16) -> Shorts:
    """Steps of 16, of 32 from 5120 on; the two lines cross there."""
    steps: Words16 = np.minimum((level + np.uint16(8)) >> 4, ((level + np.uint16(16)) >> 5) + np.uint16(160))
    return steps.view(np.int16)


def _differences(q: Shorts, mode: int) -> tuple[Words, npt.NDArray[np.bool_]]:
    """Words of modes 0 to 2 of int16[4, words], and whether they can hold the pixels."""
    first, second = q[1], q[2]
    base, middle = np.minimum(first, second), second - first + np.int16(64)
    if mode == 2:
        bright = base >= 384  # two bright pixels are sent as they are
        base, middle = np.where(bright, first, base), np.where(bright, second - np.int16(384), middle)
    ceiling = 1536 >> mode
    left = q[0] - np.clip(first - np.int16(64), 0, ceiling)
    right = q[3] - np.clip(second - np.int16(64), 0, ceiling)
    # A value fits into 7 bits if no bit beyond them is set, a sign included.
    fits = ((middle | left | right) & ~127 | base & ~511) == 0
    return _joined(mode, (base, 2), (middle, 11), (left, 18), (right, 25)), fits


def _coarse(level: npt.NDArray[np.uint16]) -> Words:
    """Words of mode 3, which hold any pixels: two pairs of 15 bits."""
    wide = level.astype(np.int32)
    q = np.minimum(np.minimum((wide + 128) >> 8, ((wide + 256) >> 9) + 47), 175)
    low, high = ((q[n] & 15) | (q[n + 1] + 176 * (q[n] >> 4)) << 4 for n in (0, 2))
    return _joined(3, (low, 2), (high, 17))


def _joined(mode: int, *fields: tuple[npt.NDArray[np.signedinteger], int]) -> Words:
    words = np.full(fields[0][0].shape, mode, dtype=np.uint32)
    for value, place in fields:
        words |= value.astype(np.uint32) << np.uint32(place)
    return words
