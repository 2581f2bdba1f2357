"""The light of the simulated world, integrated exactly over the exposure of every row.

A `Light` is plain data: steady lamps, lamps that flicker with the mains, and strobe pulses of an LED with its rise and fall.
Illuminance is in lux on the scene, time in true nanoseconds of the world. The integrals are closed forms, so a pulse of
one microsecond in an exposure of ten minutes loses nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_BAND_NM = {"R": 605.0, "G": 535.0, "B": 460.0}
_SECOND_RADIATION_NM_K = 1.438777e7
# Filter and quantum efficiency of a typical colour sensor relative to green (assumed; it makes daylight ask for red 1.8, blue 1.6).
_FILTER = {"R": 0.56, "G": 1.0, "B": 0.67}
# What a filterless (NoIR) module adds to every channel per unit of a black body's near infrared (assumed).
_INFRARED_NM, _INFRARED_LEAK = 800.0, 0.25


@dataclass(frozen=True, slots=True)
class Pulse:
    """One flash of an LED: current on at `start_ns`, off at `stop_ns` (true time)."""

    start_ns: int
    stop_ns: int
    lux: float
    """Level that a long pulse reaches."""
    rise_ns: float = 0.0
    """Time constant of the exponential rise; 0 for an ideal edge."""
    fall_ns: float = 0.0
    """Time constant of the exponential fall; 0 for an ideal edge."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp of mean level `lux` whose light follows 2 sin^2 of the mains: `1 - depth * cos(2 pi f t + phase)`."""

    lux: float
    frequency_hz: float = 100.0
    """Twice the mains frequency: 100 or 120 Hz."""
    depth: float = 0.0
    """0 steady, 1 dark at every zero crossing."""
    phase_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Light:
    """Everything that shines on a scene; the default is darkness."""

    lux: float = 0.0
    """Steady level."""
    temperature_k: float = 5000.0
    """Colour temperature of all of it; grey looks grey only after white balance."""
    lamps: tuple[Lamp, ...] = ()
    pulses: tuple[Pulse, ...] = ()

    def integral(self, start_ns: int, offset_ns: Floats, exposure_ns: float) -> Floats:
        """Light in lux seconds over [start + offset, start + offset + exposure], one value per element of `offset_ns`."""
        total = np.full(offset_ns.shape, self.lux * exposure_ns)
        for lamp in self.lamps:
            total += _lamp_integral(lamp, start_ns, offset_ns, exposure_ns)
        for pulse in self.pulses:
            total += _pulse_integral(pulse, start_ns, offset_ns, exposure_ns)
        return total * 1e-9

    def steady_over(self, start_ns: int, stop_ns: int) -> bool:
        """Whether the level does not change between two instants (true time)."""
        return not any(lamp.depth for lamp in self.lamps) and not any(_touches(pulse, start_ns, stop_ns) for pulse in self.pulses)


DARK = Light()


def channel_response(temperature_k: float, noir: bool = False) -> tuple[float, float, float]:
    """Response (red, green, blue) of a sensor to a white surface under a black body, relative to its green at 5000 K without infrared.

    Planck's law at one wavelength per filter, normalised to equal lux (taken as the green band). A NoIR module has no infrared
    filter: every channel gets the same leak on top, which is why its pictures are pink.
    """
    red, green, blue = (_FILTER[band] * _planck(_BAND_NM[band], temperature_k) for band in "RGB")
    leak = _INFRARED_LEAK * _planck(_INFRARED_NM, temperature_k) if noir else 0.0
    return ((red + leak) / green, 1.0 + leak / green, (blue + leak) / green)


def _planck(wavelength_nm: float, temperature_k: float) -> float:
    """Photons per wavelength of a black body, relative to a scale common to all wavelengths."""
    return (500.0 / wavelength_nm) ** 4 / math.expm1(_SECOND_RADIATION_NM_K / (wavelength_nm * temperature_k))


def _lamp_integral(lamp: Lamp, start_ns: int, offset_ns: Floats, exposure_ns: float) -> Floats:
    if not lamp.depth or not lamp.frequency_hz:
        return np.full(offset_ns.shape, lamp.lux * exposure_ns)
    omega = 2.0 * math.pi * lamp.frequency_hz * 1e-9
    # sin b - sin a as a product: exact also for an exposure of a microsecond hours after the start of the world.
    middle = omega * (offset_ns + 0.5 * exposure_ns) + (_whole_cycles_removed(lamp.frequency_hz, start_ns) + lamp.phase_rad)
    swing = 2.0 * np.cos(middle) * math.sin(0.5 * omega * exposure_ns) / omega
    return np.asarray(lamp.lux * (exposure_ns - lamp.depth * swing), dtype=np.float64)


def _whole_cycles_removed(frequency_hz: float, t_ns: int) -> float:
    """Phase in rad at `t_ns`, computed in integers: a float would lose the phase after days of simulated time."""
    numerator, denominator = frequency_hz.as_integer_ratio() if isinstance(frequency_hz, float) else (frequency_hz, 1)
    cycle = denominator * 1_000_000_000
    return 2.0 * math.pi * ((numerator * t_ns) % cycle) / cycle


def _pulse_integral(pulse: Pulse, start_ns: int, offset_ns: Floats, exposure_ns: float) -> Floats:
    begin = offset_ns - float(pulse.start_ns - start_ns)
    length = float(pulse.stop_ns - pulse.start_ns)
    return pulse.lux * (_glow(pulse, length, begin + exposure_ns) - _glow(pulse, length, begin))


def _glow(pulse: Pulse, length_ns: float, t_ns: Floats) -> Floats:
    """Integral of a unit pulse from its start to `t_ns` after it, in ns."""
    inside = np.clip(t_ns, 0.0, length_ns)
    after = np.maximum(t_ns - length_ns, 0.0)
    reached = 1.0 - _decay(length_ns, pulse.rise_ns)
    return inside - pulse.rise_ns * (1.0 - _decays(inside, pulse.rise_ns)) + reached * pulse.fall_ns * (1.0 - _decays(after, pulse.fall_ns))


def _decay(t_ns: float, constant_ns: float) -> float:
    return math.exp(-t_ns / constant_ns) if constant_ns else 0.0


def _decays(t_ns: Floats, constant_ns: float) -> Floats:
    return np.exp(-t_ns / constant_ns) if constant_ns else np.zeros_like(t_ns)


def _touches(pulse: Pulse, start_ns: int, stop_ns: int) -> bool:
    """Whether the pulse shines between two instants; after 40 time constants nothing is left of a fall."""
    return pulse.lux != 0.0 and pulse.start_ns < stop_ns and pulse.stop_ns + 40.0 * pulse.fall_ns > start_ns
