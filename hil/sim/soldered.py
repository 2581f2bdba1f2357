"""The hidden truth of what is soldered: resistors within their tolerance, the pads of sensors, the strobe's LED."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hil.rig.wiring import Line
from hil.sim.truth import draw

USUAL_TOLERANCE = 0.05
"""Of a resistor of which the rig does not say one (assumed)."""


@dataclass(frozen=True, slots=True)
class PadTruth:
    """The sync pads of one camera."""

    clamp_v: float
    """Forward voltage of their protection diode to the sensor's supply: where they hold a wire while there is none."""
    clamp_ohms: float
    pull_up_ohms: float
    """The weak pull-up of XVS and XHS while it has."""


def pads(seed: int, camera: str) -> PadTruth:
    """The pads of the camera of that name in the rig."""
    return PadTruth(**{name: draw(seed, camera, "pads", name) for name in PadTruth.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class LedTruth:
    """The strobe's LED behind its sheet of paper."""

    lux_per_a: float
    rise_ns: float
    fall_ns: float


def led(seed: int) -> LedTruth:
    """The LED of the rig."""
    return LedTruth(**{name: draw(seed, "led", "led", name) for name in LedTruth.__dataclass_fields__})


def resistors(seed: int, wiring: Iterable[Line]) -> dict[str, float]:
    """True ohms of every resistor, anywhere within its tolerance; one that was broken or bridged on purpose stays so."""
    found = {}
    for part in (part for line in wiring for part in line.parts if part.kind == "R"):
        if part.value is not None and not part.is_open:
            spread = draw(seed, part.name, "resistor", "deviation") * (USUAL_TOLERANCE if part.tolerance is None else part.tolerance)
            found[part.name] = part.value * (1.0 + spread)
    return found
