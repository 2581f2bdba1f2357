"""IMX296 in fast trigger mode: XTR low is the exposure, its rise begins the readout.

"Exposure time = (XTRIG low level pulse width) + 14.26us" (linux #5560). A readout takes 1118 lines; what a pulse that comes
before its end does, no public source says: it is drawn per rig ([trigger.too_early] of data/assumptions.toml).
"""

from __future__ import annotations

from dataclasses import dataclass

from hil.sim.agenda import Event
from hil.sim.camera.clocks import Begun, Exposed, Rhythm
from hil.sim.camera.ipa import Settings
from hil.sim.camera.pads import InputPad

OVERLAPPED, IGNORED, STRETCHED = range(3)


@dataclass(frozen=True, slots=True)
class Shutter:
    """How one sensor obeys XTR. Times in true ns."""

    offset_ns: float
    """Exposure is the low level and this."""
    delay_ns: float
    """From XTR's fall to the start of exposure."""
    readout_delay_lines: float
    least_low_ns: float
    """A shorter pulse is not seen."""
    too_early: int
    """What a pulse during a readout does: OVERLAPPED exposes meanwhile, and makes no frame if it is over before the readout;
    IGNORED does nothing; STRETCHED exposes until the readout is over."""
    busy_lines: int
    """From the end of exposure until the next may begin."""
    ignores_every: int = 0
    """It makes no frame of every n-th pulse."""
    deaf: bool = False
    """R11 ties XTR to the connector's level shifter while Q2 drives it: no pulse gets through."""


class Triggered:
    """Exposes while XTR is low."""

    def __init__(self, rhythm: Rhythm, pad: InputPad, shutter: Shutter) -> None:
        """`pad`: its XTR input."""
        self._rhythm, self._world, self._pad, self._shutter = rhythm, rhythm.world, pad, shutter
        self._event: Event | None = None
        self.pulses = self.missed = 0

    def start(self, first: Settings, begun: Begun) -> None:
        """Stream on."""
        self._begun, self._following = begun, first
        self._fell_ns: int | None = None
        self._stop_ns = self._busy_ns = 0.0
        self._event = self._world.after(self._rhythm.wake_ns, self._arm)

    def _arm(self) -> None:
        if self._shutter.deaf:
            return
        self._pad.listener = self._edge
        if not self._pad.high:  # somebody holds the trigger already: the exposure runs until it rises
            self._open(self._world.now_ns)

    def _edge(self, t_ns: int, high: bool) -> None:
        if high:
            self._close(t_ns)
        else:
            self._open(t_ns)

    def _open(self, t_ns: int) -> None:
        shutter = self._shutter
        self.pulses += 1
        ignored = shutter.ignores_every and self.pulses % shutter.ignores_every == 0
        # A pulse while the exposure before is still on is none of its own.
        if ignored or t_ns < self._stop_ns or (shutter.too_early == IGNORED and t_ns < self._busy_ns):
            self.missed += 1
        else:
            self._fell_ns = t_ns

    def _close(self, t_ns: int) -> None:
        fell_ns, self._fell_ns = self._fell_ns, None
        if fell_ns is None:
            return
        shutter = self._shutter
        stop_ns = t_ns + shutter.delay_ns + shutter.offset_ns
        too_early = stop_ns < self._busy_ns
        if t_ns - fell_ns < shutter.least_low_ns or (too_early and shutter.too_early == OVERLAPPED):
            self.missed += 1
            return
        exposure_ns = t_ns - fell_ns + shutter.offset_ns
        if too_early and shutter.too_early == STRETCHED:
            exposure_ns, stop_ns = exposure_ns + (self._busy_ns - stop_ns), self._busy_ns
        line_ns = self._rhythm.line_ns(self._following)
        wait_ns = shutter.readout_delay_lines * line_ns
        self._stop_ns = stop_ns
        self._busy_ns = stop_ns + shutter.busy_lines * line_ns
        self._event = self._world.at(round(stop_ns + wait_ns), self._read, Exposed(exposure_ns, wait_ns))

    def _read(self, exposed: Exposed) -> None:
        self._following = self._begun(exposed)

    def stop(self) -> None:
        """Stream off."""
        self._pad.silence()
        if self._event is not None:
            self._world.cancel(self._event)
