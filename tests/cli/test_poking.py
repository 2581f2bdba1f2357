"""`hil snap`, `hil pulse`, `hil live`: what they print and write, on twins."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from hil.cli import live
from hil.cli.main import app
from hil.errors import UserError
from hil.measure.focus import Focus


@pytest.fixture
def hil(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, words, catch_exceptions=False).output


def test_snap_writes_a_png_and_says_what_is_in_it(hil, tmp_path):
    said = hil("snap", "camera-module-3", "--sim", "--mode", "1536x864", "--exposure-us", "5000", "--gain", "2")
    assert re.fullmatch(r"cm3  1536x864-10 · [45]\.\d+ ms, gain 2 · mean \d+\.\d % · clipped 0\.00 % · cm3\.png\n", said)
    picture = np.asarray(Image.open(tmp_path / "cm3.png"))
    assert picture.shape == (432, 768, 3)
    assert picture.mean() > 50


def test_snap_writes_what_the_name_ends_in(hil, tmp_path):
    for name, begins in (("a.jpg", b"\xff\xd8"), ("a.dng", b"II*\0")):
        hil("snap", "gs", "--sim", "-o", name, "--exposure-us", "200", "--gain", "1")
        assert (tmp_path / name).read_bytes().startswith(begins)


def test_snap_of_a_sink_has_its_source_make_the_pulses(hil):
    said = hil("snap", "hq-pair", "--sim", "--camera", "sink", "--mode", "2028x1080", "--exposure-us", "5000", "--gain", "1")
    assert said.startswith("sink  2028x1080-12 · 4.99")


def test_snap_refuses_what_it_cannot_write_or_find_before_anything_is_driven(hil):
    for words in (("-o", "a.gif"), ("--camera", "nobody"), ("--mode", "large"), ("-o", "no/such/folder/a.png"), ("--set", "light.lux=1")):
        with pytest.raises(UserError):
            hil("snap", "gs", *words)


def test_pulse_prints_the_ledger_and_what_the_camera_made_of_it(hil):
    said = hil("pulse", "gs-trigger", "--sim", "--count", "10", "--rate", "20", "--low-us", "500")
    assert "GP28  10 of 10 pulses sent · low 500.000 us, period 50000.000 us granted (pio" in said
    assert "gs  10 frames came · 0 pulses without one, 0 without a pulse" in said


def test_pulse_shows_what_a_fault_does(hil):
    said = hil("pulse", "gs-trigger", "--sim", "--count", "10", "--rate", "20", "--set", "cameras.gs.R11=fitted")
    assert "gs  0 frames came" in said


def test_pulse_flashes_where_nothing_is_triggered(hil):
    seen = re.search(r"source  (\d+) of \d+ frames show a flash", hil("pulse", "hq-pair-pi5", "--sim", "--count", "10"))
    assert int(seen[1]) >= 8
    dark = re.search(r"source  (\d+) of \d+ frames show a flash", hil("pulse", "hq-pair-pi5", "--sim", "--set", "strobe.dead=true"))
    assert int(dark[1]) == 0


def test_pulse_refuses_a_rig_with_nothing_to_pulse(hil):
    with pytest.raises(UserError, match="no Pico drives XTR"):
        hil("pulse", "camera-module-1", "--sim")
    with pytest.raises(UserError, match="ends before the next"):
        hil("pulse", "gs-trigger", "--sim", "--rate", "2000")


def test_live_prints_a_line_a_frame_and_ends_after_the_frames_asked_for(hil):
    said = hil("live", "camera-module-3", "--sim", "--frames", "3").splitlines()
    assert len(said) == 4
    assert all(re.fullmatch(r"focus +\d+\.\d\d %  [#.]{30} +\d+ % of best \d+\.\d\d · mean +\d+\.\d %", text) for text in said[1:])


def test_live_shows_a_sink_too(hil):
    assert len(hil("live", "hq-pair-pi5", "--sim", "--camera", "sink", "--frames", "7").splitlines()) == 8


def test_on_a_terminal_one_line_moves():
    from rich.console import Console

    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=120, color_system=None)
    best = live.show([Focus(2.0, 10.0, 0.0), Focus(8.0, 10.0, 0.2), Focus(4.0, 10.0, 0.0)], console)
    assert best == 8.0
    assert text.getvalue().count("\n") == 1
    assert "clipped 20.0 %, expose less" in text.getvalue()
