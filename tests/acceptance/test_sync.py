"""Two synchronised cameras record as many frames, at one rate, and open at one instant."""

import pytest

from hil.checks import sync

pytestmark = pytest.mark.check("sync")


def test_the_cameras_are_in_step(bench, case, notebook):
    sync.run(bench, case, notebook)
