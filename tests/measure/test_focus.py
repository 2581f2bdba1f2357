"""The focus figure: greatest where the picture is sharpest, whatever the light and the noise."""

import pickle

import numpy as np
import pytest

from hil.measure.focus import FocusLook

BLACK, FULL = 64.0, 1023


def frame(blur, light=1.0, noise=2.0, seed=1):
    """Stripes behind a lens that smears them over `blur` pixels."""
    x = np.arange(800)
    row = 100.0 + 80.0 * np.sign(np.sin(x / 20.0))
    row = np.convolve(np.pad(row, blur, mode="edge"), np.ones(2 * blur + 1) / (2 * blur + 1), mode="valid")
    pixels = BLACK + light * np.tile(row, (600, 1)) + np.random.default_rng(seed).normal(0, noise, (600, 800))
    return np.clip(np.rint(pixels), 0, FULL).astype(np.uint16)


def contrast(*args, **kwargs):
    return FocusLook(FULL, BLACK)(frame(*args, **kwargs)).contrast


def test_the_sharper_picture_has_the_greater_figure():
    figures = [contrast(blur) for blur in (1, 3, 6, 12, 25)]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > 2 * figures[-1]


def test_light_does_not_change_it():
    assert contrast(6, light=0.3) == pytest.approx(contrast(6, light=2.0), rel=0.05)


def test_noise_is_not_taken_for_sharpness():
    assert contrast(6, noise=8.0) == pytest.approx(contrast(6, noise=1.0), rel=0.05)
    flat = np.clip(np.random.default_rng(2).normal(300, 8, (600, 800)), 0, FULL).astype(np.uint16)
    assert FocusLook(FULL, BLACK)(flat).contrast < 0.5


def test_it_says_how_bright_and_how_much_is_clipped():
    half = np.full((100, 100), FULL, dtype=np.uint16)
    half[:50] = int(BLACK)
    seen = FocusLook(FULL, BLACK)(half)
    assert (seen.mean, seen.clipped) == (pytest.approx(50.0), 0.5)


def test_darkness_has_no_contrast():
    assert FocusLook(FULL, BLACK)(np.full((100, 100), 60, dtype=np.uint16)).contrast == 0.0


def test_it_travels_to_a_host_process():
    assert pickle.loads(pickle.dumps(FocusLook(FULL, BLACK))) == FocusLook(FULL, BLACK)
