"""The light of one LED pulse, and what of it falls into an exposure.

Current on at 0, off after `width_us`. The light follows the current with an exponential rise; after it, most of it decays with one time
constant and a share with a longer one (the phosphor of a white LED). An exposure [from, to] collects the difference of the running
integral, a closed form; a rolling shutter's row profile and a global shutter's strobe scan are the same two corners and two ramps of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHORTEST_US: Final = 1e-3
"""Time constants below a nanosecond are none, and would divide by zero."""


@dataclass(frozen=True, slots=True)
class Led:
    """How an LED's light follows its current; time constants in us."""

    rise_us: float = 0.0
    fall_us: float = 0.0
    tail_share: float = 0.0
    """Part of the light, 0 to 1, that decays with `tail_us` instead of `fall_us`."""
    tail_us: float = 0.0


USUAL: Final = Led(rise_us=0.4, fall_us=0.4, tail_share=0.05, tail_us=15.0)
"""Where the shape of an LED starts from: tens of ns for a plain LED, tens of us for the tail of a phosphor. Assumed; the data overrule
it."""

SPREAD: Final = Led(rise_us=1.0, fall_us=1.0, tail_share=0.15, tail_us=10.0)
"""Standard uncertainties of it. Of the time constants themselves, not of their logarithms: a fit that ends at 0 would claim to know it."""


def glow(t_us: Floats, width_us: Floats | float, led: Led) -> Floats:
    """Light from the start of a pulse of unit level to `t_us` after it, in us of full light; arrays broadcast."""
    inside = np.clip(t_us, 0.0, width_us)
    after = np.maximum(t_us - width_us, 0.0)
    reached = 1.0 - np.exp(-width_us / max(led.rise_us, SHORTEST_US))
    decay = (1.0 - led.tail_share) * _corner(after, led.fall_us)
    if led.tail_share:
        decay = decay + led.tail_share * _corner(after, led.tail_us)
    light: Floats = inside - _corner(inside, led.rise_us) + reached * decay
    return light


def collected(from_us: Floats, to_us: Floats, width_us: Floats | float, led: Led) -> Floats:
    """Light that exposures from `from_us` to `to_us` after the start of the pulse collect, in us of full light."""
    return glow(to_us, width_us, led) - glow(from_us, width_us, led)


def _corner(t_us: Floats, constant_us: float) -> Floats:
    """What an exponential settling with this time constant has cost, or given, `t_us` after its start."""
    constant = max(constant_us, SHORTEST_US)
    lost: Floats = -constant * np.expm1(-t_us / constant)
    return lost
