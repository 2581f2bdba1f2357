"""A Pi behind a real sshd: our code is brought along, the user's ssh configuration holds, and a lost connection is named in time."""

import os
import select
import signal
import sys

import pytest

from hil.bench.processes import HostProcesses
from hil.bench.shipment import shipment
from hil.clock import RealClock
from hil.drivers.host import read_text
from hil.errors import MissingPackage, RigError
from hil.rig import load

RIG = """name = "far"
unit = "cam"
[hosts]
far = {{ board = "Raspberry Pi 5", connect = "ssh:{address}" }}
[cameras]
cam = {{ module = "GS Camera", host = "far", port = "CAM0" }}
"""


@pytest.fixture
def reach(sshd, tmp_path, monkeypatch):
    """`reach()` or `reach("beyond.local")`: a host process there."""
    monkeypatch.setenv("HIL_SSH_CONFIG", str(sshd.config))
    started = []

    def reach_one(address="far.local"):
        (tmp_path / "far.toml").write_text(RIG.format(address=address))
        started.append(HostProcesses.over_ssh(load(str(tmp_path / "far.toml"))))
        reach_one.ssh = started[-1]._gateways["far"]._io.popen
        return started[-1].hosts["far"]

    yield reach_one
    for one in started:
        one.end()
    sshd.python3(sys.executable)


def pid_of(far):
    return int(read_text(far, "/proc/self/stat").split()[0])


def ends(process, within_s):
    """Whether a process ends in time."""
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    over = bool(waiting.poll(within_s * 1000))
    os.close(process)
    return over


def seconds_until_error(ask):
    """How long a call takes to fail, in real time, and with what."""
    begun = RealClock().now_ns()
    with pytest.raises(RigError) as found:
        ask()
    return (RealClock().now_ns() - begun) / 1e9, found.value


def test_our_code_is_brought_along_once_and_is_what_runs_there(reach, sshd):
    package = sshd.cache / "hil" / f"{shipment().digest}.zip"
    reach()
    first = package.stat().st_ino
    with pytest.raises(RigError, match="what runs there met an error") as found:
        reach().call("host", "run", 3)
    assert f"{package}/hil/drivers/" in found.value.found
    assert package.stat().st_ino == first


def test_what_a_power_cut_left_of_it_is_replaced(reach, sshd):
    package = sshd.cache / "hil" / f"{shipment().digest}.zip"
    reach()
    package.write_bytes(shipment().data[:1000])
    assert reach().run(["echo", "hello"]).stdout == "hello\n"
    assert package.read_bytes() == shipment().data


def test_what_has_not_been_used_for_long_is_cleared_away(reach, sshd):
    (sshd.cache / "hil").mkdir(parents=True, exist_ok=True)
    for number in range(12):
        (sshd.cache / "hil" / f"{number:02}.zip").write_bytes(b"of long ago")
        os.utime(sshd.cache / "hil" / f"{number:02}.zip", (number, number))
    reach()
    kept = {file.name for file in (sshd.cache / "hil").iterdir()}
    assert kept == {"05.zip", "06.zip", "07.zip", "08.zip", "09.zip", "10.zip", "11.zip", f"{shipment().digest}.zip"}


def test_a_python_without_numpy_is_told_what_to_install(reach, sshd):
    sshd.python3(f"{sys.executable} -I -S")
    with pytest.raises(MissingPackage, match="far: the drivers need numpy") as found:
        reach()
    assert found.value.hint == "on far: sudo apt install -y python3-numpy"


def test_a_jump_host_of_the_users_configuration_is_used(reach, sshd):
    before = len(sshd.sessions())
    assert reach("beyond.local").run(["echo", "hello"]).stdout == "hello\n"
    assert len(sshd.sessions()) - before == 2


def test_a_pi_that_does_not_know_our_key_is_named(reach, sshd, monkeypatch, tmp_path):
    (tmp_path / "config").write_text(sshd.config.read_text().replace(f"{sshd.folder}/user\n", "/dev/null\n"))
    monkeypatch.setenv("HIL_SSH_CONFIG", str(tmp_path / "config"))
    with pytest.raises(RigError, match=r"far: no answer from far\.local\n  found  ssh does not get there"):
        reach()


def test_ctrl_c_of_the_terminal_does_not_end_the_connection(reach):
    far = reach()
    reach.ssh.send_signal(signal.SIGINT)
    assert far.run(["echo", "hello"]).stdout == "hello\n"


def test_a_process_that_crashes_there_is_told_from_a_lost_connection(reach):
    far = reach()
    os.kill(pid_of(far), signal.SIGSEGV)
    _, error = seconds_until_error(lambda: far.run(["sleep", "20"]))
    assert (error.cause, error.found) == ("host process ended", "its process was killed by SIGSEGV")


def test_a_connection_that_is_cut_is_named_and_the_process_over_there_ends_by_itself(reach, sshd):
    far = reach()
    process = os.pidfd_open(pid_of(far))
    sshd.kill(sshd.sessions()[-1])
    took_s, error = seconds_until_error(lambda: far.run(["sleep", "3"]))
    assert (error.where, error.cause) == ("far", "connection lost")
    assert str(error).startswith("host far: the connection to it is lost")
    assert took_s < 10
    assert ends(process, within_s=15)


def test_a_connection_on_which_nothing_comes_is_named_at_both_ends(reach, sshd):
    far = reach()
    process, session = os.pidfd_open(pid_of(far)), sshd.sessions()[-1]
    sshd.kill(session, signal.SIGSTOP)
    took_s, error = seconds_until_error(lambda: far.run(["true"]))
    assert error.where == "far"
    assert error.cause in ("host does not answer", "connection lost")  # by ours or by ssh's own sign of life, whichever is first
    assert took_s < 10
    assert ends(process, within_s=15)
    sshd.kill(session)
