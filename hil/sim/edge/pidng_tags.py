"""The general half of the PiDNG stand-in: programs that set their own tags and convert an array of pixels.

Names as in PiDNG 4; numbers from the DNG specification 1.4 and TIFF 6.0. Pixels are stored in 16 bits each.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.sim.edge import tiff
from hil.sim.edge.tiff import ASCII, BYTE, LONG, RATIONAL, SHORT, SRATIONAL

TAGS: dict[str, tuple[int, int]] = {
    "NewSubfileType": (254, LONG),
    "ImageWidth": (256, LONG),
    "ImageLength": (257, LONG),
    "BitsPerSample": (258, SHORT),
    "Compression": (259, SHORT),
    "PhotometricInterpretation": (262, SHORT),
    "ImageDescription": (270, ASCII),
    "Make": (271, ASCII),
    "Model": (272, ASCII),
    "Orientation": (274, SHORT),
    "SamplesPerPixel": (277, SHORT),
    "PlanarConfiguration": (284, SHORT),
    "Software": (305, ASCII),
    "DateTime": (306, ASCII),
    "Artist": (315, ASCII),
    "TileWidth": (322, LONG),
    "TileLength": (323, LONG),
    "CFARepeatPatternDim": (33421, SHORT),
    "CFAPattern": (33422, BYTE),
    "Copyright": (33432, ASCII),
    "ExposureTime": (33434, RATIONAL),
    "FNumber": (33437, RATIONAL),
    "PhotographicSensitivity": (34855, SHORT),
    "DateTimeOriginal": (36867, ASCII),
    "ShutterSpeedValue": (37377, SRATIONAL),
    "ApertureValue": (37378, RATIONAL),
    "ExposureBiasValue": (37380, SRATIONAL),
    "FocalLength": (37386, RATIONAL),
    "DNGVersion": (50706, BYTE),
    "DNGBackwardVersion": (50707, BYTE),
    "UniqueCameraModel": (50708, ASCII),
    "BlackLevelRepeatDim": (50713, SHORT),
    "BlackLevel": (50714, RATIONAL),
    "WhiteLevel": (50717, LONG),
    "ColorMatrix1": (50721, SRATIONAL),
    "ColorMatrix2": (50722, SRATIONAL),
    "AnalogBalance": (50727, RATIONAL),
    "AsShotNeutral": (50728, RATIONAL),
    "BaselineExposure": (50730, SRATIONAL),
    "CameraSerialNumber": (50735, ASCII),
    "CalibrationIlluminant1": (50778, SHORT),
    "CalibrationIlluminant2": (50779, SHORT),
    "PreviewColorSpace": (50970, LONG),
}
_TILES = {"TileWidth", "TileLength"}  # we write one strip
Tag = SimpleNamespace(**{name: name for name in TAGS})
_ORIENTATIONS = ("Horizontal", "MirrorH", "Rotate180", "MirrorV", "MirrorH_Rotate270", "Rotate90", "MirrorH_Rotate90", "Rotate270")

DEFINITIONS = {
    "DNGVersion": SimpleNamespace(**{f"V1_{minor}": [1, minor, 0, 0] for minor in range(5)}),
    "Orientation": SimpleNamespace(**{name: number for number, name in enumerate(_ORIENTATIONS, 1)}),
    "PhotometricInterpretation": SimpleNamespace(WhiteIsZero=0, BlackIsZero=1, RGB=2, Color_Filter_Array=32803, Linear_Raw=34892),
    "CFAPattern": SimpleNamespace(BGGR=[2, 1, 1, 0], GBRG=[1, 2, 0, 1], GRBG=[1, 0, 2, 1], RGGB=[0, 1, 1, 2]),
    "CalibrationIlluminant": SimpleNamespace(
        Unknown=0, Daylight=1, Fluorescent=2, Tungsten=3, Standard_Light_A=17, D55=20, D65=21, D75=22, D50=23
    ),
}


class DNGTags:
    """Tags by name, as a program sets them."""

    def __init__(self) -> None:
        """No tags."""
        self.values: dict[str, Any] = {}

    def set(self, name: str, value: Any) -> None:
        """Set tag `name` (one of `Tag`'s) to a number, a text or a list; ratios are [numerator, denominator]."""
        self.values[name] = value

    def directory(self, shape: tuple[int, ...]) -> list[tiff.Tag]:
        """As TIFF tags of an image of this shape, with what a reader needs besides."""
        bits = self.values.get("BitsPerSample", 16)
        set_by_us = {"ImageWidth": shape[1], "ImageLength": shape[0], "BitsPerSample": 16, "Compression": 1}
        white = {"WhiteLevel": (1 << (bits[0] if isinstance(bits, Sequence) else bits)) - 1}
        chosen = white | {name: value for name, value in self.values.items() if name not in _TILES} | set_by_us
        return [_tiff_tag(name, value) for name, value in chosen.items()] + [tiff.tag(278, LONG, shape[0])]


def _tiff_tag(name: str, value: Any) -> tiff.Tag:
    number, kind = TAGS[name]
    values = [value] if isinstance(value, str | int | float) else list(value)
    if kind in (RATIONAL, SRATIONAL):
        values = [Fraction(*pair) if isinstance(pair, Sequence) else pair for pair in values]
    return tiff.tag(number, kind, *values)


class RAW2DNG:
    """Writes an array of raw pixels with the program's own tags."""

    def __init__(self) -> None:
        """Without tags, until `options`."""
        self._tags, self._path = DNGTags(), ""

    def options(self, tags: DNGTags, path: str = "", compress: bool | int = False) -> None:
        """`path`: folder for files. Compression is accepted and not done."""
        self._tags, self._path = tags, path

    def convert(self, image: NDArray[np.uint16], filename: str = "") -> str | bytes:
        """Write `filename` (".dng" is added), or return the bytes."""
        made = tiff.document(self._tags.directory(image.shape), (), np.ascontiguousarray(image, "<u2").tobytes())
        return made if not filename else write(made, self._path, filename)


def write(made: bytes, path: str, filename: str) -> str:
    """Write a DNG to a file and return its name, which ends in .dng."""
    name = str(Path(path) / filename)
    name = name if name.endswith(".dng") else name + ".dng"
    Path(name).write_bytes(made)
    return name


def definitions() -> ModuleType:
    """Module `pidng.defs`."""
    module = ModuleType("pidng.defs", "Stand-in for PiDNG in a simulated run.")
    module.__dict__.update(DEFINITIONS)
    return module
