"""Every mode runs at its fastest and at slower rates as its line time says, and as fast as the page promises."""

import pytest

from hil.checks import frame_rate

pytestmark = pytest.mark.check("frame_rate")


def test_the_mode_runs_at_the_rates_it_promises(camera, case, notebook):
    frame_rate.run(camera, case, notebook)
