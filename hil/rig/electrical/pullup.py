"""The resistor that keeps XTR high while the Pico does not drive it: in reset, in BOOTSEL, until boot.py runs.

It goes from the Pico's own 3V3 to the pin that pulses, not to XTR: behind the series resistor of the divider no value of it can lift
XTR above what the pin itself makes, and a low pulse stays low. A Pico without power does not profit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from hil.rig.electrical import facts
from hil.rig.electrical.model import Model
from hil.rig.electrical.state import State
from hil.rig.electrical.worst import Band, band, level
from hil.rig.model import Rig
from hil.rig.wiring import parse

LINE = "hold"
"""Name of the wiring line that it would be; hold1 where there is one already."""

_E12 = tuple(value * scale for scale in (10_000, 1_000, 100) for value in (8.2, 6.8, 5.6, 4.7, 3.9, 3.3, 2.7, 2.2, 1.8, 1.5, 1.2, 1.0))


@dataclass(frozen=True, slots=True)
class PullUp:
    """A pull-up that was checked in all states over all tolerances."""

    pin: str
    """The Pico's pin that it holds."""
    ohms: float
    text: str
    """As a wiring line has it: "pico.3V3 -- R9 1k 1% -- pico.GP28"."""
    released: Band
    """XTR while nothing drives: above VIH."""
    high: Band
    """XTR while the pin is high: below what the pad stands."""
    low: Band
    """XTR while the pin is low: below VIL."""
    rig: Rig
    """The rig with it, and with those before it."""


def pull_ups(rig: Rig) -> Iterator[PullUp]:
    """For every Pico pin that pulses an XTR: the largest value of E12 that does; nothing for a pin for which none does."""
    model = Model(rig)
    for pin in model.roles.triggers:
        if pin.partition(".")[0] in rig.picos:
            pad = next(pad for pad in model.roles.pads if pin in model.roles.drivers_of(pad))
            found = next((made for ohms in _E12 if (made := _with(rig, pin, pad, ohms)) is not None), None)
            if found is not None:
                yield found
                rig = found.rig


def _with(rig: Rig, pin: str, pad: str, ohms: float) -> PullUp | None:
    """The rig with it; None where a level or the current of the pin is out of bounds."""
    text = f"{pin.partition('.')[0]}.3V3 -- {_free('R', rig)} {_written(ohms)} 1% -- {pin}"
    name = LINE if LINE not in rig.wiring else _free(LINE, rig)
    model = Model(rig.with_lines((parse(name, text), *rig.lines)))
    released, high, low = (level(model, pad, State(pins=((pin, doing),))) for doing in (None, True, False))
    taken = band(model, pin, State(pins=((pin, False),)), lambda solution: solution.current(pin)).high
    sound = released.low >= facts.PAD_VIH_V and high.high <= facts.PAD_LIMIT_V and low.high <= facts.PAD_VIL_V
    return PullUp(pin, ohms, text, released, high, low, model.rig) if sound and taken <= facts.OUTPUT_LIMIT_A["pico"] else None


def _free(prefix: str, rig: Rig) -> str:
    """The next name for a part or line."""
    taken = {*rig.wiring, *(part.name for line in rig.lines for part in line.parts)}
    return next(name for number in itertools.count(1) if (name := f"{prefix}{number}") not in taken)


def _written(ohms: float) -> str:
    return f"{ohms / 1e3:g}k" if ohms >= 1e3 else f"{ohms:g}"
