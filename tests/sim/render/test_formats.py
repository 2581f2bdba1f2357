"""Every raw format holds the very pixels of `raw_dn`, as picamera2 and the drivers unpack them."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hil.measure.raw import unpack_csi2p
from hil.sim.frame import Frame, Scene
from hil.sim.light import Light
from hil.sim.render import FORMATS, buffer_bytes, raw_dn, render_into
from hil.sim.render.pisp import compress


def rendered(frame: Frame, fmt: str, stride: int) -> np.ndarray:
    lines = np.full((frame.height, stride), 0xA5, dtype=np.uint8)
    render_into(frame, fmt, frame.width, frame.height, stride, memoryview(lines).cast("B"))
    return lines


@pytest.mark.parametrize("bits", [8, 10, 12, 14])
def test_packed_lines_unpack_to_the_pixels(frame: Frame, bits: int) -> None:
    deep = replace(frame, bits=bits)
    name = f"SRGGB{bits}_CSI2P" if bits > 8 else "SRGGB8"
    lines = rendered(deep, name, 640 * bits // 8 + 32)
    assert np.array_equal(unpack_csi2p(lines, 640, bits), raw_dn(deep))
    assert np.all(lines[:, 640 * bits // 8 :] == 0xA5)


@pytest.mark.parametrize("name", ["SBGGR12", "R12"])
def test_unpacked_pixels_are_right_aligned_words(frame: Frame, name: str) -> None:
    assert np.array_equal(rendered(frame, name, 1280).view("<u2"), raw_dn(frame))


def test_a_deeper_format_is_left_aligned(frame: Frame) -> None:
    assert np.array_equal(rendered(frame, "SRGGB16", 1280).view("<u2"), raw_dn(frame) << 4)


def test_a_shallower_format_loses_the_low_bits(frame: Frame) -> None:
    assert np.array_equal(rendered(frame, "R8", 640), raw_dn(frame) >> 4)


@pytest.fixture(scope="module")
def decompress() -> Callable[[np.ndarray], np.ndarray]:
    """picamera2's own decompressor: lines of bytes to uint16[rows, width].

    Taken out of its source, for picamera2 cannot be imported without libcamera; the method needs nothing but numpy.
    """
    package = Path(str(importlib.util.find_spec("picamera2").origin)).parent
    tree = ast.parse((package / "request.py").read_text())
    method = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "decompress")
    scope = {"np": np}
    exec(compile(ast.Module([method], []), "request.py", "exec"), scope)
    return lambda lines: scope["decompress"](None, lines).view(np.uint16)


CONTENT = {
    "smooth": lambda rng: np.linspace(2048, 65535, 64 * 64).reshape(64, 64) + rng.normal(0, 60, (64, 64)),
    "dark": lambda rng: rng.normal(4096, 40, (64, 64)),
    "edges": lambda rng: np.where(np.arange(64) % 11 < 5, 4200, 50000) + rng.normal(0, 200, (64, 64)),
    "anything": lambda rng: rng.uniform(0, 65535, (64, 64)),
    "bright": lambda rng: rng.normal(60000, 1500, (64, 64)),
}


@pytest.mark.parametrize("content", CONTENT)
def test_picamera2_decompresses_what_was_compressed(decompress: Callable[[np.ndarray], np.ndarray], content: str) -> None:
    pixels = np.clip(CONTENT[content](np.random.default_rng(3)), 2048, 65535).astype(np.uint16)
    words = np.stack([compress(pixels[:, 0::2]), compress(pixels[:, 1::2])], axis=2).reshape(64, 16)
    back = decompress(words.view(np.uint8)).astype(np.int64)
    mode = np.repeat(words & 3, 4, axis=1).reshape(64, 8, 2, 4).transpose(0, 1, 3, 2).reshape(64, 64)
    level = pixels.astype(np.int64) - 2048
    step = np.choose(mode, [np.where(level < 5120, 16, 32), 64, 128, np.where(level < 24064, 256, 512)])
    # At the very top the last step is cut off by the 16-bit range.
    assert np.all(np.abs(back - pixels) <= np.where(pixels > 65535 - 2048, 1024, step // 2 + 16))


def test_smooth_pixels_are_compressed_in_the_finest_steps(decompress: Callable[[np.ndarray], np.ndarray], frame: Frame) -> None:
    lines = rendered(replace(frame, scene=Scene("flat", Light(200.0))), "RGGB_PISP_COMP1", 640)
    error = decompress(lines).astype(np.int64) - (raw_dn(replace(frame, scene=Scene("flat", Light(200.0)))).astype(np.int64) << 4)
    assert np.abs(error).max() <= 16
    assert abs(error.mean()) < 0.5


def test_a_width_that_is_no_multiple_of_eight_is_padded(decompress: Callable[[np.ndarray], np.ndarray], frame: Frame) -> None:
    narrow = replace(frame, width=636)
    back = decompress(rendered(narrow, "MONO_PISP_COMP1", 640))
    assert np.abs(back[:, :636].astype(np.int64) - (raw_dn(narrow).astype(np.int64) << 4)).max() <= 16


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_fills_its_buffer_and_nothing_behind_it(room: Frame, fmt: str) -> None:
    stride = 640 * 8
    buffer = np.zeros(buffer_bytes(fmt, 480, stride) + 64, dtype=np.uint8)
    render_into(room, fmt, 640, 480, stride, buffer)
    assert not buffer[-64:].any()
    assert np.count_nonzero(buffer) > 640 * 480 // 2


def test_what_does_not_fit_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="SRGGB12_CSI2P of 640 pixels needs a stride of 960 bytes, not 640"):
        render_into(frame, "SRGGB12_CSI2P", 640, 480, 640, bytearray(640 * 480))
    with pytest.raises(ValueError, match="needs 460800 bytes, the buffer has 1000"):
        render_into(frame, "YUV420", 640, 480, 640, bytearray(1000))
    with pytest.raises(ValueError, match="the sensor mode's size 640x480, not 320x240"):
        render_into(frame, "SRGGB12", 320, 240, 640, bytearray(640 * 480))
    with pytest.raises(ValueError, match="unknown pixel format 'MJPEG'"):
        render_into(frame, "MJPEG", 640, 480, 640, bytearray(640 * 480))
