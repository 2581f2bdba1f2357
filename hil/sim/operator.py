"""The operator of a simulated station: a finger on the start button, whose contact bounces."""

from __future__ import annotations

from typing import Protocol

from hil.rig.spec import TwinStation
from hil.sim.world import NS, World

CONTACT_OHMS = 0.1
PRESSED_S = 0.25
BOUNCES_US = (0, 180, 450, 610, 900, 1400)
"""After the first touch: closed, open, closed, ... Bounces of less than 2 ms are usual for tactile switches (assumed)."""


class Drives(Protocol):
    """What a button does to a wire (see `hil.sim.wires.Wires`)."""

    def drive(self, pin: str, volts: float | None, ohms: float = 40.0) -> None:
        """Hold a pin at a level, or let it go."""

    def begin(self, pin: str, how: str, volts: float, ohms: float) -> None:
        """What holds before anybody acts."""


def enter(world: World, wires: Drives, station: TwinStation) -> None:
    """Have the operator press the button when the specification says."""
    if not station.start:
        return
    if station.held:
        wires.begin(station.start, "drive", 0.0, CONTACT_OHMS)
    elif station.start_at_s > 0:
        at_ns = round(station.start_at_s * NS)
        for number, us in enumerate(BOUNCES_US):
            world.at(at_ns + us * 1000, _touch, wires, station.start, number % 2 == 0)
        world.at(at_ns + round(PRESSED_S * NS), _touch, wires, station.start, False)


def _touch(wires: Drives, pin: str, closed: bool) -> None:
    wires.drive(pin, 0.0 if closed else None, CONTACT_OHMS)
