"""`hil setup` on the twin: from loose parts to first frames; faults stop it at the step that shows them; it can be broken off anywhere."""

from __future__ import annotations

import json

import pytest

from hil import shipped
from hil.rig import load
from hil.setup.walk import SetupStopped

WIRED = [name for name in shipped.names("rigs") if load(name).wiring]


@pytest.mark.parametrize("rig", [*WIRED, "camera-module-3", "hq-m12"])
def test_a_healthy_rig_is_built_from_loose_parts_to_first_frames(walk, rig):
    heard = walk(rig)
    assert "frames" in heard[-1]
    assert all(walk.state.is_done(step) for step in walk.steps)
    assert walk.state.finished


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_seed_makes_a_healthy_rig_look_ill(walk, seed):
    walk("hq-pair-page", seed=seed)
    assert walk.state.finished


FAULTS = [
    ("hq-pair-page", "wiring.R1=open", "solder bias", "R1 10k 1% between pi-a.3V3 and source.XVS is open"),
    ("hq-pair-page", "wiring.R2=short", "solder bias", "R2 10k 1% does not lie alone"),
    ("hq-pair-page", "wiring.bias=pi-a.5V -- R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND", "solder bias", "soldered elsewhere"),
    ("hq-pair", "wiring.GND=off", "solder GND", "the wire between source.GND and sink.GND is open"),
    ("hq-pair", "wiring.XVS=off", "solder XVS", "the wire between source.XVS and sink.XVS is open"),
    ("hq-pair", "wiring.XVS=source.XVS -- sink.XVS -- GND", "solder XVS", "source.XVS is bridged to ground"),
    ("gs-trigger", "wiring.pulse=pico.GP28 -- R1 1.8k 1% -- XTR -- R2 1.5k 1% -- pico.GND", "solder pulse", "R1 and R2 are swapped"),
    ("gs-trigger", "cameras.gs.R11=fitted", "take R11 off gs", "unsolder R11"),
    ("gs-trigger", "cameras.gs.Q2=absent", "look for Q2 on gs", 'write Q2 = "absent"'),
    ("gs-pair", "cameras.sink.MAS=open", "bridge MAS of sink", "bridge the two halves"),
    ("hq-pair", "cameras.sink.always_on=false", "config.txt of pi-b", "write it there"),
    ("hq-pair", "cameras.sink.sync=source", "config.txt of pi-b", "write it there"),
    ("hq-pair", "cameras.sink.present=false", "source and sink answer", "reseat both ends"),
    ("hq-pair", "strobe.dead=true", "LED1 lights", "the other way round"),
    ("gs-trigger", "picos.pico.present=false", "gs and pico answer", "plug it in"),
    ("gs-trigger", "cameras.gs.ignores_every=2", "first frames of gs, one a pulse", ""),
]


@pytest.mark.parametrize(("rig", "change", "at", "do"), FAULTS, ids=[f"{rig} {change.split(' ')[0]}" for rig, change, _, _ in FAULTS])
def test_a_fault_stops_at_its_step_and_says_what_to_do(walk, rig, change, at, do):
    with pytest.raises(SetupStopped) as stopped:
        walk(rig, change)
    assert stopped.value.step.title == at
    assert do in stopped.value.hint
    assert stopped.value.found


def test_once_it_is_put_right_the_same_call_goes_on_with_that_step(walk):
    with pytest.raises(SetupStopped):
        walk("hq-pair-page", "wiring.R1=open")
    heard = walk("hq-pair-page")
    assert heard[0] == "4 of 19 steps are done; on with solder bias"
    assert heard[2] == "shut down pi-a and pi-b, and pull the plug"
    assert not any("solder GND" in text for text in heard)
    assert walk.state.finished


@pytest.mark.parametrize("at", ["solder XVS", "on pi-b, edit", "reboot pi-a", "red on source.XVS", "LED1: it is"])
def test_ctrl_c_anywhere_leaves_it_resumable(walk, at):
    with pytest.raises(KeyboardInterrupt):
        walk("hq-pair", leaves_at=at)
    done = len(walk.state.entries)
    assert walk("hq-pair")[0].startswith(f"{done} of 18 steps are done")
    assert walk.state.finished


def test_a_part_that_is_changed_later_is_the_only_one_that_is_asked_for_and_without_power(walk, tmp_path):
    walk("hq-pair-pi5")
    file = tmp_path / "hq-pair-pi5.toml"
    file.write_text(load("hq-pair-pi5").text.replace("R4 150 5%", "R4 220 5%"))
    heard = walk("", rig=load(file))
    titles = [text for text in heard if "/15  " in text]
    assert titles == ["1/15  lay out the parts", "5/15  solder flash"]
    assert heard[heard.index(titles[1]) + 1] == "shut down pi5, and pull the plug"


def test_what_was_asked_and_answered_is_kept_as_evidence(walk, tmp_path):
    walk("hq-pair-pi5")
    kept = json.loads((tmp_path / "state.json").read_text())["steps"]
    read = kept["solder XVS"]["asked"][1]
    assert read["asked"] == "meter on ohms: source.XVS to sink.XVS"
    assert 0.1 < read["answer"] < 0.5
    assert read["unit"] == "ohm"
    assert kept["solder XVS"]["asked"][2]["answer"] == "inf"


def test_boards_are_soldered_without_power_and_the_twin_is_closed_meanwhile(walk):
    heard = walk("hq-pair-pi5")
    off, on = (next(i for i, text in enumerate(heard) if text.startswith(word)) for word in ("shut down", "plug in"))
    assert all(off < i < on for i, text in enumerate(heard) if "meter on ohms" in text)
