"""Whoever reads standard output, a command does what it was asked for, and its status says how that went."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HIL = (sys.executable, "-m", "hil")
IDENTITY = 'name = "identity"\nversion = 1\nbudget_s = 5\n[checks]\nidentity = {}\n'


def unread(args, cwd):
    """`hil args`, with a pipe behind it that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run([*HIL, *args], stdout=writer, stderr=subprocess.PIPE, text=True, cwd=cwd, timeout=120, check=False)
    finally:
        os.close(writer)


@pytest.mark.parametrize("args", [["rigs"], ["plan", "gs"], ["catalog", "GS Camera"], ["--help"]])
def test_a_reader_that_leaves_early_is_no_failure(tmp_path, args):
    done = unread(args, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_verdict_that_nobody_reads_is_still_reached_and_recorded(tmp_path):
    (tmp_path / "identity.toml").write_text(IDENTITY)
    done = unread(["accept", "gs", "--sim", "--plan", "identity.toml", "--json", "out.json"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text())[0]["verdict"] == "PASS"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this kernel has no full disk to write to")
def test_a_full_disk_is_one_message_and_status_3(tmp_path):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*HIL, "rigs"], stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == 3
    assert done.stderr.splitlines()[:2] == ["standard output cannot be written", "  found  No space left on device"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("args", [["plan", "gs"], ["catalog", "GS Camera"], ["check", "gs-trigger"]])
def test_a_narrow_alphabet_costs_signs_and_nothing_else(tmp_path, args):
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*HIL, *args], capture_output=True, cwd=tmp_path, env=env, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


def test_a_simulated_program_has_python_s_own_standard_output(tmp_path):
    (tmp_path / "mine.py").write_text("import sys\nprint(sys.stdout is sys.__stdout__)\n")
    argv = [*HIL, "sim", "run", "mine.py"]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
    assert done.stdout == "True\n"
