"""`hil doctor` as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hil.bench.looking import Twinned, reached
from hil.doctor import Examination, examine
from hil.drivers.pico import FIRMWARE
from hil.rig import load

TREE = """\
hq-pair
├── pi-a   Raspberry Pi 4 Model B · Pi OS 13 · kernel 6.12.75 · libcamera 0.7.1 · picamera2 0.3.38 (apt) · Python 3.13
│   ├── ok    Raspberry Pi 4 Model B Rev 1.0, as the rig says
│   ├── ok    picamera2 0.3.38 (apt), NumPy 2.2.4 (apt)
│   ├── ok    config.txt: dtoverlay=imx477,always-on,sync-source
│   ├── ok    source: imx477 on CAM1, as the rig says; driver 'current', fifteen modes in 8, 10 and 12 bits, line times from the link \
frequency
│   ├── ok    user pi is in video and gpio
│   ├── ok    no under-voltage and no throttling since boot, 46 °C
│   ├── FIX   CMA: 64 MiB of contiguous memory; 6 frames need 137: "Failed to allocate buffers"
│   │            in /boot/firmware/config.txt, then sudo reboot:
│   │              dtoverlay=vc4-kms-v3d,cma-192
│   ├── ok    disk: 22 GiB free
│   └── note  clock: set and synchronised by NTP, within 402 us; too coarse for sync, the [clock] wire is used
"""


def hil(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hil", *args], capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


def on_the_twin(rig: str, *changes: str) -> Examination:
    """With everything there is: a world, processes of hosts, Picos that run their firmware."""
    with reached(load(rig), Twinned(0, changes)) as hosts:
        return examine(load(rig), hosts)


def test_two_pis_and_a_fault_are_a_tree(tmp_path: Path) -> None:
    done = hil("doctor", "hq-pair", "--sim", "--set", "hosts.pi-a.cma_mb=64", cwd=tmp_path)

    assert done.stdout.startswith(TREE)
    assert "├── can measure\n│   ├── identity of source, sink\n" in done.stdout
    assert done.stdout.endswith("\n1 to fix, 2 notes. Nothing was changed.\n")
    assert (done.returncode, done.stderr) == (3, "")


def test_this_machine_is_looked_at_without_a_rig_file(tmp_path: Path) -> None:
    done = hil("doctor", "--json", cwd=tmp_path)

    (found,) = json.loads(done.stdout)
    assert found["name"] == "no rig file"
    assert found["hosts"][0]["headline"]
    assert done.returncode == (3 if found["to_fix"] else 0)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere"], "nowhere"),
        (["hq-pair", "--set", "hosts.pi-a.cma_mb=64"], "--set changes the twin"),
        (["--sim"], "no rig was named"),
        (["hq-pair", "--sim", "--set", "hosts.pi-a.overlay=imx999"], "imx999"),
    ],
)
def test_a_bad_call_is_status_2(tmp_path: Path, args: list[str], said: str) -> None:
    done = hil("doctor", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("rig", ["gs-trigger", "gs-trigger-pair"])
def test_nothing_is_to_fix_where_a_pico_triggers(rig: str) -> None:
    found = on_the_twin(rig)
    assert [line for line in found.lines() if line.level == "FIX"] == []
    assert any(line.topic == "pico" and line.text.endswith(f"firmware {FIRMWARE}") for line in found.lines())


@pytest.mark.parametrize(
    ("change", "said", "fix"),
    [
        ("picos.pico.present=false", "pico: no Pico: no Pico with MicroPython on USB", "plug it in"),
        ("picos.pico.firmware=0.9.0", f"pico: it runs rpi-camera-hil 0.9.0, and {FIRMWARE} is needed", "hil pico deploy "),
    ],
)
def test_a_pico_that_is_missing_or_out_of_date_is_named_with_its_fix(change: str, said: str, fix: str) -> None:
    (line,) = [line for line in on_the_twin("gs-trigger", change).lines() if line.level == "FIX"]
    assert line.text == said
    assert fix in line.fix[0]


def test_a_board_without_connectors_can_be_looked_at() -> None:
    (line,) = [line for line in on_the_twin("camera-module-3", "hosts.pi5.board=Raspberry Pi 500").lines() if line.level == "FIX"]
    assert line.text == "Raspberry Pi 500 Rev 1.0: it has no CSI connector; no camera works on it"


def test_wiring_that_is_refused_is_shown_among_the_rest(tmp_path: Path) -> None:
    text = load("gs-trigger").text.replace("R1 1.5k 1% -- XTR", "R1 10 1% -- XTR")
    rig = tmp_path / "mine.toml"
    rig.write_text(text)

    done = hil("doctor", "mine.toml", "--sim", cwd=tmp_path)

    assert done.returncode == 3
    assert "FIX   line " in done.stdout
    assert "imx296 on CAM1, as the rig says" in done.stdout
