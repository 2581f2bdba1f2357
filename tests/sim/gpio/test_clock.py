"""A host's clock that NTP slews: never stepped, never backwards, and convertible both ways."""

import numpy as np
import pytest

from hil.rig.spec import TwinHost
from hil.sim import truth
from hil.sim.world import HostClock, World

S = 1_000_000_000


@pytest.fixture
def clock():
    """Fast by 20 ppm, and by 500 ppm more from 1 s to 3 s."""
    world = World(1)
    yield HostClock(world, 10**12, 20.0, [(1 * S, 500.0), (3 * S, 0.0)])
    world.close()


def test_it_gains_more_while_it_is_slewed(clock):
    gained = [clock.to_host(t * S) - 10**12 - t * S for t in (0, 1, 3, 5)]
    assert gained == pytest.approx([0, 20_000, 20_000 + 2 * 520_000, 20_000 + 2 * 520_000 + 40_000], abs=2)


def test_asking_for_an_earlier_instant_gives_what_it_was(clock):
    before = clock.to_host(S // 2)
    clock.to_host(100 * S)
    assert clock.to_host(S // 2) == before


def test_the_first_true_instant_that_shows_a_time_is_found_in_every_rate(clock):
    for t_ns in (0, 17, S - 1, S, S + 1, 2 * S + 3, 3 * S, 50 * S):
        shown = clock.to_host(t_ns)
        found = clock.to_true(shown)
        assert clock.to_host(found) >= shown > clock.to_host(found - 1)


def test_a_seed_draws_its_own_slews_which_the_kernel_would_allow():
    def of(seed):
        changes = truth.slews(seed, TwinHost("pi-a", "Raspberry Pi 5"))
        return [next(changes) for _ in range(20)]

    times, ppm = np.array(of(1)).T
    assert np.all(np.diff(times) > 0)
    assert np.all(np.abs(ppm) <= 500)
    assert of(1) == of(1) != of(2)
