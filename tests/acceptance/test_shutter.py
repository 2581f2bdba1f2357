"""Rolling or global shutter, and the line time, by flashes."""

import pytest

from hil.checks import shutter

pytestmark = pytest.mark.check("shutter")


def test_the_rows_are_read_as_the_sensor_promises(bench, case, notebook):
    shutter.run(bench, case, notebook)
