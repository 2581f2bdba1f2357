"""Flashes that move through the frames of a pair."""

import numpy as np
import pytest

from hil.checks.pairs import flash_period_us

FRAME_US, WIDTH_US = 18_462.0, 300.0


@pytest.mark.parametrize("frames", [100, 222, 300])
def test_wherever_a_global_shutter_opens_some_flash_lies_across_that_edge(frames):
    flash_us = flash_period_us(FRAME_US, frames, global_shutter=True)
    places = np.sort(np.arange(frames - 3) * FRAME_US % flash_us)  # three frames did not come
    apart = np.diff(places, append=places[0] + flash_us)
    assert apart.max() < WIDTH_US


def test_a_flash_never_wraps_round_within_a_burst_of_rolling_shutters():
    flash_us = flash_period_us(FRAME_US, 200, global_shutter=False)
    assert 200 * (flash_us - FRAME_US) < FRAME_US
