"""A pytest process that comes up before its order is written is like any other, and is gone if there is no order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hil import shipped
from hil.cli import process
from hil.cli.process import Ahead
from hil.plugin import ahead

LISTS_WHAT_IS_LOADED = """
import sys
from hil.bench.twins import RigTwin  # the module that begins the world

before = RigTwin.install
def install(twin):
    open("loaded.txt", "w").write(" ".join(sys.modules))
    before(twin)
RigTwin.install = install

def test_one(camera): pass
"""


def test_it_runs_what_it_is_told_and_says_it_where_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "test_env.py").write_text('import os\ndef test_env(): assert os.environ["HIL_STATION"] == "here"\n')
    log = tmp_path / "log"
    with Ahead() as early:
        run = process.start(["-q", "-p", "no:cacheprovider", str(tmp_path)], {"HIL_STATION": "here"}, log, early)
        assert run.wait() == 0
    assert "1 passed" in log.read_text()


def test_only_one_run_takes_it(tmp_path: Path) -> None:
    with Ahead() as early:
        runs = [process.start(["--version"], {}, tmp_path / name, early) for name in ("first", "second")]
        assert [run.wait() for run in runs] == [0, 0]
    assert runs[0].args[-1] == "hil.plugin.ahead"
    assert runs[1].args[-2:] == ["pytest", "--version"]


def test_without_an_order_it_is_gone_when_its_block_ends() -> None:
    with Ahead() as early:
        waiting = early._process
    assert waiting is not None
    assert waiting.returncode == -9


def test_one_that_did_not_come_up_is_not_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ahead() as early:
        assert early._process is not None
        early._process.kill()
        early._process.wait()
        run = process.start(["--version"], {}, tmp_path / "log", early)
        assert run.wait() == 0


def test_nothing_is_loaded_that_a_run_would_not_load_before_its_world_begins(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(LISTS_WHAT_IS_LOADED)
    argv = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", str(shipped.path("acceptance")), str(tmp_path / "test_one.py")]
    run = [sys.executable, "-P", "-m", "pytest", *argv, "--rig", "camera-module-3", "--sim", "--report", str(tmp_path / "report")]
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    own = {"__main__", "__mp_main__", ahead.__name__}
    names = "import sys; from hil.plugin import ahead; ahead.load(); print(*sys.modules)"
    early = subprocess.run([sys.executable, "-P", "-c", names], capture_output=True, text=True, check=True).stdout.split()
    assert set(early) - own - set((tmp_path / "loaded.txt").read_text().split()) == set()
