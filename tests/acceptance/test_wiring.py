"""The levels on trigger and synchronisation lines are those of the rig file's circuit, where an ADC reads them."""

import pytest

from hil.checks import wiring

pytestmark = pytest.mark.check("wiring")


def test_the_line_has_the_levels_of_its_circuit(bench, case, notebook):
    wiring.run(bench, case, notebook)
