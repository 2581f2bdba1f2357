"""Keyed chance."""

import numpy as np
import pytest

from hil.sim import chance


def test_a_number_depends_on_its_key_and_on_nothing_drawn_before():
    first = chance.uniform(7, "cm3", "latency", 12)
    chance.uniform(7, "cm3", "latency", 13)

    assert chance.uniform(7, "cm3", "latency", 12) == first


@pytest.mark.parametrize("other", [(8, "a", 1), (7, "b", 1), (7, "a", 2), (7, "a", "1"), (7, "a1"), (7, "a", 1, 0)])
def test_every_part_of_the_key_matters(other):
    assert chance.uniform(*other) != chance.uniform(7, "a", 1)


def test_numbers_are_the_same_on_every_machine():
    assert chance.uniform(1, "crystal") == 0.5279951125906518
    assert chance.normal(1, "crystal", sigma=20.0) == pytest.approx(1.4046206529533856, rel=1e-9)
    assert chance.generator(1, "crystal").integers(1 << 32, size=3).tolist() == [1207386194, 1408880819, 1415261879]


def test_uniform_and_normal_numbers_have_the_right_moments():
    flat = np.array([chance.uniform(3, "u", n) for n in range(4000)])
    bell = np.array([chance.normal(3, "n", n) for n in range(4000)])

    assert abs(flat.mean() - 0.5) < 4 * 0.2887 / 4000**0.5
    assert abs(bell.mean()) < 4 / 4000**0.5
    assert abs(bell.std() - 1) < 4 / 8000**0.5


def test_arrays_of_different_keys_are_unrelated():
    one, two = (chance.generator(5, "frame", n).standard_normal(10_000) for n in (1, 2))

    assert abs(float(np.corrcoef(one, two)[0, 1])) < 0.05
