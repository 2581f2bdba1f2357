"""What makes a sensor begin its next frame: a clock of its own, or somebody else's pulses (`xvs`, `trigger`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hil.sim.agenda import Event
from hil.sim.camera.ipa import Settings
from hil.sim.world import World


@dataclass(frozen=True, slots=True)
class Exposed:
    """How a frame was exposed, where that is not what its settings say."""

    exposure_ns: float
    """True time; 0 for a blank frame."""
    before_readout_ns: float = 0.0
    """From the end of exposure to the first row of the readout."""


BLANK = Exposed(0.0)

Begun = Callable[[Exposed | None], Settings]
"""The sensor begins to read out a frame, now. Returns the settings of the frame after it."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The clockwork of one sensor in one run."""

    world: World
    wake_ns: int
    """From stream-on until it is armed."""
    slow: float
    """True time per time on the sensor's clock."""
    stretch: float
    """Its frames are longer by this factor than its driver programs."""

    def frame_ns(self, settings: Settings) -> float:
        """True length of a frame."""
        return settings.readout.frame_ns * self.slow * self.stretch

    def line_ns(self, settings: Settings) -> float:
        """True length of a line."""
        return settings.readout.line_ns * self.slow


class FrameClock(Protocol):
    """Says when frames begin, between stream-on and stream-off."""

    def start(self, first: Settings, begun: Begun) -> None:
        """Stream on: from now on call `begun` whenever a frame begins; the first one has the settings `first`."""

    def stop(self) -> None:
        """Stream off."""


class FreeRunning:
    """One frame after another, each as long as it is programmed."""

    def __init__(self, rhythm: Rhythm) -> None:
        """`rhythm`: of the sensor."""
        self.rhythm, self._world = rhythm, rhythm.world
        self._scale = rhythm.slow * rhythm.stretch
        self._event: Event | None = None

    def start(self, first: Settings, begun: Begun) -> None:
        """Stream on."""
        self._begun = begun
        self._due_ns = self._world.now_ns + self.rhythm.wake_ns + self.rhythm.frame_ns(first)
        self._event = self._world.at(int(self._due_ns), self._tick)

    def _tick(self) -> None:
        following = self._begun(None)
        self._due_ns += following.readout.frame_ns * self._scale
        self._event = self._world.at(int(self._due_ns), self._tick)

    def stop(self) -> None:
        """Stream off."""
        if self._event is not None:
            self._world.cancel(self._event)
            self._event = None
