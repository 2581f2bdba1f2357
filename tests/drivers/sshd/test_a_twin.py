"""Two simulated Pis in one world, their processes started through a real sshd: records are equal, and a cut connection leaves them safe."""

import contextlib
import json
import os
import select
import subprocess
import sys

import pytest

from hil.bench import open_rig, open_twin
from hil.clock import RealClock
from hil.errors import RigError
from hil.rig import load

PLAN = """name = "through-ssh"
version = 1
title = "what plan quick asks of a pair, in one mode"
budget_s = 60
[checks]
identity = {}
link_settings = {}
modes = {}
frame_rate = { modes = ["2028x1080-12"], frames = 20 }
exposure = { modes = ["2028x1080-12"], longest_s = 0.1 }
shutter = { modes = ["2028x1080-12"] }
sync = { frames = 200 }
"""
TRIGGER_MODE = "sys/module/imx477/parameters/trigger_mode"


@pytest.fixture
def over_ssh(sshd, monkeypatch):
    monkeypatch.setenv("HIL_TWIN_SSH", str(sshd.config))
    return sshd


@pytest.fixture
def page(over_ssh):
    """An open bench on the twin of hq-pair-page, whose roles are set in sysfs; `page.twin` is its twin."""
    rig = load("hq-pair-page")
    with contextlib.closing(open_twin(rig, 0)) as twin, open_rig(rig, twin=twin) as bench:
        bench.twin = twin
        yield bench


def accept(folder):
    command = [sys.executable, "-m", "hil", "accept", "hq-pair", "--sim", "--plan", str(folder.parent / "plan.toml")]
    done = subprocess.run([*command, "--reports", str(folder)], capture_output=True, text=True, check=False)
    (record,) = folder.rglob("record.json")
    return done.returncode, record


def test_a_pair_is_accepted_with_the_same_record(sshd, tmp_path, monkeypatch):
    (tmp_path / "plan.toml").write_text(PLAN)
    here, beside = accept(tmp_path / "beside")
    monkeypatch.setenv("HIL_TWIN_SSH", str(sshd.config))
    there, through = accept(tmp_path / "through")
    assert (here, there) == (0, 0)
    diff = [sys.executable, "-m", "hil", "diff", str(beside.parent), str(through.parent)]
    assert subprocess.run(diff, capture_output=True, text=True, check=False).returncode == 0
    assert "sync_offset" in {one["name"] for one in json.loads(through.read_text())["measurements"]}


def test_a_session_that_is_killed_in_a_burst_is_named_and_leaves_its_pi_safe(page, over_ssh):
    root, mode = page.twin.folder / "pi-b", page.settings["pi-b"].parameter("imx477", "trigger_mode")
    page.settings["pi-b"].set_parameter("imx477", "trigger_mode", 1)
    assert (root / TRIGGER_MODE).read_text() == "1\n" != f"{mode}\n"
    assert list(root.rglob("settings-pi-b.json"))
    session = over_ssh.sessions()[-1]
    process = os.pidfd_open(over_ssh.below(session))
    page.cameras["source"].configure(size=(2028, 1080), fps=40, exposure_us=5_000, gain=1.0)
    page.cameras["sink"].arm(100_000, expect_gap_s=3600)
    begun = RealClock().now_ns()
    over_ssh.kill(session)
    with pytest.raises(RigError, match="host pi-b: the connection to it is lost") as found:
        page.cameras["sink"].collect()
    assert (found.value.where, found.value.cause) == ("pi-b", "connection lost")
    assert (RealClock().now_ns() - begun) / 1e9 < 10
    assert page.cameras["source"].burst(3).frames == 3
    assert ended(process, within_s=15)
    assert (root / TRIGGER_MODE).read_text() == f"{mode}\n"
    assert not list(root.rglob("settings-pi-b.json"))
    assert page.close() == ["cameras closed"]


def ended(process, within_s):
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    over = bool(waiting.poll(within_s * 1000))
    os.close(process)
    return over
