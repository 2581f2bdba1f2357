"""A stand-in for PiDNG, which has no wheel: what picamera2 calls to save a DNG, written by our own TIFF writer.

DNG specification 1.4 (Adobe, 2012). Pixels are stored unpacked, 16 bits each, in the sensor's own scale. Where the real
PiDNG 4.0.9 is installed it is used, with what picamera2 0.3.38 expects of a newer one added (`adapt_*`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from hil.sim.edge.hosttime import EPOCH_NS, HostTime
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.pidng_tags import RAW2DNG, DNGTags, definitions, write
from hil.sim.edge.pidng_tags import Tag as TagNames
from hil.sim.edge.tiff import ASCII, BYTE, LONG, RATIONAL, SHORT, SRATIONAL, Tag, document, tag

SEAMS = (
    Seam("sys:modules['pidng']", "our own DNG writer, where PiDNG is not installed", "picamera2 imports it; it has no wheel"),
    Seam("pidng.camdefs:Picamera2Camera", "takes a model, where PiDNG 4.0.9 is installed", "picamera2 0.3.38 passes one"),
    Seam("pidng.core:PICAM2DNG", "takes a file, where PiDNG 4.0.9 is installed", "picamera2 0.3.38 passes one"),
)
_COLOURS = {"R": 0, "G": 1, "B": 2}
_CFA, _LINEAR = 32803, 34892
_D65 = 21
# Linear sRGB to CIE XYZ at D65 (IEC 61966-2-1).
_SRGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_FORMAT = re.compile(r"S?(?P<order>[RGB]{4}|R)(?P<bits>\d+)(?P<packed>_CSI2P)?$")


class Picamera2Camera:
    """How to read a raw stream: its picamera2 configuration, the frame's metadata, and the camera's model."""

    def __init__(self, fmt: Mapping[str, Any], metadata: Mapping[str, Any], model: str = "Picamera2") -> None:
        """`fmt`: one stream's configuration, unpacked 16 bit if it was compressed."""
        shape = _FORMAT.match(fmt["format"])
        if shape is None:
            raise ValueError(f"{fmt['format']} is no raw format that a DNG can be written from")
        self.order, self.bits, self.packed = shape["order"], int(shape["bits"]), bool(shape["packed"])
        self.size: tuple[int, int] = fmt["size"]
        self.fmt, self.metadata, self.model = fmt, metadata, model

    def pixels(self, raw: NDArray[np.uint8]) -> NDArray[np.uint16]:
        """Rows of the stream's buffer, any padding included, as uint16[height, width]."""
        width, height = self.size
        rows = np.ascontiguousarray(raw).view(np.uint8).reshape(raw.shape[0], -1)[:height]
        if self.packed and self.bits in (10, 12):
            return _unpack(rows, width, self.bits)
        if self.bits == 8:
            return rows[:, :width].astype(np.uint16)
        return np.ascontiguousarray(rows[:, : 2 * width]).view(np.uint16)

    def tags(self, host: HostTime | None) -> list[Tag]:
        """The main directory but for the strip."""
        (width, height), mono = self.size, self.order == "R"
        return [
            *(tag(254, LONG, 0), tag(256, LONG, width), tag(257, LONG, height), tag(258, SHORT, 16), tag(259, SHORT, 1)),
            *(tag(262, SHORT, _LINEAR if mono else _CFA), tag(271, ASCII, "Raspberry Pi"), tag(272, ASCII, self.model)),
            *(tag(274, SHORT, 1), tag(277, SHORT, 1), tag(278, LONG, height), tag(284, SHORT, 1)),
            *(tag(305, ASCII, "Picamera2"), tag(306, ASCII, _date(host)), tag(50706, BYTE, 1, 4, 0, 0), tag(50707, BYTE, 1, 2, 0, 0)),
            *(tag(50708, ASCII, f"Raspberry Pi {self.model}"), tag(50717, LONG, (1 << self.bits) - 1)),
            *([tag(50714, RATIONAL, self._black()[0])] if mono else self._colour_tags()),
        ]

    def _colour_tags(self) -> list[Tag]:
        red, blue = self.metadata.get("ColourGains", (1.0, 1.0))
        return [
            *(tag(33421, SHORT, 2, 2), tag(33422, BYTE, *(_COLOURS[colour] for colour in self.order))),
            *(tag(50713, SHORT, 2, 2), tag(50714, RATIONAL, *self._black())),
            *(tag(50721, SRATIONAL, *self._xyz_to_camera(red, blue)), tag(50778, SHORT, _D65)),
            tag(50728, RATIONAL, *(_fraction(1.0 / gain) for gain in (red, 1.0, blue))),
        ]

    def _black(self) -> list[Fraction]:
        """Black levels in the frame's own scale, in the order of its pixels; libcamera gives 16 bits, red first."""
        levels = self.metadata.get("SensorBlackLevels", (4096,) * 4)
        by_colour = {"R": levels[0], "B": levels[3]}
        greens = iter(levels[1:3])
        return [Fraction(by_colour[one] if one in by_colour else next(greens), 1 << (16 - self.bits)) for one in self.order]

    def _xyz_to_camera(self, red: float, blue: float) -> list[Fraction]:
        """ColorMatrix1: the inverse of white balance, colour correction and sRGB's primaries in turn."""
        correction = np.array(self.metadata.get("ColourCorrectionMatrix", np.eye(3).ravel())).reshape(3, 3)
        camera_to_xyz = _SRGB_TO_XYZ @ correction @ np.diag([red, 1.0, blue])
        return [_fraction(float(value)) for value in np.linalg.inv(camera_to_xyz).ravel()]

    def exif(self, host: HostTime | None) -> list[Tag]:
        """Exposure time (an exact ratio, however long), ISO speed and date."""
        gain = self.metadata.get("AnalogueGain", 1.0) * self.metadata.get("DigitalGain", 1.0)
        return [
            tag(33434, RATIONAL, Fraction(int(self.metadata.get("ExposureTime", 0)), 1_000_000)),
            tag(34855, SHORT, min(round(100 * gain), 65535)),
            tag(36867, ASCII, _date(host)),
        ]


def _fraction(value: float) -> Fraction:
    return Fraction(value).limit_denominator(1_000_000)


def _date(host: HostTime | None) -> str:
    # Without a host it is the day on which a simulated clock shows 0; TIFF's DateTime has no zone.
    day = datetime.fromtimestamp(EPOCH_NS / 1e9) if host is None else host.today()  # noqa: DTZ006
    return day.strftime("%Y:%m:%d %H:%M:%S")


def _unpack(rows: NDArray[np.uint8], width: int, bits: int) -> NDArray[np.uint16]:
    """MIPI CSI-2 packing: 4 pixels in 5 bytes or 2 in 3, the low bits of all of them in the last."""
    pixels = 4 if bits == 10 else 2
    size, shift = pixels + 1, bits - 8
    groups = rows[:, : width // pixels * size].reshape(rows.shape[0], -1, size)
    high = groups[:, :, :pixels].astype(np.uint16) << shift
    low = groups[:, :, pixels:] >> (np.arange(pixels, dtype=np.uint8) * shift)
    low16: NDArray[np.uint16] = (low & ((1 << shift) - 1)).astype(np.uint16)
    unpacked: NDArray[np.uint16] = np.bitwise_or(high, low16).reshape(rows.shape[0], -1)
    return unpacked


class PICAM2DNG:
    """Writes one DNG."""

    def __init__(self, model: Picamera2Camera, host: HostTime | None = None) -> None:
        """`model`: how to read the frame; `host`: whose date it bears."""
        self.model, self._host, self._path = model, host, ""

    def options(self, path: str = "", compress: bool | int = False) -> None:
        """Where files go. Compression is accepted and not done: no reader needs it."""
        self._path = path

    def convert(self, image: NDArray[np.uint8], filename: str = "", file: BinaryIO | None = None) -> str | bytes:
        """Write to `file`, or to `filename` (".dng" is added), or return the bytes."""
        strip = self.model.pixels(image).astype("<u2").tobytes()
        made = document(self.model.tags(self._host), self.model.exif(self._host), strip)
        if file is not None:
            file.write(made)
            return made
        return write(made, self._path, filename) if filename else made


def modules(host: HostTime | None) -> dict[str, ModuleType]:
    """Package `pidng` with its modules, for `sys.modules`."""

    class HostDng(PICAM2DNG):
        """PICAM2DNG that dates files by the simulated host's clock."""

        def __init__(self, model: Picamera2Camera) -> None:
            """`model`: how to read the frame."""
            super().__init__(model, host)

    HostDng.__name__ = HostDng.__qualname__ = "PICAM2DNG"
    package, camdefs, core = (ModuleType(f"pidng{name}", "Stand-in for PiDNG in a simulated run.") for name in ("", ".camdefs", ".core"))
    package.__path__ = []
    defs = definitions()
    package.__dict__.update(camdefs=camdefs, core=core, defs=defs)
    camdefs.__dict__.update(Picamera2Camera=Picamera2Camera)
    core.__dict__.update(PICAM2DNG=HostDng, RAW2DNG=RAW2DNG, DNGTags=DNGTags, Tag=TagNames)
    return {"pidng": package, "pidng.camdefs": camdefs, "pidng.core": core, "pidng.defs": defs}


def adapt_camdefs(module: Any, patches: Patches) -> None:
    """The real `pidng.camdefs`: accept the model that picamera2 passes."""
    real = module.Picamera2Camera
    if "model" in inspect.signature(real).parameters or len(inspect.signature(real).parameters) > 2:
        return

    class Picamera2Camera2(real):  # type: ignore[misc,valid-type]
        def __init__(self, fmt: Any, metadata: Any, model: str | None = None) -> None:
            super().__init__(fmt, metadata)
            if model:
                self.tags.set(module.Tag.Model, model)

    patches.attribute(module, "Picamera2Camera", Picamera2Camera2)


def adapt_core(module: Any, patches: Patches) -> None:
    """The real `pidng.core`: accept the file that picamera2 passes."""
    real = module.PICAM2DNG
    if "file" in inspect.signature(real.convert).parameters:
        return

    class Picam2Dng(real):  # type: ignore[misc,valid-type]
        def convert(self, image: Any, filename: str = "", file: BinaryIO | None = None) -> Any:
            made = super().convert(image, filename)
            if file is not None:
                file.write(made)
            return made

    patches.attribute(module, "PICAM2DNG", Picam2Dng)
