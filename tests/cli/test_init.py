"""`hil init`: a stranger's repository has everything to be tried on its twin, and loses nothing that it had."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hil import shipped
from hil.cli.init import FILES, TRY

EXAMPLE = shipped.path("examples") / "product"


@pytest.fixture
def at(tmp_path):
    """`at(command)`: status and output of a shell command in an empty folder."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }

    def run(command):
        argv = ["bash", "-c", command]
        done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    return run


def test_what_is_laid_is_the_example_that_lies_in_the_tree():
    there = {str(path.relative_to(EXAMPLE)) for path in EXAMPLE.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert set(FILES) == there


def test_the_workflow_accepts_the_rig_with_a_summary_and_junit(at, tmp_path):
    assert at("hil init") == (0, "".join(f"wrote  {name}\n" for name in FILES) + f"next   {TRY}\n")
    command = re.search(r"run: (hil accept .* --sim .*)", (tmp_path / ".github/workflows/cameras.yml").read_text())[1]
    status, said = at(command)
    assert (status, "PASS  rig bench" in said) == (0, True)
    assert "| bench (simulated) | " in (tmp_path / "summary.md").read_text()
    assert "test_ten_seconds_of_video_lose_no_frame" in (tmp_path / "junit.xml").read_text()


def test_its_own_tests_run_by_themselves(at):
    at("hil init mine")
    status, said = at("cd mine && pytest --sim")
    assert (status, "rig: bench (simulated" in said) == (0, True)


def test_tox_and_ci_run_the_same():
    assert all(TRY in (EXAMPLE / name).read_text() for name in ("tox.ini", ".github/workflows/cameras.yml"))


def test_nothing_is_overwritten(at, tmp_path):
    (tmp_path / "tox.ini").write_text("mine")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/line.toml").symlink_to("nowhere")
    status, said = at("hil init")
    assert (status, said.count("wrote"), "kept   tox.ini" in said, "kept   plans/line.toml" in said) == (0, 3, True, True)
    assert (tmp_path / "tox.ini").read_text() == "mine"
    assert not (tmp_path / "plans/nowhere").exists()


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_file_where_a_folder_is_needed_is_said(folder, at, tmp_path):
    (tmp_path / "file").touch()
    status, said = at(f"hil init {folder}")
    assert (status, "hil init" in said) == (2, True)
