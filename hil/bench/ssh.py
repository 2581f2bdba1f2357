"""Reaching a Pi with the `ssh` program: the user's configuration, keys and jump hosts hold, and nobody is asked for anything."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import traceback
from pathlib import Path
from typing import Any

import execnet
from execnet.gateway_io import popen_bootstrapline

from hil.errors import RigError, UserError

OPTIONS = ("BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=2", "ServerAliveCountMax=3")
"""All that is not the user's: nobody may be there to type, and a connection on which nothing comes is given up after 8 s."""

CONFIG = "HIL_SSH_CONFIG"
"""Environment variable: an ssh_config(5) file to be used instead of the user's own."""

TWIN = "HIL_TWIN_SSH"
"""Environment variable: an ssh_config(5) file by which every host of a twin is this machine; its processes are started through ssh."""

FAILED = 255
"""Ssh's own exit status; any other is that of the command it ran (ssh(1), EXIT STATUS)."""

GIVE_UP_S = 10.0
"""Real time for an ssh that has failed to end."""


def config(variable: str) -> str | None:
    """The file that an environment variable names; None if it is not set, UserError if there is no such file."""
    named = os.environ.get(variable)
    if not named:
        return None
    if not Path(named).is_file():
        raise UserError(f"{variable}={named}: an ssh configuration file asked for", "no such file")
    return str(Path(named).resolve())


def gateway(group: execnet.Group, name: str, address: str, config: str | None, python: str = "python3") -> Any:
    """An execnet gateway to a Python that is started at `address`. RigError if it is not."""
    if shutil.which("ssh") is None:
        raise RigError(f"{name}: ssh asked for", "this machine has none", "sudo apt install -y openssh-client", where=name, cause="no ssh")
    spec = f"popen//id={name}//python={shlex.join(command(address, config, python))}"
    made: Any
    try:
        made = group.makegateway(spec)
        status = made._io.popen.poll()  # noqa: SLF001 - of a process that ended execnet says nothing
    except OSError as refused:
        status = _left_behind(refused)
    except AssertionError as talk:  # of execnet, about the first character that comes
        _left_behind(talk, 0.0)
        raise _talkative(name, address) from talk
    if status is None:
        return made
    said = "ssh does not get there" if status == FAILED else f"{python} does not run there"
    hint = f"ssh {address} {python} --version   must work without a password; what ssh says of it is in the log"
    raise RigError(f"{name}: no answer from {address}", said, hint, where=name, cause="no ssh")


def command(address: str, config: str | None, python: str) -> list[str]:
    """What starts `python` there, to read its program from its standard input. Arguments that follow it are ignored.

    Ssh, like every host process, leaves Ctrl-C to the controlling process. The shell over there turns the signal that ends a
    Python into an exit status, which ssh(1) has no other way to tell.
    """
    there = shlex.join(["sh", "-c", f"{shlex.quote(python)} -u -c {shlex.quote(popen_bootstrapline)}; exit $?"])
    options = [word for option in OPTIONS for word in ("-o", option)]
    ssh = ["ssh", *(["-F", config] if config else []), *options, "--", address, there]
    return ["sh", "-c", f"trap '' INT; exec {shlex.join(ssh)}"]


def lost(name: str, status: int) -> RigError | None:
    """The error for an ssh that ended with this status, where the connection was what ended."""
    if status != FAILED:
        return None
    said = "ssh has given it up; what it said is in the log"
    hint = f"is {name} up, and on the network? By itself it closes its cameras, stops its pulses and puts its settings back"
    return RigError(f"host {name}: the connection to it is lost", said, hint, where=name, cause="connection lost")


def ending(status: int) -> str:
    """How a process ended, by its exit status: of a shell, by which a signal is 128 more than its number, or of itself."""
    number = -status if status < 0 else status - 128
    with contextlib.suppress(ValueError):
        if status < 0 or status > 128:
            return f"its process was killed by {signal.Signals(number).name}"
    return f"its process ended with status {status}"


def _talkative(name: str, address: str) -> RigError:
    hint = f"ssh {address} true   must print nothing; ~/.bashrc there should print only where [ -t 1 ]"
    return RigError(f"{name}: no answer from {address}", "something there prints before python3 does", hint, where=name, cause="ssh prints")


def _left_behind(refused: BaseException, give_up_s: float = GIVE_UP_S) -> int:
    """The exit status of the process of a gateway that could not be made; execnet leaves it to nobody, and only its frames know it."""
    frames = (frame.f_locals for frame, _ in traceback.walk_tb(refused.__traceback__))
    process: subprocess.Popen[bytes] | None = next((seen["io"].popen for seen in frames if hasattr(seen.get("io"), "popen")), None)
    if process is None:
        return FAILED
    try:
        return process.wait(give_up_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
