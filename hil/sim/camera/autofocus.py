"""Autofocus of the Camera Module 3, as a program sees it: modes, trigger, pause, states, and a lens that takes some frames to arrive.

Source: libcamera v0.7.1, src/ipa/rpi/controller/rpi/af.cpp for states and limits; the search is reduced to a lens that runs
to the sharpest place and settles there.
"""

from __future__ import annotations

import math
from typing import Any

from hil.sim.camera.agc import tuning

MANUAL, AUTO, CONTINUOUS = 0, 1, 2
IDLE, SCANNING, FOCUSED, FAILED = 0, 1, 2, 3
RUNNING, PAUSING, PAUSED = 0, 1, 2
_SETTLE_RUNS = 6
"""Runs of the algorithm (at most 30 a second) before it moves and after it arrived."""
_SHARPEST_FOM = 2000
_SHARPNESS_DPT = 1.2


class Autofocus:
    """State of lens and algorithm; positions in dioptres."""

    def __init__(self, lens: str, focus_dpt: float) -> None:
        """`lens`: "standard" or "wide"; `focus_dpt`: where the picture is sharp."""
        self._numbers: dict[str, Any] = tuning()["af"][lens]
        self._best = focus_dpt
        self.mode, self.range, self.fast = MANUAL, 0, False
        self.position = float(self._numbers["default"])
        self.state, self.pause_state = IDLE, RUNNING
        self._settling = 0

    @property
    def figure_of_merit(self) -> int:
        """FocusFoM of the present lens position."""
        return int(_SHARPEST_FOM * math.exp(-(((self.position - self._best) / _SHARPNESS_DPT) ** 2)))

    def set_mode(self, mode: int) -> None:
        """Manual stops where the lens is; continuous starts at once."""
        self.mode, self.pause_state = mode, RUNNING
        self.state = IDLE
        if mode == CONTINUOUS:
            self._begin()

    def set_position(self, position: float) -> None:
        """Move the lens, in manual mode only."""
        if self.mode == MANUAL:
            low, high = self._numbers["map"]
            self.position = min(max(position, low), high)

    def trigger(self, *, start: bool) -> None:
        """Start or cancel a scan, in auto mode only."""
        if self.mode == AUTO and start:
            self._begin()
        elif self.mode == AUTO:
            self.state = IDLE

    def pause(self, how: int) -> None:
        """AfPause 0 immediate, 1 deferred, 2 resume; in continuous mode only."""
        if self.mode != CONTINUOUS:
            return
        if how == 2:
            if self.pause_state == PAUSED:
                self._begin()
            self.pause_state = RUNNING
        elif how == 0 or self.state != SCANNING:
            self.pause_state = PAUSED
            self.state = IDLE if self.state == SCANNING else self.state
        else:
            self.pause_state = PAUSING

    def _begin(self) -> None:
        self.state, self._settling = SCANNING, 2 * _SETTLE_RUNS

    def process(self) -> bool:
        """One run; whether anything changed."""
        if self.state != SCANNING:
            return False
        if self._settling > _SETTLE_RUNS:
            self._settling -= 1
            return True
        target, slew = self._target(), float(self._numbers["slew_fast" if self.fast else "slew_normal"])
        self.position += min(max(target - self.position, -slew), slew)
        if self.position == target:
            self._settling -= 1
            if not self._settling:
                self._arrive(target)
        return True

    def _target(self) -> float:
        ranges = (self._numbers["normal"], self._numbers["macro"], self._numbers["map"])
        low, high = ranges[self.range]
        return float(min(max(self._best, low), high))

    def _arrive(self, target: float) -> None:
        self.state = FOCUSED if abs(target - self._best) < _SHARPNESS_DPT else FAILED
        if self.pause_state == PAUSING:
            self.pause_state = PAUSED
