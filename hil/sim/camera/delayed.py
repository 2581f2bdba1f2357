"""Which sensor settings are in force at which frame: libcamera's DelayedControls.

Source: libcamera v0.7.1, src/libcamera/pipeline/rpi/common/delayed_controls.cpp and camera_sensor_properties.cpp. Settings
pushed while frame n is processed are written so that all of them show in one frame, `max(delays)` frames after the write.
"""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

_RING = 32
"""Longer than any delay; libcamera's own history is 16."""


class DelayedControls(Generic[T]):
    """A queue of settings, one per frame, and what was in force at a given frame."""

    __slots__ = ("_delay", "_queued", "_ring", "_start")

    def __init__(self, delay: int, start: T) -> None:
        """`delay`: the longest of the sensor's control delays in frames; `start`: what the sensor is set to before streaming."""
        self._delay, self._start = delay, start
        self._ring: list[T] = [start] * _RING
        self._queued = 1

    def push(self, settings: T) -> None:
        """Queue the settings that came of the frame just processed."""
        self._ring[self._queued % _RING] = settings
        self._queued += 1

    def frame_started(self, sequence: int) -> None:
        """Frame `sequence` starts and queued settings are written; where nothing was processed since, the last ones are repeated."""
        while sequence + 1 > self._queued:
            self.push(self._ring[(self._queued - 1) % _RING])

    def at(self, sequence: int) -> T:
        """The settings in force at a frame not older than the ring; ahead, at most the frame after the one that started last."""
        index = sequence - self._delay
        return self._ring[index % _RING] if index > 0 else self._start

    def recent(self, count: int) -> list[T]:
        """The last `count` settings that were queued, the start's among them."""
        return [self._ring[index % _RING] for index in range(max(self._queued - count, 0), self._queued)]
