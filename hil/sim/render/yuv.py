"""Y'CbCr: matrices, ranges and chroma subsampling of libcamera's colour spaces.

sYCC is BT.601 in full range (JPEG), SMPTE170M BT.601 and Rec709 BT.709 in limited range (16-235, 16-240).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Octets = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_BT601, _BT709, _BT2020 = (0.299, 0.114), (0.2126, 0.0722), (0.2627, 0.0593)
_PRESETS = {
    "sycc": (_BT601, True),
    "srgb": (_BT601, True),
    "raw": (_BT601, True),
    "smpte170m": (_BT601, False),
    "rec709": (_BT709, False),
    "rec2020": (_BT2020, False),
}
_MATRICES = {"none": _BT601, "rec601": _BT601, "rec709": _BT709, "rec2020": _BT2020}
_SHIFT = 14


@dataclass(frozen=True, slots=True)
class Encoding:
    """How R'G'B' becomes Y'CbCr, and how many pixels share a chroma sample."""

    red: float
    """Weight of red in luma."""
    blue: float
    full_range: bool
    lines_per_chroma: int = 2
    """2 for 4:2:0, 1 for 4:2:2."""

    @property
    def black(self) -> float:
        """Luma of black as a fraction of 255."""
        return 0.0 if self.full_range else 16 / 255

    @property
    def white(self) -> float:
        """Luma of white as a fraction of 255."""
        return 1.0 if self.full_range else 235 / 255

    @property
    def luma_weights(self) -> Floats:
        """Weights of R', G', B' in Y'; float64[3], sum 1."""
        return np.array([self.red, 1.0 - self.red - self.blue, self.blue])

    @property
    def chroma_weights(self) -> Floats:
        """Weights of R', G', B' in Cb and Cr, as fractions of 255; float64[2, 3], rows sum to 0."""
        swing = 1.0 if self.full_range else 224 / 255
        cb = (np.array([0.0, 0.0, 1.0]) - self.luma_weights) / (2.0 * (1.0 - self.blue))
        cr = (np.array([1.0, 0.0, 0.0]) - self.luma_weights) / (2.0 * (1.0 - self.red))
        return np.array([cb, cr]) * swing

    @property
    def chroma_averaged(self) -> int:
        """Pixels whose colour one chroma sample averages."""
        return 2 * self.lines_per_chroma


def encoding(colour_space: str, lines_per_chroma: int = 2) -> Encoding:
    """The encoding of a colour space as libcamera prints it: a preset ("sYCC") or "Rec709/Rec709/Rec601/Limited"; ValueError else."""
    parts = colour_space.lower().split("/")
    if len(parts) == 1 and parts[0] in _PRESETS:
        (red, blue), full = _PRESETS[parts[0]]
    elif len(parts) == 4 and parts[2] in _MATRICES and parts[3] in ("full", "limited"):
        (red, blue), full = _MATRICES[parts[2]], parts[3] == "full"
    else:
        raise ValueError(f"unknown colour space {colour_space!r}; known are {', '.join(_PRESETS)}")
    return Encoding(red, blue, full, lines_per_chroma)


def planes(rgb: npt.NDArray[np.uint16], form: Encoding) -> tuple[Octets, Octets, Octets]:
    """Y, Cb, Cr of some lines; from levels [3, lines, width] to uint8 [lines, width] and twice [lines / per chroma, width / 2].

    Integer arithmetic with 14 fractional bits: the same bytes everywhere.
    """
    wide = rgb.astype(np.int32)
    luma = _mix(wide, form.luma_weights * (form.white - form.black), round(form.black * 255.0))
    lines = form.lines_per_chroma
    shared = wide.reshape(3, wide.shape[1] // lines, lines, wide.shape[2] // 2, 2).sum(axis=(2, 4), dtype=np.int32)
    cb, cr = (_mix(shared, weights / form.chroma_averaged, 128) for weights in form.chroma_weights)
    return luma, cb, cr


def _mix(channels: npt.NDArray[np.int32], weights: Floats, offset: int) -> Octets:
    fixed = np.rint(weights * (1 << _SHIFT)).astype(np.int32)
    fixed[1] += round(float(weights.sum()) * (1 << _SHIFT)) - int(fixed.sum())  # grey stays grey
    total = channels[0] * fixed[0]
    total += channels[1] * fixed[1]
    total += channels[2] * fixed[2]
    total += (offset << _SHIFT) + (1 << (_SHIFT - 1))
    total >>= _SHIFT
    kept: Octets = np.clip(total, 0, 255).astype(np.uint8)
    return kept
