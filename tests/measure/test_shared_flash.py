"""Two global shutters under the same flashes, whose times nobody knows to better than tens of us; on made truth."""

import numpy as np
import pytest

from hil.measure.shared_flash import offset_by_shared_flashes
from hil.measure.sync import NoPairs
from hil.measure.window import exposure_window
from hil.sim.light import Light, Pulse

CYCLE, EXPOSURE, WIDTH, BEGINS = 18_400.0, 10_000.0, 300.0, 3_100.0


def scanned(start_us, stop_us, seed, *, count=220, gains=(0.9, 0.7), bends=(0.003, 0.006)):
    """Delays as asked for, and the two cameras' levels; the second opens and closes so much later."""
    rng = np.random.default_rng(seed)
    delay = np.sort((rng.uniform(0, 80) + np.arange(count) * 0.9 * CYCLE / count) % CYCLE)
    on = delay + rng.exponential(8.0, count)
    off = np.maximum(delay + WIDTH + rng.exponential(8.0, count), on + 20.0)
    bright = 1 + 0.002 * rng.normal(size=count)
    levels = []
    for begins, ends, gain, bend in ((0.0, 0.0, gains[0], bends[0]), (start_us, stop_us, gains[1], bends[1])):
        lights = [Light(pulses=(Pulse(round(a * 1e3), round(b * 1e3), 1.0, 100.0, 200.0),)) for a, b in zip(on, off, strict=True)]
        opened, lasts = np.array([(BEGINS + begins) * 1e3]), (EXPOSURE + ends - begins) * 1e3
        dn = gain * bright * np.array([light.integral(0, opened, lasts)[0] * 1e6 for light in lights])
        levels.append(60 + dn * (1 - bend * dn / 1000) + 0.02 * rng.normal(size=count))
    return delay, *levels


def measured(start_us, stop_us, seed, **how):
    delay, a, b = scanned(start_us, stop_us, seed, **how)
    return offset_by_shared_flashes(delay, a, b, WIDTH, exposure_window(delay, a, WIDTH))


def test_starts_and_ends_are_found_apart_though_flashes_come_when_they_like():
    found = measured(3.0, -2.0, seed=1)
    assert found.start.value == pytest.approx(3.0, abs=0.5)
    assert found.stop.value == pytest.approx(-2.0, abs=0.5)
    assert max(found.start.u, found.stop.u) < 0.5


def test_the_true_offsets_lie_within_the_stated_uncertainty():
    rng = np.random.default_rng(5)
    pulls = []
    for seed in range(25):
        start, stop = rng.uniform(-8, 8, 2)
        found = measured(start, stop, seed)
        pulls += [(found.start.value - start) / found.start.u, (found.stop.value - stop) / found.stop.u]
    assert np.mean(np.abs(pulls) < 2) >= 0.92
    assert abs(np.mean(pulls)) < 0.3


def test_cameras_farther_apart_than_a_flash_have_none_in_common():
    with pytest.raises(NoPairs, match="lie across the start"):
        measured(2_000.0, 2_000.0, seed=1)
