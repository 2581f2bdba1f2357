"""The one place where a factory's own command is run: without a shell, fed JSON on its standard input, in bounded time."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from hil.report.jsontext import document

_KEPT = 65_536
"""Bytes of its output that are looked at: the last ones."""
_LEFT_S = 1.0
"""How long the end of the output is waited for, once the command has ended."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
"""Colours and the like, for a terminal."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    status: int | None
    """Its exit status; None if it could not be started, was killed, or took too long."""
    text: str
    """The last line it wrote, on standard output or else on standard error; or why there is none."""


def run(command: str, told: Mapping[str, Any], variables: Mapping[str, str], timeout_s: float) -> Said:
    """Run `command`, split as a shell would split it, with `told` as JSON on its standard input and `variables` in its environment."""
    try:
        argv = shlex.split(command)
    except ValueError as error:
        return Said(None, f"{command!r}: {str(error).lower()}")
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **variables},
            start_new_session=True,  # Ctrl-C at the terminal stops a run; what the factory is told about it goes on
        )
    except (OSError, ValueError, IndexError) as error:
        return Said(None, f"{command!r} cannot be run: {getattr(error, 'strerror', None) or error}")
    told_by = [_Tail(process.stdout), _Tail(process.stderr)]
    _aside(_feed, process.stdin, document(told).encode())
    try:
        status = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        _kill(process)
        return Said(None, f"{argv[0]}: no answer in {timeout_s:g} s")
    except BaseException:
        _kill(process)
        raise
    text = next((line for one in told_by if (line := one.last_line())), "")
    if status < 0:
        return Said(None, f"{argv[0]}: killed by signal {-status}")
    return Said(status, text)


class _Tail:
    """Reads a pipe to its end and keeps the end of it: however much a command writes, it neither waits nor fills our memory."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._kept = b""
        self._thread = _aside(self._read, pipe)

    def _read(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while some := os.read(pipe.fileno(), _KEPT):
                self._kept = (self._kept + some)[-_KEPT:]

    def last_line(self) -> str:
        """The last line that says something; what the command left running may hold the pipe open, and is not waited for."""
        self._thread.join(_LEFT_S)
        lines = [line.strip() for line in _ESCAPES.sub("", self._kept.decode("utf-8", "replace")).splitlines()]
        told = next((line for line in reversed(lines) if line), "")
        return "".join(one if one.isprintable() else "\ufffd" for one in told)[:500]


def _aside(work: Callable[..., None], *given: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=given, daemon=True)
    thread.start()
    return thread


def _feed(pipe: IO[bytes], told: bytes) -> None:
    with contextlib.suppress(OSError):  # it did not read all of it: that is its business
        pipe.write(told)
        pipe.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The command, and what it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
