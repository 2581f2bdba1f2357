"""The wires of the twin: who drives which pin, what level that makes everywhere, and who is told of it.

The circuit is what is really soldered (with each resistor's true value, drawn within its tolerance), solved by `hil.rig.circuit`.
Every process of a twin keeps the same wires: what one drives, the others hear through the world's exchange.
"""

from __future__ import annotations

from collections.abc import Callable

from hil.rig.spec import TwinSpec
from hil.sim.world import World

Watcher = Callable[[int, float], None]
"""Called with true time in ns and the new level in volts, after every change of the pin's level."""


class Wires:
    """Everything that is soldered between the devices of a rig."""

    def __init__(self, world: World, spec: TwinSpec, seed: int) -> None:
        """`spec`: its wiring, cameras, hosts, Picos; nothing is driven yet, cameras without always-on are unpowered."""

    def drive(self, pin: str, volts: float | None, ohms: float = 40.0) -> None:
        """From now on `pin` ("pico.GP28") is driven to `volts` behind `ohms`; None lets it go (high impedance)."""

    def pull(self, pin: str, volts: float | None, ohms: float = 50_000.0) -> None:
        """From now on a resistor inside the device pulls `pin`; None takes it away."""

    def power(self, camera: str, *, on: bool) -> None:
        """The supply of a camera's sensor; unpowered, its pads are clamped to ground through its protection diodes."""

    def volts(self, pin: str) -> float:
        """The level of `pin` now."""
        raise NotImplementedError

    def watch(self, pin: str, watcher: Watcher) -> None:
        """Have `watcher` called whenever the level of `pin` changes."""
