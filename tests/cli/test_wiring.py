"""`hil check` and `hil wiring`: what a technician gets before anything is soldered or driven."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hil import shipped
from hil.errors import UserError
from hil.rig import load
from hil.rig.picture.wiring import picture

WIRED = [name for name in shipped.names("rigs") if load(name).wiring]
SVG = "{http://www.w3.org/2000/svg}"


def hil(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hil", *args], capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


def texts(svg: bytes) -> list[tuple[str, float, float, float, float]]:
    """Each text of a picture with the box it takes up, near enough: left, right, top, bottom."""
    found = []
    for text in ET.fromstring(svg).iter(f"{SVG}text"):
        said, size = "".join(text.itertext()), float(text.get("font-size", "0"))
        width, x, y = 0.58 * size * len(said), float(text.get("x", "0")), float(text.get("y", "0"))
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor", "start")] * width
        found.append((said, left, left + width, y - size / 2, y + size / 2))
    return found


def overlapping(svg: bytes) -> list[tuple[str, str]]:
    pairs = itertools.combinations(texts(svg), 2)
    return [(a[0], b[0]) for a, b in pairs if a[1] < b[2] and b[1] < a[2] and a[3] < b[4] and b[3] < a[4]]


def said(svg: bytes) -> str:
    return "\n".join(text[0] for text in texts(svg))


def test_check_prints_findings_and_levels_of_a_sound_rig(tmp_path: Path) -> None:
    done = hil("check", "hq-pair-page", cwd=tmp_path)

    assert done.returncode == 0
    assert "XVS lies low while source or sink has no supply" in done.stdout
    assert "at rest              1.664 V  1.548 .. 1.797 V" in done.stdout
    assert done.stdout.endswith("sound: 1 warning and 1 note\n")


def test_check_refuses_the_old_5_v_drawing_with_status_2(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(load("hq-pair-page").text.replace("pi-a.3V3 -- R1", "pi-a.5V -- R1"))

    done = hil("check", "mine.toml", cwd=tmp_path)

    assert done.returncode == 2
    assert "refuse line 19  [wiring] bias" in done.stdout
    assert "refused, and will not be driven" in done.stdout


def test_check_of_a_rig_without_wiring_has_nothing_to_say(tmp_path: Path) -> None:
    done = hil("check", "hq-m12", cwd=tmp_path)

    assert (done.returncode, "it has no [wiring]" in done.stdout) == (0, True)


def test_wiring_writes_the_picture(tmp_path: Path) -> None:
    done = hil("wiring", "gs-trigger", "--show", "gs", "-o", "gs.svg", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "gs.svg: the wiring of gs-trigger, what concerns gs\n")
    assert ET.parse(tmp_path / "gs.svg").getroot().tag == f"{SVG}svg"


def test_a_picture_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    done = hil("wiring", "gs-trigger", "-o", "no/such/folder.svg", cwd=tmp_path)

    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "-o no/such/folder.svg: cannot be written" in done.stderr


@pytest.mark.parametrize("name", WIRED)
def test_nothing_in_a_picture_is_written_over_anything_else(name: str) -> None:
    assert overlapping(picture(load(name))) == []


@pytest.mark.parametrize("name", WIRED)
def test_a_picture_names_every_device_part_and_net(name: str) -> None:
    rig, words = load(name), said(picture(load(name))).splitlines()

    assert {str(part) for line in rig.lines for part in line.parts} <= set(words)
    assert {pin.pin for line in rig.lines for pin in line.pins} | {line.name for line in rig.lines if line.is_net} <= set(words)
    assert {pin.device for line in rig.lines for pin in line.pins} <= set(words)


def test_a_picture_tells_the_hole_of_each_pin_and_the_level_of_each_net() -> None:
    words = said(picture(load("hq-pair-page")))

    assert "GPIO17" in words
    assert "pin 11" in words
    assert "rests at 1.66 V" in words


def test_the_same_rig_gives_the_same_picture() -> None:
    assert picture(load("gs-pair")) == picture(load("gs-pair"))


def test_only_what_concerns_a_part_is_shown() -> None:
    words = said(picture(load("gs-trigger"), show="XTR")).splitlines()

    assert {"R1 1.5k 1%", "R2 1.8k 1%", "GP28"} <= set(words)
    assert "LED1 yellow" not in words


def test_a_part_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UserError, match=r'--show XTS: nothing of that name in \[wiring\]; did you mean "XTR"\?'):
        picture(load("gs-trigger"), show="XTS")


def test_the_pull_up_is_drawn_with_its_value_and_checked_against_the_pad_s_limit() -> None:
    svg = picture(load("gs-trigger"), pull_up=True)

    assert overlapping(svg) == []
    assert "R4 1k 1%" in said(svg)
    assert "below the 2.1 V that the pad stands" in said(svg)


def test_a_rig_that_no_pico_triggers_needs_no_pull_up() -> None:
    with pytest.raises(UserError, match="no pin of a Pico pulses an XTR here"):
        picture(load("hq-pair"), pull_up=True)


def test_a_refused_rig_s_picture_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(load("hq-pair-page").text.replace("pi-a.3V3 -- R1", "pi-a.5V -- R1"))

    assert "REFUSED  pi-a.5V puts too much on source.XVS and sink.XVS" in said(picture(load(tmp_path / "mine.toml")))
