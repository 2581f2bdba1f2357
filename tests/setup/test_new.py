"""`hil new` and `hil setup` as commands: what they print, write and refuse."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from hil import shipped
from hil.cli.main import app
from hil.errors import UserError
from hil.rig import load
from hil.setup.found import board_of
from hil.setup.walk import SetupStopped


@pytest.fixture
def hil(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return CliRunner().invoke(app, list(words), catch_exceptions=False).output

    return run


@pytest.mark.parametrize("name", shipped.names("rigs"))
def test_a_file_after_a_shipped_rig_is_that_rig_under_its_own_name(hil, name, tmp_path):
    hil("new", "--from", name, "-o", "mine.toml")
    made, model = load(tmp_path / "mine.toml"), load(name)
    assert made.name == "mine"
    assert made.model_dump(exclude={"name"}) == model.model_dump(exclude={"name"})
    assert (tmp_path / "mine.svg").exists() == bool(model.wiring)


def test_it_says_what_to_buy_how_it_is_wired_and_the_steps(hil):
    said = hil("new", "--from", "gs-trigger")
    assert "1 x resistor 1.5k 1%   (R1)" in said
    assert "pulse  pico.GP28 (pin 34)  --  R1 1.5k 1%  --  XTR" in said
    assert "take R11 off gs" in said
    assert "hil new --from gs-trigger -o FILE.toml" in said


def test_the_file_has_the_list_at_its_head_and_a_comment_for_every_section(hil, tmp_path):
    hil("new", "--from", "hq-pair", "-o", "mine.toml")
    lines = (tmp_path / "mine.toml").read_text().splitlines()
    assert "#   2 x HQ Camera (CS)   (source and sink)" in lines
    assert all("#" in line for line in lines if line.startswith("["))


def test_nothing_is_overwritten_unless_it_is_asked_for(hil, tmp_path):
    (tmp_path / "mine.svg").write_text("a picture of mine")
    with pytest.raises(UserError, match=r"-o mine.svg: there is such a file"):
        hil("new", "--from", "hq-pair", "-o", "mine.toml")
    assert not (tmp_path / "mine.toml").exists()
    hil("new", "--from", "hq-pair", "-o", "mine.toml", "--force")
    assert "<svg" in (tmp_path / "mine.svg").read_text()[:300]


@pytest.mark.parametrize("name", shipped.names("rigs"))
def test_what_is_found_on_a_twin_is_what_is_on_it(hil, name, tmp_path):
    hil("new", "--sim", "--rig", name, "-o", "mine.toml")
    found, there = load(tmp_path / "mine.toml"), load(name)
    assert found.hosts == there.hosts
    sensors = sorted((c.host, c.port, c.always_on) for c in there.cameras.values())
    assert sorted((c.host, c.port, c.always_on) for c in found.cameras.values()) == sensors
    assert {pico.host for pico in found.picos.values()} == {pico.host for pico in there.picos.values()}


def test_what_no_software_can_tell_is_said_beside_it(hil):
    said = hil("new", "--sim", "--rig", "camera-module-2-noir")
    assert 'module = "Camera Module 2", host = "pi5", port = "CAM1" }   # or Camera Module 2 NoIR' in said
    assert "hil new --from hq-pair" in hil("new", "--sim", "--rig", "hq-pair")


def test_a_machine_that_is_no_pi_is_told_what_else_can_be_done(hil):
    with pytest.raises(UserError, match="no Raspberry Pi of the catalog") as refused:
        hil("new")
    assert "hil new --from hq-pair" in refused.value.hint


def test_a_twin_without_its_camera_makes_no_rig_file(hil, tmp_path):
    with pytest.raises(UserError, match="no camera on pi5"):
        hil("new", "--sim", "--set", "cameras.cm3.present=false", "-o", "mine.toml")
    assert not (tmp_path / "mine.toml").exists()


@pytest.mark.parametrize(
    ("model", "board"),
    [
        ("Raspberry Pi 5 Model B Rev 1.1", "Raspberry Pi 5"),
        ("Raspberry Pi Zero 2 W Rev 1.0", "Raspberry Pi Zero 2 W"),
        ("Raspberry Pi Compute Module 4 Rev 1.1", "Compute Module 4"),
    ],
)
def test_a_board_is_known_by_its_model_text(model, board):
    assert board_of(model).name == board


def test_another_machine_has_no_board():
    assert board_of("") is None


# -- hil setup --------------------------------------------------------------------------------------------------------


def test_setup_goes_through_the_steps_keeps_the_evidence_and_says_what_is_next(hil, tmp_path):
    hil("new", "--from", "gs-trigger", "-o", "mine.toml")
    said = hil("setup", "mine.toml", "--sim")
    assert "15/15  first frames of gs, one a pulse" in said
    assert "mine is built: 15 steps" in said
    assert "next   hil accept mine.toml --sim" in said
    assert (tmp_path / "mine.setup.sim.json").exists()
    assert "once more from the beginning" in hil("setup", "mine.toml", "--sim")


def test_a_stop_says_how_to_go_on(hil):
    with pytest.raises(SetupStopped, match="step 3 of 15, solder GND") as stopped:
        hil("setup", "hq-pair-pi5", "--sim", "--set", "wiring.GND=off")
    assert "hil setup hq-pair-pi5 --sim   goes on with this step" in stopped.value.hint


def test_set_without_sim_and_a_rig_that_is_refused_are_the_callers_mistake(hil, tmp_path):
    with pytest.raises(UserError, match="--set changes the twin"):
        hil("setup", "hq-pair", "--set", "wiring.GND=off")
    (tmp_path / "bad.toml").write_text(load("gs-trigger").text.replace("R1 1.5k", "R1 10"))
    with pytest.raises(UserError, match="is not driven"):
        hil("setup", "bad.toml", "--sim")


def test_a_state_file_that_is_something_else_is_named(hil, tmp_path):
    (tmp_path / "hq-pair.setup.sim.json").write_text("[]")
    with pytest.raises(UserError, match="it is something else"):
        hil("setup", "hq-pair", "--sim")
