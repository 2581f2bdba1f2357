"""A user's mistake is one message that names what was asked, what was found and what to try; nothing is driven."""

import subprocess
import sys

import pytest

GOOD = """name = "mine"
unit = "cm3"
[hosts]
pi5 = { board = "Raspberry Pi 5" }
[cameras]
cm3 = { module = "Camera Module 3", host = "pi5", port = "CAM1" }
"""


def hil(*args, cwd):
    return subprocess.run([sys.executable, "-m", "hil", *args], capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", ["mine.toml:1"]),
        ("", ["mine.toml", "missing"]),
        (GOOD.replace('"CAM1"', "1"), ["mine.toml:6", "port", "CAM1"]),
        (GOOD.replace("Camera Module 3", "Camera Modul 3"), ["mine.toml:6", "Camera Module 3"]),
        (GOOD.replace("Raspberry Pi 5", "Raspberry Pi 400"), ["mine.toml:4", "Raspberry Pi 400"]),
        (GOOD.replace("[cameras]", "[camera]"), ["mine.toml:5", "cameras"]),
        (GOOD + 'cm4 = { module = "GS Camera", host = "pi5", port = "CAM1" }\n', ["mine.toml:7", "CAM1"]),
    ],
)
def test_a_bad_rig_file_is_named_by_line_and_key(tmp_path, text, said):
    (tmp_path / "mine.toml").write_text(text)
    done = hil("accept", "mine.toml", "--sim", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for word in said:
        assert word in done.stderr
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["accept", "camera-modul-3", "--sim"], "camera-module-3"),
        (["accept", "nowhere/mine.toml", "--sim"], "nowhere/mine.toml"),
        (["accept"], "none is given"),
        (["accept", "gs", "--all", "--sim"], "one of the two"),
        (["accept", "gs", "--sim", "--plan", "fulll"], "full"),
        (["accept", "gs", "--sim", "--tests", "nope.py"], "nope.py"),
        (["accept", "gs", "--sim", "--set", "cameras.gs.presnt=false"], "present"),
        (["accept", "gs", "--set", "cameras.gs.present=false"], "--sim"),
        (["accept", "gs", "--sim", "--unit", ""], "serial"),
        (["plan", "nope"], "nope"),
        (["catalog", "Camera Module 9"], "Camera Module"),
        (["sim", "run", "nope.py"], "nope.py"),
        (["shell", "nope"], "nope"),
        *(
            (words.split(), "--set changes the twin")
            for words in ("shell gs --set light.lux=1", "pico idle gs-trigger --set strobe.dead=true")
        ),
        (["new", "--from", "gs", "--sim", "--set", "light.lux=1"], "--set changes the twin"),
        (["doctor", "--set", "light.lux=1"], "no rig was named"),
    ],
)
def test_a_bad_call_is_one_message_and_status_2(tmp_path, args, said):
    done = hil(*args, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("cameras.gs.present=false", ["no camera at all", "reseat"]),
        ("cameras.gs.held_by=1234", ["in use", "1234"]),
        ("cameras.gs.module=Camera Module 2", ["imx219", "Camera Module 2"]),
        ("cameras.gs.link_frequency_mhz=450", ["ink frequency not supported"]),
    ],
)
def test_a_broken_rig_is_an_error_of_the_rig_and_status_3(tmp_path, change, said):
    done = hil("accept", "gs", "--sim", "--unit", "GS-1", "--set", change, cwd=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "GS-1 is not judged" in done.stdout
    for word in said:
        assert word in done.stdout
