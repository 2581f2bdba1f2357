"""Frames in step over XVS: a source that pulls it low at every frame, sinks that begin a frame at every falling edge.

IMX477 does so by its mode registers (trigger_mode 1 and 2), IMX296 by the strap MAS, with the line clock XHS beside it.
XVS is active low at 1.8 V. Facts: linux #4656, #5774, #6863; documentation page "Synchronous Captures"; what no public
source says is in data/assumptions.toml under [sync].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hil.sim.agenda import Event
from hil.sim.camera.clocks import BLANK, Begun, FreeRunning, Rhythm
from hil.sim.camera.ipa import Settings
from hil.sim.camera.pads import InputPad
from hil.sim.wires import OVDD_V, Wires


class Source:
    """Runs free, and drives XVS: high, and low for some lines as each frame begins."""

    def __init__(self, rhythm: Rhythm, wires: Wires, pin: str, ohms: float, low_lines: float) -> None:
        """`pin`: its XVS pad, which drives through `ohms`; `low_lines`: how long each pulse is."""
        self._world, self._rhythm, self._wires, self._pin, self._ohms, self._low_lines = rhythm.world, rhythm, wires, pin, ohms, low_lines
        self._frames = FreeRunning(rhythm)
        self._event: Event | None = None

    def start(self, first: Settings, begun: Begun) -> None:
        """Stream on; the pad becomes an output once the registers are written."""
        self._begun, self._low_ns = begun, round(self._low_lines * self._rhythm.line_ns(first))
        self._event = self._world.after(self._rhythm.wake_ns, self._idle)
        self._frames.start(first, self._frame)

    def _idle(self) -> None:
        self._wires.drive(self._pin, OVDD_V, self._ohms)

    def _frame(self, _: object) -> Settings:
        self._wires.drive(self._pin, 0.0, self._ohms)
        self._event = self._world.after(self._low_ns, self._idle)
        return self._begun(None)

    def stop(self) -> None:
        """Stream off: XVS is let go."""
        self._frames.stop()
        if self._event is not None:
            self._world.cancel(self._event)
        self._wires.drive(self._pin, None)


@dataclass(frozen=True, slots=True)
class Follower:
    """How one sensor follows XVS."""

    early: float
    """So much of its own frame may be missing when the next pulse comes; with more missing it skips that pulse."""
    delay_ns: Callable[[int, int, float], float]
    """From a falling edge at a true time to the frame's beginning: (edge, number of the pulse, line length in ns)."""
    ignored_first: int = 0
    """Pulses that only bring it in step."""
    has_line_clock: bool = True
    """False: XHS does not reach it, so it does nothing."""
    blank: Callable[[int], bool] = lambda _: False
    """Whether an extra pulse follows that of this number, of which a blank frame comes."""


class Sink:
    """Begins a frame only when XVS falls; never without."""

    def __init__(self, rhythm: Rhythm, pad: InputPad, follower: Follower) -> None:
        """`pad`: its XVS input."""
        self._rhythm, self._world, self._pad, self._follower = rhythm, rhythm.world, pad, follower
        self._event: Event | None = None
        self.pulses = self.skipped = 0

    def start(self, first: Settings, begun: Begun) -> None:
        """Stream on: armed once the registers are written."""
        self._begun, self._following, self._to_ignore = begun, first, self._follower.ignored_first
        self._event = self._world.after(self._rhythm.wake_ns, self._arm)

    def _arm(self) -> None:
        self._ready_ns = float(self._world.now_ns)
        # An unpowered source clamps XVS. Where that is a sure low, its rise is taken for a pulse when the source gets its supply.
        self._clamped = not self._pad.high
        self._pad.listener = self._edge

    def _edge(self, t_ns: int, high: bool) -> None:
        if high and not self._clamped:
            return
        self._clamped = False
        if not self._follower.has_line_clock:
            return
        self.pulses += 1
        if self._to_ignore:
            self._to_ignore -= 1
        elif t_ns < self._ready_ns:
            self.skipped += 1
        else:
            delay_ns = self._follower.delay_ns(t_ns, self.pulses, self._rhythm.line_ns(self._following))
            self._event = self._world.after(round(delay_ns), self._begin, self.pulses)

    def _begin(self, pulse: int) -> None:
        self._following = self._begun(None)
        frame_ns = self._rhythm.frame_ns(self._following)
        self._ready_ns = self._world.now_ns + frame_ns * (1.0 - self._follower.early)
        if self._follower.blank(pulse):
            self._event = self._world.after(round(0.5 * frame_ns), self._begin_blank)

    def _begin_blank(self) -> None:
        self._following = self._begun(BLANK)

    def stop(self) -> None:
        """Stream off."""
        self._pad.silence()
        if self._event is not None:
            self._world.cancel(self._event)
