"""What is asked of a Pico and what it answers, as plain data: pulse trains, what became of them, voltages, who it is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from hil.errors import UserError

Generator = Literal["pio", "pwm"]
_GPIO = re.compile(r"(?:[\w-]+\.)?GP(\d{1,2})", re.ASCII)


def gpio(pin: str) -> int:
    """The number in "pico.GP28" or "GP28"."""
    found = _GPIO.fullmatch(pin)
    if found is None:
        raise UserError(f'"{pin}" is no pin of a Pico', "", 'write "pico.GP28" or "GP28"')
    return int(found[1])


@dataclass(frozen=True, slots=True)
class PicoInfo:
    """What a Pico says of itself."""

    id: str
    """Its serial number."""
    firmware: str
    micropython: str
    board: str
    clk_sys_hz: int
    """The clock that all its edges are made from, read back."""
    asserted_before_boot_us: int | None
    """How long after power-on the trigger pin was let go, and so held low by a divider; None where it was never let go."""


@dataclass(frozen=True, slots=True)
class Train:
    """A train of low pulses on a pin that idles high."""

    pin: str
    low_us: float
    period_us: float
    """From fall to fall."""
    pulses: int | None = None
    """None: until told otherwise."""
    mark: int | None = None
    """The gap after this pulse, counted from 0, is `mark_gap_us`: so the train shows which pulse is which."""
    mark_gap_us: float = 0.0
    """From the marked pulse's fall to the next one's."""
    generator: Generator = "pio"
    """"pwm" is the documentation page's snippet with its quantisation, endless; below 8 Hz it is "pio" all the same."""
    start_delay_us: float = 0.0

    @property
    def lasts_s(self) -> float:
        """From its start to the last rise; infinite if endless."""
        if self.pulses is None:
            return math.inf
        longer = self.mark_gap_us - self.period_us if self.mark is not None else 0.0
        return (self.start_delay_us + (self.pulses - 1) * self.period_us + longer + self.low_us) / 1e6

    @property
    def longest_gap_s(self) -> float:
        """The longest time without a fall."""
        return max(self.period_us, self.mark_gap_us if self.mark is not None else 0.0, self.start_delay_us) / 1e6


@dataclass(frozen=True, slots=True)
class PulseLedger:
    """What the Pico has done for the last train, counted on the pin itself."""

    generator: str
    """"pio", "pwm", or "none" before the first train."""
    clk_sys_hz: int
    low_us: float
    """Granted, on its own clock."""
    period_us: float
    """Granted, on its own clock."""
    pulses: int | None
    """Asked for; None: endless."""
    sent: int
    """Falls so far."""
    t0_us: int
    """Its timer, modulo 2**30 us, when the train began."""
    running: bool
