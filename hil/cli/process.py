"""How a rig's pytest process is started: when its order is ready, or ahead of it. Importing this imports next to nothing."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from types import TracebackType

from hil import shipped

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent dies."""

OURS_ALONE = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH")
"""Environment variables through which a user's settings would reach the shipped suite."""

PYTEST = (sys.executable, "-P", "-m", "pytest")


class Ahead:
    """One pytest process that imports what it needs while its order is still being written; killed if none comes."""

    def __init__(self) -> None:
        """Start it."""
        self._process: subprocess.Popen[bytes] | None = _popen([*PYTEST[:-1], "hil.plugin.ahead"], _environment({}), subprocess.PIPE, None)

    def __enter__(self) -> Ahead:
        """It may be taken until the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nobody needs it any more."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def take(self, argv: Sequence[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes] | None:
        """Have it run pytest with `argv`. None if it is taken already, or did not come up."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return None
        with contextlib.suppress(BrokenPipeError):
            with process.stdin as order:
                order.write(json.dumps({"argv": list(argv), "env": dict(env), "log": str(log.resolve())}).encode() + b"\n")
            return process
        process.wait()
        return None


def start(argv: Sequence[str], env: Mapping[str, str], log: Path, ahead: Ahead | None = None) -> subprocess.Popen[bytes]:
    """A pytest process with `argv`, and `env` beside what is in the environment already; what it says goes to `log`."""
    with log.open("wb") as file:
        ready = ahead.take(argv, env, log) if ahead is not None else None
        return ready or _popen([*PYTEST, *argv], _environment(env), subprocess.DEVNULL, file.fileno())


def _popen(command: Sequence[str], env: Mapping[str, str], stdin: int, log: int | None) -> subprocess.Popen[bytes]:
    told = subprocess.DEVNULL if log is None else log
    # No threads here: between fork and exec one system call is made.
    return subprocess.Popen(
        list(command),
        stdin=stdin,
        stdout=told,
        stderr=told,
        env=dict(env),
        preexec_fn=_end_with_the_parent,  # noqa: PLW1509
    )


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in OURS_ALONE}
    kept |= {"PYTHONHASHSEED": "0", **env}
    if not _installed():
        kept["PYTHONPATH"] = str(Path(shipped.__file__).parent.parent)
    return kept


def _end_with_the_parent() -> None:
    """In the child: a rig must not go on being driven when nobody watches it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _installed() -> bool:
    with contextlib.suppress(metadata.PackageNotFoundError):
        metadata.version("rpi-camera-hil")
        return True
    return False
