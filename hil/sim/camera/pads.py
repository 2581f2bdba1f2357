"""An input pad of a sensor: from the level of its wire to edges."""

from __future__ import annotations

from collections.abc import Callable

from hil.sim.wires import OVDD_V, Wires

VIL_V, VIH_V = 0.3 * OVDD_V, 0.7 * OVDD_V
"""Levels that are surely low and surely high: those of IMX219's public data sheet, assumed for its siblings."""

Listener = Callable[[int, bool], None]
"""Called with true time in ns and whether the level has become high."""


def _deaf(_t_ns: int, _high: bool) -> None:
    """Nobody listens."""


class InputPad:
    """A pad with hysteresis: between VIL and VIH it stays what it was."""

    def __init__(self, wires: Wires, pin: str) -> None:
        """`pin`: "gs.XTR"; one that is not wired stays at ground."""
        self._wires, self._pin = wires, pin
        self.listener: Listener = _deaf
        self.reset()
        wires.watch(pin, self._changed)

    def reset(self) -> None:
        """The sensor gets its supply: only a sure low is low."""
        self.high = self._wires.volts(self._pin) > VIL_V

    def silence(self) -> None:
        """Nobody is interested in edges any more."""
        self.listener = _deaf

    def _changed(self, t_ns: int, volts: float) -> None:
        high = volts >= VIH_V if not self.high else volts > VIL_V
        if high != self.high:
            self.high = high
            self.listener(t_ns, high)
