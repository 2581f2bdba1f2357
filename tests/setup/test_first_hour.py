"""The first hour, as somebody types it: a rig file, the steps, the verdict."""

from __future__ import annotations

import subprocess
import sys


def test_a_rig_file_the_steps_and_a_verdict(tmp_path):
    def hil(*words):
        return subprocess.run([sys.executable, "-m", "hil", *words], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    assert hil("new", "--from", "hq-pair", "-o", "mine.toml").returncode == 0
    assert "mine is built: 18 steps" in hil("setup", "mine.toml", "--sim").stdout
    accepted = hil("accept", "mine.toml", "--sim")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "PASS  rig mine" in accepted.stdout
