"""A raw frame as a picture to look at."""

import numpy as np
import pytest

from hil.measure.develop import develop


def raw(red, green, blue, cfa="RGGB"):
    level = {"R": red, "G": green, "B": blue}
    cell = np.array([level[c] for c in cfa], dtype=np.uint16).reshape(2, 2)
    return np.tile(cell, (40, 60))


@pytest.mark.parametrize("cfa", ["RGGB", "BGGR", "GRBG", "GBRG"])
def test_a_colour_comes_out_in_its_place(cfa):
    pixels = raw(200, 200, 200, cfa)
    pixels[:, :60] = raw(400, 100, 100, cfa)[:, :60]
    picture = develop(pixels, cfa, 64, 1023)
    assert picture.shape == (40, 60, 3)
    assert picture[20, 10, 0] > picture[20, 10, 1]


def test_a_grey_scene_is_grey_whatever_the_sensors_gains():
    picture = develop(raw(150, 400, 250), "RGGB", 64, 1023)
    assert np.ptp(picture[20, 20].astype(int)) <= 1


def test_the_dark_looks_dark():
    assert develop(raw(66, 66, 66), "RGGB", 64, 1023).max() < 128
    assert develop(raw(60, 60, 60), "RGGB", 64, 1023).max() == 0


def test_a_sensor_without_colours_is_grey():
    picture = develop(raw(300, 200, 100), "MONO", 64, 1023)
    assert np.ptp(picture[5, 5].astype(int)) == 0
