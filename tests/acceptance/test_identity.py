"""The right module is on the right port: Wide and NoIR told apart where hardware can."""

import pytest

from hil.checks import identity

pytestmark = pytest.mark.check("identity")


def test_the_camera_is_the_module_that_the_rig_names(camera, case, notebook):
    identity.run(camera, case, notebook)
