"""What is said, in one line, where a simulated run lacks a package."""

import pytest

from hil.errors import UserError
from hil.sim import needs

SIM = "pip install 'rpi-camera-hil[sim]'"


@pytest.mark.parametrize(
    ("missing", "told", "steps"),
    [
        ({"picamera2"}, "picamera2 is not installed", "hil sim install"),
        ({"PIL", "av"}, "PIL, av are not installed", SIM),
        ({"picamera2", "PIL"}, "picamera2, PIL are not installed", f"{SIM} && hil sim install"),
    ],
)
def test_what_is_missing_is_told_in_one_line_with_the_commands_that_bring_it(monkeypatch, missing, told, steps):
    monkeypatch.setattr(needs, "find_spec", lambda name: None if name in missing else object())

    with pytest.raises(UserError) as refused:
        needs.require_picamera2()

    assert str(refused.value) == f"--sim runs the real picamera2, and {told}; try  {steps}"


def test_nothing_is_said_where_all_is_there(monkeypatch):
    monkeypatch.setattr(needs, "find_spec", lambda name: object())

    needs.require_picamera2()
