"""`hil sim run` and `hil sim install`, and the one line that is said when picamera2 is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from hil.cli.outlet import close_outlet
from hil.errors import UserError

PICAMERA2 = "picamera2==0.3.38"
"""The version whose private names the simulator's seams were checked against (tests/sim has the contract)."""


def require_picamera2() -> None:
    """UserError if the simulated run has no picamera2 to run on."""
    if find_spec("picamera2") is None:
        raise UserError("--sim runs the real picamera2, which is not installed; it comes with: hil sim install")


def run(rig_name: str, seed: int, changes: Sequence[str], script: str, argv: Sequence[str]) -> int:
    """Run a program on the twin; its exit status."""
    from hil.sim import run as program

    require_picamera2()
    close_outlet()
    return program.main(rig_name, seed, changes, script, argv)


def assumptions() -> str:
    """What the twin assumes, as a page in Markdown: docs/assumptions.md is this text."""
    from hil.sim import truth

    head = "# What the twin assumes\n\nWritten by `hil sim assumptions`; [how the twin works](how-the-twin-works.md) says what for.\n"
    rows = [f"| `{each.name}` | {each.text} | {each.source} |" for each in truth.assumptions()]
    return "\n".join([head, "| what | drawn per seed and device, or what holds | who says so |", "|---|---|---|", *rows]) + "\n"


def install() -> int:
    """Pip install the pinned picamera2 alone: `rpi-camera-hil[sim]` has brought what it imports."""
    argv = [sys.executable, "-m", "pip", "install", "--no-deps", PICAMERA2]
    return subprocess.run(argv, check=False).returncode
