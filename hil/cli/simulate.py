"""`hil sim run` and `hil sim install`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from hil.cli.outlet import close_outlet

PICAMERA2 = "picamera2==0.3.38"
"""The version whose private names the simulator's seams were checked against (tests/sim has the contract)."""


def run(rig_name: str, seed: int, changes: Sequence[str], script: str, argv: Sequence[str]) -> int:
    """Run a program on the twin; its exit status."""
    from hil.sim import run as program
    from hil.sim.needs import require_picamera2

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
