"""What pins stand, give and take, with the source of each figure. Spans are (lowest, typical, highest).

The data sheets of IMX477 and IMX296 are under NDA: what no public source gives is marked "assumed" and is wide.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A quantity known only within bounds."""

    low: float
    typical: float
    high: float


@dataclass(frozen=True, slots=True)
class Load:
    """What a device does to a pin, within bounds: a source of `volts` behind `ohms`; a clamp takes current above `volts` only."""

    volts: Span
    ohms: Span
    clamp: bool = False


def exactly(value: float) -> Span:
    """A quantity that is known."""
    return Span(value, value, value)


def plus(one: Span, other: Span) -> Span:
    """The sum of two quantities that know nothing of each other."""
    return Span(one.low + other.low, one.typical + other.typical, one.high + other.high)


NEVER = 1e9
"""Ohms of what is not there."""

# Camera pads XVS, XHS, XTR: 1.8 V logic.
PAD_LIMIT_V = 2.1
"""OVDD + 0.3 V, OVDD = 1.8 V: IMX296 data sheet as quoted in raspberrypi/documentation issue 3237. Assumed for IMX477 as well."""
PAD_VIH_V, PAD_VIL_V = 1.26, 0.54
"""0.7 and 0.3 of 1.8 V: CCI pins of the public IMX219 data sheet (IMX219PQH5-C, page 23). Assumed for IMX477 and IMX296."""
PAD_SUPPLY_V = Span(1.71, 1.8, 1.89)
"""The cameras' 1.8 V rail, 5 % (assumed)."""
PAD_PULL_UP = Load(PAD_SUPPLY_V, Span(20e3, 100e3, 1e6))
"""On XVS and XHS of a powered sensor "there is still a weak pull-up" (imx477.c, stop streaming); its strength is assumed."""
PAD_OUTPUT_OHMS = Span(20.0, 60.0, 200.0)
"""A source that drives XVS; no public figure for its strength (assumed)."""
PAD_DIODE_V, PAD_DIODE_OHMS = Span(0.4, 0.6, 0.7), Span(20.0, 100.0, 300.0)
"""The protection diode from a pad to its supply (assumed)."""
PAD_UNPOWERED = Load(PAD_DIODE_V, PAD_DIODE_OHMS, clamp=True)
"""Sensors without supply clamp XVS, XHS and XTR near ground (raspberrypi/linux PR 5774): there is no supply, so the diode ends at 0 V."""
PAD_POWERED = Load(plus(PAD_SUPPLY_V, PAD_DIODE_V), PAD_DIODE_OHMS, clamp=True)
"""The same diode with supply: what lifts a pad above it is held near 2.4 V, unless it is strong."""
INJECTED_LIMIT_A = 2e-3
"""Most current into a pad without supply. Assumed: no public figure; comparable inputs are rated 2 to 20 mA."""
INJECTED_NOTICE_A = 0.5e-3
"""Above this, current into a pad without supply is worth a warning (assumed)."""

# 3.3 V logic of Raspberry Pi and Pico.
SUPPLY_TOLERANCE = 0.05
"""Relative, of 3V3 and 5V rails (assumed)."""
LOGIC_V = Span(3.135, 3.3, 3.465)
LOGIC_VIH_V, LOGIC_VIL_V = 2.0, 0.8
"""RP2040 data sheet, 5.5.3, IOVDD = 3.3 V; the Pi's header is taken to need the same."""
LOGIC_LIMIT_V = 3.6
"""3.3 V pins are not 5 V tolerant: IOVDD + 0.3 V (RP2040 data sheet, 5.5.3)."""
OUTPUT_OHMS = Span(20.0, 40.0, 60.0)
"""An output of Pi or Pico at its usual drive strength: 0.3 V at 8 mA (assumed)."""
OUTPUT_LIMIT_A = {"host": 16e-3, "pico": 12e-3}
"""The strongest drive setting of a pin (BCM2711 peripherals, 5.2; RP2040 data sheet, 2.19.6)."""
SUPPLY_LIMIT_A = 0.05
"""What a rig may draw from a 3V3 pin; its circuits need a few mA (assumed: 50 mA, the old limit of the Pi's header)."""
PICO_PULL_DOWN = Load(exactly(0.0), Span(50e3, 65e3, 80e3))
"""On every pin of a Pico in reset, and of one that only listens (RP2040 data sheet, 2.19.4 and 5.5.3)."""
HOST_PULL = Span(40e3, 50e3, 65e3)
"""Ohms of the pulls of a Pi's header: up on GPIO0 to GPIO8, down on all others after reset (BCM2711 peripherals, 5.2)."""
PICO_ADC = Load(exactly(0.0), Span(100e3, 1e6, NEVER))
"""Input of the Pico's ADC: 100 kOhm at least (RP2040 data sheet, 4.9, R_IN_ADC)."""
MCP3008 = Load(exactly(0.0), Span(1.5e6, 100e6, NEVER))
"""Leakage of 1 uA at most (Microchip DS21295, DC characteristics)."""
SHIFTER_OHMS = Span(20.0, 100.0, 300.0)
"""Output of a level shifter or comparator (assumed)."""
E9_LEAKAGE_A, E9_LEVEL_V = 120e-6, 2.2
"""RP2350 erratum E9: an input between its thresholds gives up to 120 uA and holds itself near 2.2 V (RP2350 data sheet, appendix E)."""
RESISTOR_TOLERANCE = 0.05
"""Where a rig does not say one (assumed: the cheapest that one buys)."""
