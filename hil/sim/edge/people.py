"""Waits of a program for a person or a signal: `input`, and those of module `signal`.

They end in real time, and the camera goes on meanwhile, as on a Pi: a program that records until Enter is pressed records.
A line that is there already, and the end of a file, take no time, so that a scripted run is the same every time.
"""

from __future__ import annotations

import builtins
import select
import signal
import sys
from collections.abc import Callable
from typing import Any

from hil.sim.edge.alarms import Alarm
from hil.sim.edge.callers import lives_outside
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.threads import Threads

SIGNAL_WAITS = ("pause", "sigwait", "sigwaitinfo")
_WHY = "the camera goes on while somebody is waited for"
SEAMS = (
    Seam("builtins:input", "waits in real time, which simulated time keeps pace with", _WHY),
    *(Seam(f"signal:{name}", "likewise", _WHY) for name in SIGNAL_WAITS if hasattr(signal, name)),
)
_real_select, _real_pause = select.select, signal.pause


def _line_is_there() -> bool:
    """Whether standard input would give something now, or is nothing that can be waited for."""
    try:
        return bool(_real_select([sys.stdin], [], [], 0)[0])
    except (OSError, ValueError, TypeError, AttributeError):
        return True


def install(threads: Threads, alarm: Alarm, patches: Patches) -> None:
    """Let these waits be outside the world."""

    def waiting(real: Callable[..., Any], is_over: Callable[[], bool]) -> Callable[..., Any]:
        def wait(*args: Any) -> Any:
            if threads.host.in_child or lives_outside(sys._getframe(1)) or is_over():  # noqa: SLF001
                return real(*args)
            if real is _real_pause and alarm.await_ring():
                return None
            with threads.executive.outside():
                return real(*args)

        wait.__name__ = wait.__qualname__ = real.__name__
        return wait

    patches.attribute(builtins, "input", waiting(builtins.input, _line_is_there))
    for name in SIGNAL_WAITS:
        if hasattr(signal, name):
            patches.attribute(signal, name, waiting(getattr(signal, name), lambda: False))
