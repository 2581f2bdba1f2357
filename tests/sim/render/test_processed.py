"""Processed streams: memory order, colour spaces, gains, crop, noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hil.sim.frame import Frame, Rectangle, Scene
from hil.sim.light import Lamp, Light, Pulse
from hil.sim.render import buffer_bytes, render_into


def image(frame: Frame, fmt: str = "BGR888", width: int = 640, height: int = 480, crop: Rectangle | None = None) -> np.ndarray:
    """uint8[height, width, channels] of an RGB format."""
    size = {"8888": 4, "1616": 6}.get(fmt[-4:], 3)
    out = np.zeros((height, width, size), dtype=np.uint8)
    render_into(frame, fmt, width, height, width * size, out.reshape(-1), crop=crop)
    return out


def planes(frame: Frame, fmt: str, colour_space: str = "sYCC") -> np.ndarray:
    out = np.zeros(buffer_bytes(fmt, 480, 640 if fmt in PLANAR else 1280), dtype=np.uint8)
    render_into(frame, fmt, 640, 480, 640 if fmt in PLANAR else 1280, out, colour_space=colour_space)
    return out


PLANAR = ("YUV420", "YVU420", "NV12", "NV21")
# picamera2, request.py, Helpers._get_pil_mode
PIL_MODES = {"RGB888": "BGR", "BGR888": "RGB", "XBGR8888": "RGBX", "XRGB8888": "BGRX"}


@pytest.mark.parametrize("fmt", PIL_MODES)
def test_picamera2_reads_the_same_picture_from_every_rgb_format(room: Frame, fmt: str) -> None:
    pixels = image(room, fmt)
    picture = Image.frombuffer("RGB", (640, 480), pixels, "raw", PIL_MODES[fmt], pixels.strides[0], 1)
    assert np.array_equal(np.asarray(picture)[..., :3], image(room))


def test_alpha_is_opaque(room: Frame) -> None:
    assert np.all(image(room, "XRGB8888")[..., 3] == 255)


def test_sixteen_bits_hold_the_picture_of_eight(room: Frame) -> None:
    deep = image(room, "BGR161616").view("<u2")
    assert np.abs(deep / 257.0 - image(room)).max() < 1.0
    assert np.array_equal(deep[..., ::-1], image(room, "RGB161616").view("<u2"))
    assert len(np.unique(deep)) > 5000


def ycc(rgb: np.ndarray, red: float, blue: float, full: bool) -> np.ndarray:
    """Mean Y, Cb, Cr by the textbook."""
    r, g, b = rgb.reshape(-1, 3).mean(axis=0)
    y = red * r + (1 - red - blue) * g + blue * b
    cb, cr = (b - y) / (2 - 2 * blue), (r - y) / (2 - 2 * red)
    return np.array([y, cb + 128, cr + 128]) if full else np.array([16 + y * 219 / 255, 128 + cb * 224 / 255, 128 + cr * 224 / 255])


@pytest.mark.parametrize(
    ("space", "red", "blue", "full"),
    [
        ("sYCC", 0.299, 0.114, True),
        ("SMPTE170M", 0.299, 0.114, False),
        ("Rec709", 0.2126, 0.0722, False),
        ("Rec709/Rec709/Rec601/Limited", 0.299, 0.114, False),
    ],
)
def test_colour_spaces_are_those_of_the_textbook(room: Frame, space: str, red: float, blue: float, full: bool) -> None:
    data = planes(room, "YUV420", space)
    y, cb, cr = data[: 640 * 480], data[640 * 480 : 640 * 600], data[640 * 600 :]
    assert [y.mean(), cb.mean(), cr.mean()] == pytest.approx(ycc(image(room).astype(float), red, blue, full), abs=0.6)
    assert full or y.min() >= 16


def test_all_yuv_formats_hold_the_same_luma_and_chroma(room: Frame) -> None:
    data, n, q = planes(room, "YUV420"), 640 * 480, 640 * 120
    swapped = planes(room, "YVU420")
    assert np.array_equal(np.concatenate([swapped[:n], swapped[n + q :], swapped[n : n + q]]), data)
    assert np.array_equal(planes(room, "NV12")[n:].reshape(-1, 2).T.ravel(), data[n:])
    assert np.array_equal(planes(room, "NV21")[n:].reshape(-1, 2)[:, ::-1].T.ravel(), data[n:])
    yuyv = planes(room, "YUYV").reshape(-1, 4)
    assert np.array_equal(yuyv[:, ::2].ravel(), data[:n])
    for fmt, order in {"YVYU": (0, 3, 2, 1), "UYVY": (1, 0, 3, 2), "VYUY": (3, 0, 1, 2)}.items():
        assert np.array_equal(planes(room, fmt).reshape(-1, 4), yuyv[:, order])


def test_white_balance_makes_grey_grey(room: Frame) -> None:
    patch = image(room)[285:300, 200:400].reshape(-1, 3).mean(axis=0)  # of the wall
    warm = replace(room, scene=Scene("room", Light(500.0, temperature_k=2800.0)))
    cast = image(warm)[285:300, 200:400].reshape(-1, 3).mean(axis=0)
    assert patch[0] / patch[2] == pytest.approx(1.07, abs=0.03)
    assert cast[0] / cast[2] > 1.5


def test_digital_gain_brightens_like_light(room: Frame) -> None:
    dim = replace(room, exposure_ns=20e6)
    brighter = image(replace(dim, digital_gain=2.0)).mean()
    assert brighter == pytest.approx(image(replace(dim, exposure_ns=40e6)).mean(), abs=0.4)


def test_the_picture_follows_the_exposure_without_steps(frame: Frame) -> None:
    means = [image(replace(frame, exposure_ns=10e6 * 1.01**n), width=64, height=48).mean() for n in range(40)]
    steps = np.diff(means)
    assert steps.min() > 0
    assert steps.max() < 3 * steps.mean()


def test_a_scaler_crop_shows_its_part_of_the_scene(room: Frame) -> None:
    whole, part = image(room, width=1280, height=960), image(room, crop=(160, 120, 320, 240))
    assert np.abs(part.astype(int) - whole[240:720, 320:960]).mean() < 4.0


def test_flips_mirror_the_scene_and_not_the_rows(room: Frame) -> None:
    upright, turned = image(room), image(replace(room, hflip=True, vflip=True))
    assert np.abs(turned[::-1, ::-1].astype(int) - upright).mean() < 4.0
    first_rows = Light(pulses=(Pulse(room.first_row_start_ns, room.first_row_start_ns + 1000, 1e7),))
    lit = image(replace(room, scene=Scene("flat", first_rows), exposure_ns=1e6, vflip=True)).mean(axis=(1, 2))
    assert lit[0] > 20 > lit[-1]


def test_consecutive_pictures_share_no_noise(room: Frame) -> None:
    pictures = np.array([image(replace(room, number=n)).ravel() for n in range(8)], dtype=np.float32)
    noise = pictures - pictures.mean(axis=0)
    together = np.corrcoef(noise)[np.triu_indices(8, 1)]
    assert together == pytest.approx(np.full(28, -1 / 7), abs=0.01)  # what independence leaves after taking off their mean
    assert 0.5 < noise.std() < 4.0


def test_noise_in_the_picture_is_that_of_the_electrons_behind_it(frame: Frame) -> None:
    green = image(replace(frame, scene=Scene("flat", Light(2000.0))))[..., 1].astype(float)
    level, count = green.mean() / 255, 2000.0 * 10e-3 * 160.0 * 0.5
    linear = ((level + 0.055) / 1.055) ** 2.4
    slope = 1.055 / 2.4 * linear ** (1 / 2.4 - 1)
    assert green.std() == pytest.approx(255 * slope * linear * (count + 9.0) ** 0.5 / count, rel=0.15)  # kept on quarter octaves


def test_any_number_of_threads_gives_the_same_picture(room: Frame) -> None:
    buffers = [bytearray(640 * 480 * 3 // 2) for _ in range(3)]
    for threads, buffer in enumerate(buffers, start=1):
        render_into(room, "NV12", 640, 480, 640, buffer, threads=threads)
    assert buffers[0] == buffers[1] == buffers[2]


@pytest.mark.parametrize("depth", [0.1, 0.3, 0.9])
def test_flicker_is_seen_in_the_rows_where_it_happened(frame: Frame, depth: float) -> None:
    lamp = Light(0.0, lamps=(Lamp(2000.0, 100.0, depth),))
    flickering = replace(frame, scene=Scene("flat", lamp), exposure_ns=2e6, line_time_ns=40e3)
    rows = image(flickering)[..., 1].mean(axis=1)
    steady = [
        image(replace(frame, scene=Scene("flat", Light(lux)), exposure_ns=2e6), width=64, height=48)[..., 1].mean()
        for lux in (2000 * (1 - depth), 2000 * (1 + depth))
    ]
    assert steady[0] - 1 < rows.min() < rows.max() < steady[1] + 1
    assert np.argmax(rows[:250]) == pytest.approx(100, abs=25)  # brightest 5 ms after a zero crossing: 100 rows less half the exposure
