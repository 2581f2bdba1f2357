"""The one place where a factory's own command is run: without a shell, fed JSON on its standard input, in bounded time."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hil.report.jsontext import document


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
        ended = subprocess.run(
            argv,
            input=document(told).encode(),
            capture_output=True,
            env={**os.environ, **variables},
            timeout=timeout_s,
            check=False,
            start_new_session=True,  # Ctrl-C at the terminal stops a run; what the factory is told about it goes on
        )
    except subprocess.TimeoutExpired:
        return Said(None, f"{argv[0]}: no answer in {timeout_s:g} s")
    except (OSError, ValueError, IndexError) as error:
        return Said(None, f"{command!r} cannot be run: {getattr(error, 'strerror', None) or error}")
    text = _last_line(ended.stdout) or _last_line(ended.stderr)
    if ended.returncode < 0:
        return Said(None, f"{argv[0]}: killed by signal {-ended.returncode}")
    return Said(ended.returncode, text)


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""
