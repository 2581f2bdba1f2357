"""Pis over ssh, with an `ssh` that gets no further than this machine: the same agent, on a real host without a camera."""

import os
import signal
import subprocess
import sys

import pytest

from hil.bench import open_rig
from hil.bench.processes import HostProcesses
from hil.drivers.host import read_text
from hil.errors import MissingPackage, RigError, RigFaults
from hil.rig import load

RIG = """name = "far"
unit = "cam"
[hosts]
far = { board = "Raspberry Pi 5", connect = "ssh:user@far.local" }
[cameras]
cam = { module = "GS Camera", host = "far", port = "CAM0" }
"""
THIS_MACHINE = """#!/bin/sh
for last; do :; done
PYTHONPATH={path}
XDG_CACHE_HOME={cache}
export PYTHONPATH XDG_CACHE_HOME
exec sh -c "$last"
"""


@pytest.fixture
def rig(tmp_path):
    (tmp_path / "far.toml").write_text(RIG)
    return load(str(tmp_path / "far.toml"))


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    """`ssh(script)`: what `ssh` does from now on; `python3` is the one that runs this test."""

    def install(script):
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "ssh").write_text(script)
        (folder / "ssh").chmod(0o755)
        (folder / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (folder / "python3").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


@pytest.fixture
def far(rig, ssh, tmp_path):
    """A host over ssh that is this machine."""
    ssh(THIS_MACHINE.format(path="", cache=tmp_path))
    processes = HostProcesses.over_ssh(rig)
    processes.await_all()
    yield processes.hosts["far"]
    processes.end()


def test_files_and_tools_are_read_over_there(far):
    assert far.run(["echo", "hello"]).stdout == "hello\n"
    assert far.run(["no-such-tool"]).returncode == 127
    assert read_text(far, "/proc/self/comm").startswith("python")
    assert far.clock.now_ns() < far.clock.now_ns()


def test_a_process_over_there_ends_when_it_is_done_with(far):
    pid = int(read_text(far, "/proc/self/stat").split()[0])
    assert far.leave_safe() == []
    assert pid != os.getpid()


def test_a_pi_that_falls_silent_is_named_on_the_rigs_clock(far):
    pid = int(read_text(far, "/proc/self/stat").split()[0])
    far._silence_s = 0.3
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(RigError, match=r"far should have answered: host run\n  found  not a word for 0\.3 s") as found:
        far.run(["true"])
    os.kill(pid, signal.SIGKILL)
    assert found.value.cause == "host does not answer"


def test_a_camera_over_there_needs_picamera2_over_there(rig, ssh, tmp_path):
    (tmp_path / "picamera2.py").write_text("raise ImportError('not installed')")
    ssh(THIS_MACHINE.format(path=tmp_path, cache=tmp_path))
    with pytest.raises(MissingPackage, match="far: a camera needs picamera2"):
        open_rig(rig)


def test_a_pi_that_ssh_does_not_reach_is_named(rig, ssh):
    ssh("#!/bin/sh\nexit 255\n")
    with pytest.raises(RigError, match=r"far: no answer from user@far\.local\n  found  ssh does not get there") as found:
        open_rig(rig)
    assert (found.value.where, found.value.cause) == ("far", "no ssh")


PAIR = RIG.replace("[cameras]", 'off = { board = "Raspberry Pi 5", connect = "ssh:off.local" }\n[cameras]')
ONCE_ALL_HAVE_ASKED = """#!/bin/sh
touch {folder}/$$
for _ in $(seq 200); do [ $(ls {folder} | wc -l) -ge 2 ] && exit 255; sleep 0.05; done
exit 1
"""


def test_pis_that_ssh_does_not_reach_are_asked_at_once_and_named_together(ssh, tmp_path):
    (tmp_path / "pair.toml").write_text(PAIR)
    (tmp_path / "asked").mkdir()
    ssh(ONCE_ALL_HAVE_ASKED.format(folder=tmp_path / "asked"))
    with pytest.raises(RigFaults) as found:
        HostProcesses.over_ssh(load(str(tmp_path / "pair.toml")))
    assert [(fault.where, fault.found) for fault in found.value.faults] == [
        ("far", "ssh does not get there"),
        ("off", "ssh does not get there"),
    ]


def test_what_a_login_prints_is_named_instead_of_read_as_python(rig, ssh):
    ssh("#!/bin/sh\necho Welcome to far!\nexec cat >/dev/null\n")
    with pytest.raises(RigError, match="something there prints before python3 does") as found:
        HostProcesses.over_ssh(rig)
    assert found.value.cause == "ssh prints"


def test_a_run_whose_host_is_not_reached_is_an_error_that_names_it(ssh, tmp_path, monkeypatch):
    (tmp_path / "config").touch()
    monkeypatch.setenv("HIL_TWIN_SSH", str(tmp_path / "config"))
    ssh("#!/bin/sh\nexit 255\n")
    argv = [sys.executable, "-m", "hil", "accept", "hq-pair", "--sim", "--reports", str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "pi-a: no answer from pi-a.local" in done.stdout
