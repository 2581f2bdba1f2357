"""Which hole of the header a pin is: what somebody with a soldering iron counts."""

from __future__ import annotations

from collections.abc import Mapping

_GPIO = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22, 11: 23, 8: 24, 7: 26,
    0: 27, 1: 28, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
HOST: Mapping[str, tuple[int, ...]] = {
    **{f"GPIO{gpio}": (hole,) for gpio, hole in _GPIO.items()},
    "3V3": (1, 17), "5V": (2, 4), "GND": (6, 9, 14, 20, 25, 30, 34, 39),
}  # fmt: skip
"""The 40-pin header of a Raspberry Pi (`pinout` of gpiozero prints the same)."""

_GP = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 29)
PICO: Mapping[str, tuple[int, ...]] = {
    **{f"GP{number}": (hole,) for number, hole in enumerate(_GP)},
    "GP26": (31,), "GP27": (32,), "GP28": (34,), "AGND": (33,), "GND": (38, 28, 23, 18, 13, 8, 3),
    "RUN": (30,), "ADC_VREF": (35,), "3V3": (36,), "3V3_EN": (37,), "VSYS": (39,), "VBUS": (40,),
}  # fmt: skip
"""The edge of a Raspberry Pi Pico and Pico 2 (Pico data sheet, figure 4)."""

MCP3008: Mapping[str, tuple[int, ...]] = {**{f"CH{number}": (number + 1,) for number in range(8)}, "VREF": (15,), "GND": (14, 9)}
"""The 16-pin DIP (Microchip DS21295, package types)."""
