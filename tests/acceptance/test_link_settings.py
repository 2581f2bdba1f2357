"""The CSI-2 link runs at the frequency that the rig states; its harmonic beside GPS L1 is recorded."""

import pytest

from hil.checks import link_settings

pytestmark = pytest.mark.check("link_settings")


def test_the_link_runs_at_the_frequency_that_the_rig_states(camera, case, notebook):
    link_settings.run(camera, case, notebook)
