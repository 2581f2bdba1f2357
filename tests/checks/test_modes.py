"""A raw frame of each mode: whose fault it is when there is no picture in it."""

import numpy as np
import pytest

from hil import catalog
from hil.checks import modes
from hil.errors import RigError

MODE = "1536x864"


def look(fake_camera, case, book, frame):
    modes.run(fake_camera(frame=frame), case("modes", mode=MODE, last=False), book)


def test_a_healthy_frame_is_described_and_passes(fake_camera, case, book):
    modes.run(fake_camera(), case("modes", mode=MODE, last=False), book)
    assert [each.m.name for each in book.measured] == ["frame_mean", "frame_noise", "frame_faults"]
    assert book.verdicts == {"PASS"}


def test_the_last_case_counts_the_modes_and_names_the_driver(fake_camera, case, book):
    modes.run(fake_camera("HQ Camera (CS)", "legacy"), case("modes", "HQ Camera (CS)", mode="1332x990-10"), book)
    (count,) = book.named("modes_offered")
    assert (count.m.value, count.outcome.verdict, count.limit.about) == (4, "PASS", "host")
    assert book.texts["driver"] == "imx477 driver (legacy); none unknown"


@pytest.mark.parametrize(
    ("module", "generation", "words"),
    [
        ("GS Camera", "only", "1456x1088"),
        ("Camera Module 3", "only", "4608x2592 · 2304x1296 · 1536x864"),
        ("HQ Camera (CS)", "current", "4056x3040 · 4056x2160 · 2028x1520 · 2028x1080 · 1332x990, each in 8, 10 and 12 bits"),
        ("HQ Camera (CS)", "legacy", "4056x3040-12 · 2028x1520-12 · 2028x1080-12 · 1332x990-10"),
    ],
)
def test_modes_are_listed_by_size_and_bits_are_told_where_they_differ(module, generation, words):
    sensor = catalog.sensor(catalog.module(module).sensor)
    assert modes.in_words([mode for mode in sensor.generation(generation).modes if not mode.hdr]) == words


def stuck(camera):
    return np.full(camera.now.size[::-1], 500, np.uint16)


def same_rows(camera):
    row = camera.rng.integers(100, 900, camera.now.size[0])
    return np.tile(row, (camera.now.size[1], 1)).astype(np.uint16)


def silent(camera):
    width, height = camera.now.size
    frame = np.full((height, width), 500, np.uint16)
    frame[: height // 2] = 600
    frame[::7, 3] = 77
    return frame


def frozen(camera):
    return np.random.default_rng(5).integers(100, 900, camera.now.size[::-1]).astype(np.uint16)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (stuck, "every pixel is 500 DN; every pixel is 500 DN; two frames are the same"),
        (same_rows, "every row is the same"),
        (silent, "hardly any noise"),
        (frozen, "two frames are the same to the last pixel"),
    ],
)
def test_a_sensor_that_does_not_live_fails_the_unit_and_says_how(frame, says, fake_camera, case, book):
    look(fake_camera, case, book, frame)
    (faults,) = book.named("frame_faults")
    assert faults.outcome.verdict == "FAIL"
    assert faults.m.method.startswith(says)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (lambda c: np.full((c.now.size[1], c.now.size[0]), 1023, np.uint16), "100% of the pixels are clipped"),
        (lambda c: c.rng.integers(0, 20, c.now.size[::-1]).astype(np.uint16), "is below the black level of 64"),
        (lambda c: c.rng.integers(100, 900, (480, 640)).astype(np.uint16), "640x480, not 1536x864"),
        (lambda c: c.rng.integers(0, 65535, c.now.size[::-1]).astype(np.uint16), "do not fit 10 bits: unpacked wrongly"),
    ],
)
def test_what_bench_or_pipeline_did_to_a_frame_is_not_the_units_fault(frame, says, fake_camera, case, book):
    with pytest.raises(RigError, match=says) as error:
        look(fake_camera, case, book, frame)
    assert error.value.cause == "no picture"
