"""`hil pico`: what it prints, and how it ends."""

import pytest
from typer.testing import CliRunner

from hil.cli.main import app
from hil.drivers.pico import FIRMWARE
from hil.errors import RigError, UserError


@pytest.fixture
def hil():
    def run(*words):
        done = CliRunner().invoke(app, ["pico", *words], catch_exceptions=False)
        return done.output

    return run


def test_info_says_who_it_is_and_how_long_the_trigger_was_let_go(hil):
    said = hil("info", "gs-trigger", "--sim")
    assert f"firmware {FIRMWARE} on MicroPython 1." in said
    assert "clk_sys 125 MHz" in said
    assert "a divider to ground asserts the trigger for that long" in said


def test_deploy_says_what_it_wrote_and_idle_what_it_left(hil):
    assert "files were there already" in hil("deploy", "gs-trigger", "--sim")
    assert hil("idle", "gs-trigger", "--sim") == "pico: trigger high, strobe dark\n"


def test_a_rig_without_a_pico_is_the_callers_mistake(hil):
    with pytest.raises(UserError, match="hq-cs has no Pico"):
        hil("info", "hq-cs", "--sim")


def test_an_absent_one_is_the_rigs_fault(hil):
    with pytest.raises(RigError, match="no Pico"):
        hil("info", "gs-trigger", "--sim", "--set", "picos.pico.present=false")
