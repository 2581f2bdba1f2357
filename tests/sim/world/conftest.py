"""Worlds for the tests of this folder: empty, simulated without a camera, and simulated with two fake ones."""

import sys
from pathlib import Path

import pytest

from hil.sim import seams
from hil.sim.world import HostClock, World

sys.path.append(str(Path(__file__).parent))


@pytest.fixture
def world():
    """A fresh world at true time 0."""
    fresh = World(seed=1)
    yield fresh
    fresh.close()


@pytest.fixture
def simulated(world):
    """The test itself lives in simulated time, on a host whose clock shows 1000 s at first; there is no camera."""
    seams.install(world, backends=tuple, platform="vc4", clock=HostClock(world, offset_ns=10**12))
    yield world
    seams.uninstall()


@pytest.fixture
def cameras(world):
    """The same with two fake cameras, which are given."""
    from fake_camera import FakeCamera

    clock = HostClock(world, offset_ns=10**12)
    fakes = [FakeCamera(world, clock, number) for number in range(2)]
    seams.install(world, backends=lambda: fakes, platform="vc4", clock=clock)
    yield fakes
    seams.uninstall()
