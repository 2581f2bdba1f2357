"""Libcamera's dequeue timer: how long it waits for a frame before it gives a camera up, and what it says then.

Source: libcamera v0.7.1, src/libcamera/pipeline/rpi/common/pipeline_base.cpp, pisp/pisp.cpp (setCameraTimeout: five times the
longest of the last frame lengths, at least 1 s), v4l2_videodevice.cpp, and the pipeline configuration file, which replaces that rule.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from hil.sim.agenda import Event
from hil.sim.world import World

LEAST_NS, FRAMES, RECENT = 1_000_000_000, 5, 10
_MS = 1_000_000
_VARIABLE = "LIBCAMERA_RPI_CONFIG_FILE"
_KEY = re.compile(r'^[^#\n]*\bcamera_timeout_value_ms"?\s*:\s*(\d+)', re.MULTILINE)
_VERSION = re.compile(r'^[^#\n]*\bversion"?\s*:\s*1(\.0*)?\s*(,|\}|$)', re.MULTILINE)
_MESSAGE = (
    "WARN V4L2 v4l2_videodevice.cpp Dequeue timer of {timeout_us:.2f}us has expired!\n"
    "ERROR RPI pipeline_base.cpp Camera frontend has timed out!\n"
    "ERROR RPI pipeline_base.cpp Please check that your camera sensor connector is attached securely.\n"
    "ERROR RPI pipeline_base.cpp Alternatively, try another cable and/or sensor.\n"
)


def configured_ms(root: Path) -> int:
    """camera_timeout_value_ms of the file that this process's environment names now; 0 where libcamera's own rule holds.

    `root`: of the simulated host, where the path is looked for first.
    """
    name = os.environ.get(_VARIABLE, "")
    if not name:
        return 0
    there = root / name.lstrip("/")
    try:
        text = (there if there.exists() else Path(name)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        sys.stderr.write(f"WARN RPI pipeline_base.cpp Failed to open configuration file '{name}', using defaults\n")
        return 0
    found = _KEY.search(text)
    return int(found[1]) if found and _VERSION.search(text) else 0


class Watchdog:
    """The timer of one run. It looks once a second at most, so that frames need not wind it up."""

    def __init__(self, world: World, fixed_ns: int, longest_ns: Callable[[], float], queued: Callable[[], object]) -> None:
        """`fixed_ns`: a configured timeout, or 0; `longest_ns`: the longest of the recent frame lengths.

        `queued`: whether the receiver has a buffer, without which it waits for nothing.
        """
        self._world, self._fixed_ns, self._longest_ns, self._queued = world, fixed_ns, longest_ns, queued
        self.fed_ns = world.now_ns
        """When a frame was last dequeued, or the first buffer queued."""
        self._event: Event | None = None

    def start(self, expired: Callable[[], None]) -> None:
        """Stream on; `expired` is called once, after the message."""
        self._expired = expired
        self._event = self._world.after(min(self._timeout_ns(), LEAST_NS), self._look)

    def _timeout_ns(self) -> int:
        return self._fixed_ns or max(LEAST_NS, FRAMES * _MS * int(self._longest_ns() / _MS))

    def _look(self) -> None:
        timeout_ns, now_ns = self._timeout_ns(), self._world.now_ns
        if not self._queued():
            self.fed_ns = now_ns
        left_ns = self.fed_ns + timeout_ns - now_ns
        if left_ns > 0:
            self._event = self._world.after(min(left_ns, LEAST_NS), self._look)
            return
        sys.stderr.write(_MESSAGE.format(timeout_us=timeout_ns / 1e3))
        self._expired()

    def stop(self) -> None:
        """Stream off."""
        if self._event is not None:
            self._world.cancel(self._event)
