"""A real sshd on loopback, for tests: its keys, configuration and port are its own, and it runs as whoever runs the tests."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PYTHON = """#!/bin/sh
exec {python} "$@"
"""

SERVER = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv "HOME={folder}" "PATH={path}" "XDG_CACHE_HOME={folder}/cache"
"""
USER = """Host *.local
    HostName 127.0.0.1
    Port {port}
    User {user}
    HostKeyAlias loopback
    IdentityFile {folder}/user
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    StrictHostKeyChecking yes
Host beyond.local
    ProxyJump gate.local
"""


@dataclass
class Loopback:
    """An sshd by which every host whose name ends in .local is this machine."""

    folder: Path
    config: Path
    """For `ssh -F`."""
    process: subprocess.Popen

    @property
    def cache(self):
        """The user's cache folder over there."""
        return self.folder / "cache"

    def python3(self, python):
        """What `python3` is over there from now on."""
        (self.folder / "bin").mkdir(exist_ok=True)
        (self.folder / "bin" / "python3").write_text(PYTHON.format(python=python))
        (self.folder / "bin" / "python3").chmod(0o755)

    def sessions(self):
        """The sshd process of each connection, in the order in which they were made."""
        return sorted(children(self.process.pid), key=started)

    def below(self, session):
        """The process that a connection is for."""
        started_by = children(session)
        return self.below(started_by[-1]) if started_by else session

    def kill(self, session, number=signal.SIGKILL):
        """Send a signal to all of sshd that serves one connection."""
        for pid in [*(child for child in children(session) if name(child).startswith("sshd")), session]:
            with contextlib.suppress(ProcessLookupError):  # one of them may end with the other
                os.kill(pid, number)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory):
    """One for all tests of a module. Over there `python3` is the Python that runs this test."""
    folder = tmp_path_factory.mktemp("sshd")
    assert SSHD, "HIL_REQUIRE_SSHD is set, and this machine has no sshd: sudo apt install openssh-server"
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "known_hosts").write_text(f"loopback {(folder / 'host.pub').read_text()}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {"folder": folder, "port": port, "user": getpass.getuser(), "path": f"{folder}/bin:{os.environ['PATH']}"}
    for file, text in (("sshd_config", SERVER), ("ssh_config", USER)):
        (folder / file).write_text(text.format(**known))
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=subprocess.PIPE, text=True)
    there = Loopback(folder, folder / "ssh_config", process)
    there.python3(sys.executable)
    try:
        said = process.stderr.readline()
        assert said.startswith("Server listening on 127.0.0.1"), said
        threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()
        yield there
    finally:
        for session in there.sessions():
            there.kill(session)
        process.terminate()
        process.wait()


def _drain(log):
    with log:
        log.read()


def _stat(pid):
    """Its name, and the fields of proc_pid_stat(5) after it."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()


def name(pid):
    return _stat(pid)[0]


def started(pid):
    return int(_stat(pid)[1][19])


def children(pid):
    """The processes that one has started and that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = _stat(entry.name)[1]
            if fields[1] == str(pid) and fields[0] != "Z":
                found.append(int(entry.name))
    return found
