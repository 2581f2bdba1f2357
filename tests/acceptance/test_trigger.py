"""Every pulse makes a frame, exposed as long as the pulse says."""

import pytest

from hil.checks import trigger

pytestmark = pytest.mark.check("trigger")


def test_every_pulse_makes_a_frame(bench, case, notebook):
    trigger.run(bench, case, notebook)
