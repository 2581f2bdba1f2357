"""A raw frame as a picture to look at: half size, grey world, the sRGB curve. Nothing is measured on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BRIGHT = 0.995
"""This part of the pixels fits below white; so a dim scene is lifted, and a lamp in it does not make the rest black."""

MOST_LIFT = 32.0
"""A picture is made brighter by at most this: what is dark shall look dark."""


def develop(pixels: NDArray[np.uint16], cfa: str, black_dn: float, full_scale_dn: int) -> NDArray[np.uint8]:
    """RGB [height / 2, width / 2, 3] of a raw frame; `cfa`: colours of the top-left 2x2 ("RGGB"), anything else is grey."""
    planes = _planes(pixels, cfa) - np.float32(black_dn)
    np.clip(planes, 0.0, None, out=planes)
    means = planes.mean(axis=(0, 1))
    if means.min() > 0:
        planes *= means.max() / means
    bright = float(np.quantile(planes.max(axis=2)[::4, ::4], BRIGHT))
    white = max(bright, (full_scale_dn - black_dn) / MOST_LIFT)
    linear = np.clip(planes / np.float32(white), 0.0, 1.0)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** np.float32(1 / 2.4) - 0.055)  # IEC 61966-2-1
    picture: NDArray[np.uint8] = np.rint(curved * 255.0).astype(np.uint8)
    return picture


def _planes(pixels: NDArray[np.uint16], cfa: str) -> NDArray[np.float32]:
    """Red, green and blue of each 2x2 cell."""
    height, width = (side - side % 2 for side in pixels.shape)
    cells = {place: pixels[place // 2 : height : 2, place % 2 : width : 2].astype(np.float32) for place in range(4)}
    if sorted(cfa) != ["B", "G", "G", "R"]:
        grey = sum(cells.values(), np.float32(0.0)) / np.float32(4.0)
        return np.repeat(np.asarray(grey, dtype=np.float32)[:, :, None], 3, axis=2)
    greens = [cells[place] for place in range(4) if cfa[place] == "G"]
    return np.stack([cells[cfa.index("R")], (greens[0] + greens[1]) / np.float32(2.0), cells[cfa.index("B")]], axis=2)
