"""What the fixtures and the prompt hand out beyond the drivers."""

from __future__ import annotations

from contextlib import ExitStack

from hil.checks import roles
from hil.checks.pair_burst import PairBurst, burst
from hil.checks.pairs import Pair
from hil.checks.station import Station
from hil.checks.triggers import PulseBurst, Trigger


class ReadyPair(Pair):
    """A pair whose bursts are complete and in step, or errors that say why not."""

    def burst(self, frames: int) -> PairBurst:
        """So many frames of both cameras. RigError, or a failure of the unit, with the named cause where they are not in step."""
        with self.roles():
            return burst(self, frames)


class ReadyTrigger(Trigger):
    """A trigger whose cameras wait for it from the first pulses that are described until `release`."""

    def __init__(self, station: Station) -> None:
        """UserError if no Pico of the rig drives XTR."""
        super().__init__(station)
        self._station, self._held = station, ExitStack()
        self._waiting = False

    def burst(self, pulses: int, low_us: float, rate_hz: float, *, mark: int | None = None) -> PulseBurst:
        """So many pulses, low for `low_us`, at a rate: to be given to `camera.capture(pulses=...)`. Its cameras are in trigger mode now."""
        described = super().burst(pulses, low_us, rate_hz, mark=mark)
        if not self._waiting:
            names = [name for name, fitted in self.rig.cameras.items() if fitted.sync == "trigger"]
            self._held.enter_context(roles.held(self._station, names))
            self._waiting = True
        return described

    def release(self) -> None:
        """XTR high, and the cameras make frames by themselves again."""
        self.idle()
        self._waiting = False
        self._held.close()
