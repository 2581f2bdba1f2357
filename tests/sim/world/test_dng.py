"""The DNG that our stand-in for PiDNG writes."""

import io
import struct
import sys
from fractions import Fraction
from types import ModuleType

import numpy as np
import piexif
import pytest
import rawpy

from hil.sim.edge import pidng, pidng_tags
from hil.sim.edge.patches import Patches

METADATA = {
    "ExposureTime": 112_015_096,
    "AnalogueGain": 2.0,
    "DigitalGain": 1.0,
    "ColourGains": (2.0, 1.5),
    "SensorBlackLevels": (4096, 4100, 4104, 4108),
    "ColourCorrectionMatrix": (1.8, -0.6, -0.2, -0.3, 1.6, -0.3, 0.0, -0.6, 1.6),
}


def dng(raw, fmt, size, **changes):
    camera = pidng.Picamera2Camera({"format": fmt, "size": size, "stride": raw.shape[1]}, METADATA | changes, "imx477")
    file = io.BytesIO()
    pidng.PICAM2DNG(camera).convert(raw, file=file)
    return file.getvalue()


def opened(made):
    with rawpy.imread(io.BytesIO(made)) as raw:
        return raw.raw_image.copy(), raw.white_level, raw.black_level_per_channel, raw.raw_pattern.tolist(), raw.camera_whitebalance


def packed(pixels, bits):
    """Rows of pixels as MIPI CSI-2 packs them: high bytes first, then one byte of low bits."""
    count = 4 if bits == 10 else 2
    groups = pixels.reshape(pixels.shape[0], -1, count)
    high = (groups >> (bits - 8)).astype(np.uint8)
    low = sum((groups[:, :, n] & ((1 << (bits - 8)) - 1)) << (n * (bits - 8)) for n in range(count)).astype(np.uint8)
    return np.concatenate([high, low[:, :, None]], axis=2).reshape(pixels.shape[0], -1)


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("order", ["RGGB", "BGGR", "GBRG", "GRBG"])
def test_packed_rows_with_padding_come_back_pixel_for_pixel(bits, order):
    pixels = np.random.default_rng(bits).integers(0, 1 << bits, (32, 64), dtype=np.uint16)
    raw = np.pad(packed(pixels, bits), ((0, 0), (0, 16)))

    image, white, _, pattern, _ = opened(dng(raw, f"S{order}{bits}_CSI2P", (64, 32)))

    assert (image == pixels).all()
    assert white == (1 << bits) - 1
    assert ["RGBG"[colour] for row in pattern for colour in row] == list(order)


@pytest.mark.parametrize(("fmt", "bits"), [("SBGGR16", 16), ("SRGGB12", 12), ("SGBRG8", 8)])
def test_unpacked_rows_come_back_too(fmt, bits):
    pixels = np.random.default_rng(1).integers(0, 1 << bits, (24, 32)).astype(np.uint8 if bits == 8 else np.uint16)
    raw = np.pad(pixels.view(np.uint8), ((0, 2), (0, 8)))

    assert (opened(dng(raw, fmt, (32, 24)))[0] == pixels).all()


def test_black_levels_follow_their_colours_and_white_balance_the_gains():
    made = dng(np.zeros((32, 80), np.uint8), "SBGGR10_CSI2P", (64, 32))
    _, _, black, _, balance = opened(made)

    assert black == [64, 64, 64, 64]
    assert balance[0] / balance[1] == pytest.approx(2.0, rel=1e-3)
    assert balance[2] / balance[1] == pytest.approx(1.5, rel=1e-3)
    assert struct.pack("<II", 1027, 16) in made  # blue's 4108 of 65536 is 64.1875 of 1024, and blue comes first


@pytest.mark.parametrize("exposure_us", [29, 8_000, 1_000_001, 112_015_096, 694_434_742, 4_294_967_295])
def test_exposure_times_are_exact_however_long(exposure_us):
    exif = piexif.load(dng(np.zeros((32, 80), np.uint8), "SRGGB10_CSI2P", (64, 32), ExposureTime=exposure_us))

    assert Fraction(*exif["Exif"][piexif.ExifIFD.ExposureTime]) == Fraction(exposure_us, 1_000_000)


def test_a_mono_frame_is_linear_raw():
    pixels = np.random.default_rng(1).integers(0, 1024, (32, 64), dtype=np.uint16)

    made = dng(packed(pixels, 10), "R10_CSI2P", (64, 32))

    assert (opened(made)[0].reshape(32, 64) == pixels).all()


def test_what_is_no_raw_format_is_refused():
    with pytest.raises(ValueError, match="RGB888 is no raw format"):
        pidng.Picamera2Camera({"format": "RGB888", "size": (4, 4)}, {})


def test_a_program_may_set_its_own_tags(tmp_path):
    tag, defs = pidng_tags.Tag, pidng_tags.DEFINITIONS
    pixels = np.random.default_rng(1).integers(0, 1024, (32, 64), dtype=np.uint16)
    tags, writer = pidng_tags.DNGTags(), pidng_tags.RAW2DNG()
    for name, value in {
        tag.BitsPerSample: 10,
        tag.PhotometricInterpretation: defs["PhotometricInterpretation"].Color_Filter_Array,
        tag.SamplesPerPixel: 1,
        tag.CFARepeatPatternDim: [2, 2],
        tag.CFAPattern: defs["CFAPattern"].GBRG,
        tag.ExposureTime: [[5, 2]],
        tag.DNGVersion: defs["DNGVersion"].V1_4,
        tag.Model: "mine",
    }.items():
        tags.set(name, value)
    writer.options(tags, path=str(tmp_path))
    name = writer.convert(pixels, "frame")

    assert name == str(tmp_path / "frame.dng")
    assert (opened((tmp_path / "frame.dng").read_bytes())[0] == pixels).all()


class OldCamera:
    """PiDNG 4.0.9's Picamera2Camera, as far as its signature goes."""

    def __init__(self, fmt, metadata):
        self.tags = pidng_tags.DNGTags()


class OldDng:
    def convert(self, image, filename=""):
        return b"dng of " + image


def test_the_real_pidng_is_taught_what_picamera2_expects():
    camdefs, core, patches = ModuleType("camdefs"), ModuleType("core"), Patches()
    camdefs.Picamera2Camera, camdefs.Tag, core.PICAM2DNG = OldCamera, pidng_tags.Tag, OldDng
    pidng.adapt_camdefs(camdefs, patches)
    pidng.adapt_core(core, patches)

    camera, file = camdefs.Picamera2Camera({}, {}, "imx708"), io.BytesIO()
    core.PICAM2DNG().convert(b"it", file=file)

    assert camera.tags.values == {"Model": "imx708"}
    assert file.getvalue() == b"dng of it"
    patches.undo()
    assert camdefs.Picamera2Camera is OldCamera
    assert "pidng" not in sys.modules
