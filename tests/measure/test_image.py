"""Does a raw frame hold a picture?"""

import numpy as np
import pytest

from hil.measure import EstimatorError, content, frozen, row_profile
from hil.measure.image import clipped_part, plane_means


def frame(width=320, height=240, mean=400.0, noise=6.0, seed=1):
    rng = np.random.default_rng(seed)
    colours = np.tile(np.array([[0.8, 1.0], [1.0, 0.6]]), (height // 2, width // 2))
    return np.clip(rng.normal(64 + (mean - 64) * colours, noise), 0, 1023).astype(np.uint16)


def test_a_healthy_frame_has_its_mean_its_noise_and_nothing_wrong():
    look = content(frame(), 10, 64, (320, 240))
    assert look.mean.value == pytest.approx(100 * 336 * 0.85 / 959, abs=0.1)
    assert look.noise.value == pytest.approx(6.0, rel=0.03)
    assert (look.stuck, look.rig) == ((), ())


def test_an_edge_is_no_noise():
    half = frame()
    half[:, 150:] += 300
    assert content(half, 10, 64).noise.value == pytest.approx(6.0, rel=0.05)


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_a_dark_frame_with_little_noise_is_a_picture(bits):
    dark = np.random.default_rng(2).normal(16.0 * 2 ** (bits - 8), 0.4, (240, 320)).round().astype(np.uint16)
    look = content(dark, bits, 16.0 * 2 ** (bits - 8))
    assert (look.stuck, look.rig) == ((), ())


def test_the_same_frame_twice_is_frozen_and_two_frames_are_not():
    assert frozen(frame(), frame())
    assert not frozen(frame(), frame(seed=2))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (np.zeros((0, 0), np.uint16), "no raw frame"),
        (np.zeros(100, np.uint16), "no raw frame"),
        (np.zeros((3, 9, 9), np.uint16), "no raw frame"),
        (np.full((8, 8), np.nan), "whole numbers"),
        (np.full((8, 8), 1024, np.uint16), "do not fit 10 bits"),
        (np.full((8, 8), -1), "do not fit 10 bits"),
    ],
)
def test_what_is_no_frame_is_said(bad, says):
    with pytest.raises(EstimatorError, match=says):
        content(bad, 10, 64)


def test_rows_are_profiled_without_their_colours():
    striped = frame(noise=0.0).astype(np.int64)
    striped[100:120] += 50
    profile = row_profile(striped)
    assert profile.shape == (240,)
    assert profile[100:120].mean() - profile[130:].mean() == pytest.approx(50, abs=0.5)
    assert profile[130:].std() < 1e-9


def test_planes_keep_the_colour_order_of_the_frame():
    means = plane_means(frame(324, 244, noise=0.0))
    assert means[0, 1] == means[1, 0] > means[0, 0] > means[1, 1]


def test_clipping_is_looked_for_in_the_middle():
    bright = frame()
    bright[:10] = 1023
    assert clipped_part(bright, 1023) == 0.0
    bright[120, 160] = 1023
    assert clipped_part(bright, 1023) == pytest.approx(1 / (120 * 160), rel=0.05)
