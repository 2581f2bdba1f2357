"""Every mode exposes as long as it advertises, and as briefly as its sensor can, by light where the rig has some."""

import pytest

from hil.checks import exposure

pytestmark = pytest.mark.check("exposure")


def test_the_mode_exposes_as_long_and_as_briefly_as_it_promises(camera, case, notebook, bench):
    exposure.run(camera, case, notebook, bench)
