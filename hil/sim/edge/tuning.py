"""Tuning files: `Picamera2.load_tuning_file` looks into the simulated host's /usr/share/libcamera instead of this machine's.

The files there hold what the twin's own algorithms go by (`hil.sim.camera.tuning_files`). A program may load, change and
hand one back; the simulated camera goes on by its own figures, and says so once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hil.sim.edge.patches import Patches, Seam

SEAMS = (
    Seam(
        "picamera2.picamera2:Picamera2.load_tuning_file",
        "the simulated host's files",
        "this machine has no libcamera",
        ("tuning_file", "dir"),
    ),
)


def change(module: Any, folder: Path, patches: Patches) -> None:
    """Module `picamera2.picamera2`: without a folder of the program's own, look into `folder`."""
    original = module.Picamera2.load_tuning_file
    original_init = module.Picamera2.__init__

    def load_tuning_file(tuning_file: str, dir: str | None = None) -> dict[str, Any]:  # noqa: A002 - picamera2's own name
        found: dict[str, Any] = original(tuning_file, str(folder) if dir is None else dir)
        return found

    def __init__(self: Any, camera_num: int = 0, verbose_console: Any = None, tuning: Any = None, allocator: Any = None) -> None:  # noqa: N807
        if tuning is not None:
            sys.stderr.write("hil: the simulated camera keeps its own tuning; a tuning file changes nothing here\n")
        original_init(self, camera_num, verbose_console, tuning, allocator)

    patches.attribute(module.Picamera2, "load_tuning_file", staticmethod(load_tuning_file))
    patches.attribute(module.Picamera2, "__init__", __init__)
