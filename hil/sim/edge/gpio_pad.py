"""One GPIO pad: its driver, its pull, and the logic level that its input sees, with hysteresis."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hil.sim.edge.gpio import Wiring

VIL_V, VIH_V = 0.8, 2.0
"""Below the one a pad reads low, above the other high; between them it keeps what it read (3.3 V I/O, BCM2711 and RP1 data sheets)."""

DRIVER_OHMS = 40.0
PULL_OHMS = 50_000.0
FIXED_PULL_OHMS = 1_800.0
"""On GPIO2 and GPIO3, soldered on every board."""

FIXED_PULLED = ("GPIO2", "GPIO3")

PULLED_UP = frozenset(f"GPIO{number}" for number in range(9))
"""From reset on; all others are pulled down (BCM2711 and RP1 peripherals data sheets)."""

Listener = Callable[[int, bool], None]
"""Called with true time in ns and the new level."""


def pull_at_reset(name: str) -> str:
    """Which way "GPIO17" is pulled before a program says otherwise."""
    return "up" if name in PULLED_UP else "down"


def pulled(pull: str, rail_v: float, name: str) -> tuple[float, float]:
    """Volts and ohms of a pull "up" or "down"."""
    return rail_v * (pull == "up"), FIXED_PULL_OHMS if name in FIXED_PULLED else PULL_OHMS


class Pad:
    """A pad of one host. It outlives the gpiozero pins that use it."""

    def __init__(self, wires: Wiring, pin: str, rail_v: float) -> None:
        """`pin`: its end of the wire, "pi-a.GPIO17"; `rail_v`: what it drives high. An input, pulled as at reset."""
        self._wires, self.pin, self._rail_v = wires, pin, rail_v
        self._name = pin.partition(".")[2]
        self.listener: Listener | None = None
        self.driven: bool | None = None
        """The level it drives; None as an input."""
        self.pulled = ""
        self.pull(pull_at_reset(self._name))
        self.level = wires.volts(pin) > (VIL_V + VIH_V) / 2
        wires.watch(pin, self._changed)

    def drive(self, level: bool | None) -> None:
        """Drive high or low; None is high impedance."""
        if level == self.driven:
            return
        self.driven = level
        self._wires.drive(self.pin, None if level is None else self._rail_v * level, DRIVER_OHMS)

    def pull(self, pull: str) -> None:
        """Pull "up", "down" or leave "floating"; GPIO2 and GPIO3 stay up."""
        pull = "up" if self._name in FIXED_PULLED else pull
        if pull == self.pulled:
            return
        self.pulled = pull
        if pull == "floating":
            self._wires.pull(self.pin, None)
        else:
            self._wires.pull(self.pin, *pulled(pull, self._rail_v, self._name))

    def _changed(self, t_ns: int, volts: float) -> None:
        level = self.level
        if volts >= VIH_V:
            level = True
        elif volts <= VIL_V:
            level = False
        if level is not self.level:
            self.level = level
            if self.listener is not None:
                self.listener(t_ns, level)
