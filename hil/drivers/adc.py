"""An MCP3008 on a Pi's SPI, through gpiozero: volts with an uncertainty from its data sheet (Microchip DS21295)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hil.drivers.host import Host
from hil.drivers.pin_factory import spi_device_on
from hil.errors import UserError
from hil.measure import Measurement
from hil.measure.budget import rectangular, type_a

READINGS = 64
CODES = 1024
REFERENCE_V = 3.3
REFERENCE_TOLERANCE = 0.03
"""Half width, relative, of the Pi's 3V3 that its VREF hangs on: assumed, type B rectangular."""

ERRORS_LSB = (("offset error, 1.5 LSB", 1.5), ("gain error, 1 LSB", 1.0), ("non-linearity, 1 LSB", 1.0), ("resolution", 0.5))
"""Half widths of what the data sheet allows: type B rectangular."""

_CHANNELS = {"MCP3008": 8}


@dataclass(frozen=True, slots=True)
class Wired:
    """A converter as the rig file has it."""

    chip: str = "MCP3008"
    select: int = 0
    """Its chip select line: 0 is CE0 (GPIO8), 1 is CE1 (GPIO7)."""


def read(host: Host, name: str, wired: Wired, channel: int) -> Measurement:
    """The voltage at a channel, mean of `READINGS`, as if VREF were 3.3 V: what hangs on the same 3V3 is exact, however far that is off."""
    channels = _CHANNELS.get(wired.chip, 0)
    if not 0 <= channel < channels:
        raise UserError(f"{name}.CH{channel} asked for", f"{wired.chip} has {channels} channels, from 0 on")
    with spi_device_on(host, wired.chip, channel=channel, port=0, device=wired.select) as device:
        codes = np.array([device.raw_value for _ in range(READINGS)], dtype=np.float64)
    return _volts(codes, name, channel)


def _volts(codes: np.ndarray, name: str, channel: int) -> Measurement:
    lsb_v = REFERENCE_V / CODES
    volts = float(codes.mean()) * lsb_v
    parts = [
        type_a("scatter of the readings", float(codes.std(ddof=1)) / math.sqrt(len(codes)) * lsb_v),
        *(rectangular(what, half * lsb_v) for what, half in ERRORS_LSB),
        rectangular(f"reference, {REFERENCE_TOLERANCE:.0%}", volts * REFERENCE_TOLERANCE),
    ]
    method = f"mean of {len(codes)} conversions of {name}.CH{channel} against 3.3 V"
    return Measurement.of("voltage", volts, "V", parts, len(codes), method)
