"""Every mode of the driver delivers raw frames of its shape, with a picture in them."""

import pytest

from hil.checks import modes

pytestmark = pytest.mark.check("modes")


def test_the_mode_delivers_frames_with_a_picture_in_them(camera, case, notebook):
    modes.run(camera, case, notebook)
