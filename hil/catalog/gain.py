"""How a sensor's gain register relates to its analogue gain, as libcamera's camera helpers compute it.

Source: libcamera src/ipa/rpi/cam_helper/cam_helper_<sensor>.cpp, functions gainCode() and gain(). Codes are truncated, never rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class _Formula:
    text: str
    code: Callable[[float], float]
    gain: Callable[[int], float]


FORMULAS: Final = {
    "linear16": _Formula("gain = code / 16", lambda gain: gain * 16.0, lambda code: code / 16.0),
    "hyperbolic256": _Formula("gain = 256 / (256 - code)", lambda gain: 256 - 256 / gain, lambda code: 256.0 / (256 - code)),
    "hyperbolic1024": _Formula("gain = 1024 / (1024 - code)", lambda gain: 1024 - 1024 / gain, lambda code: 1024.0 / (1024 - code)),
    "decibel": _Formula("gain = 10 ^ (code / 200)", lambda gain: 20 * math.log10(gain) * 10, lambda code: math.pow(10.0, code / 200.0)),
}


@dataclass(frozen=True, slots=True)
class GainModel:
    """The analogue gain of a sensor: its register's range and what a code means."""

    formula: str
    """A key of `FORMULAS`."""
    code_min: int
    code_max: int
    """The largest code the driver takes."""
    code_cap: int
    """The largest code libcamera asks for; less than `code_max` on IMX296 (239 of 480)."""

    @property
    def min(self) -> float:
        """The smallest gain the sensor has: 1.0, but 1.1228 on IMX708."""
        return self.gain(self.code_min)

    @property
    def max(self) -> float:
        """The largest gain that is really applied to the sensor."""
        return self.gain(self.code_cap)

    @property
    def max_reported(self) -> float:
        """The upper end of the AnalogueGain control as libcamera advertises it."""
        return self.gain(self.code_max)

    @property
    def text(self) -> str:
        """The formula as written in the driver's terms."""
        return FORMULAS[self.formula].text

    def code(self, gain: float) -> int:
        """The register code for a gain: truncated, then held within the sensor's range (libcamera's gainCode, the driver's clamp)."""
        if not gain > 0 or math.isinf(gain):
            raise ValueError(f"a gain is a positive number, not {gain!r}")
        return max(self.code_min, min(int(FORMULAS[self.formula].code(gain)), self.code_cap))

    def gain(self, code: int) -> float:
        """The gain of a register code (libcamera's gain)."""
        return FORMULAS[self.formula].gain(code)

    def nearest(self, gain: float) -> float:
        """The gain that a request for `gain` ends in."""
        return self.gain(self.code(gain))
