"""A program with gpiozero in it, unmodified, under `hil sim run`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_a_minute_of_blinking_is_a_minute_on_the_hosts_clock(tmp_path):
    command = [sys.executable, "-m", "hil", "sim", "run", str(HERE / "blink.py")]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, "60.000 s, 5B\n", "")
