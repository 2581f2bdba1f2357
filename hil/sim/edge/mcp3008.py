"""The MCP3008: eight channels, ten bits against its own reference, read over SPI as its data sheet (Microchip DS21295, 5.0) says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hil.sim import chance
from hil.sim.edge.gpio_truth import converter_truth

if TYPE_CHECKING:
    from hil.sim.edge.gpio import Header

CODES = 1024
BITS = 10


class Mcp3008:
    """One converter. Its inputs leak a little; what they sample settles well within a sampling time up to 10 kOhm of source."""

    def __init__(self, header: Header, name: str) -> None:
        """`name`: the rig's; its pins are name.CH0 to name.CH7, name.VREF and name.GND."""
        self._header, self._name = header, name
        self._truth = converter_truth(header.seed, name)
        self._conversions = 0
        for channel in range(8):
            if self._wired(f"CH{channel}"):
                header.wires.pull(f"{name}.CH{channel}", 0.0, self._truth.leak_mohm * 1e6)

    def transfer(self, data: list[int]) -> list[int]:
        """What comes back for what is sent, bit by bit: start, single/differential, three of channel, sample, null, ten of result."""
        sent = [byte >> bit & 1 for byte in data for bit in range(7, -1, -1)]
        back = [0] * len(sent)
        if 1 in sent and len(sent) - sent.index(1) > 5:
            start = sent.index(1)
            single, d2, d1, d0 = sent[start + 1 : start + 5]
            code = self._convert(bool(single), d2 << 2 | d1 << 1 | d0)
            result = [code >> bit & 1 for bit in range(BITS - 1, -1, -1)]
            for at, bit in enumerate(result, start + 7):
                if at < len(back):
                    back[at] = bit
        return [int("".join(map(str, back[at : at + 8])), 2) for at in range(0, len(back), 8)]

    def _convert(self, single: bool, channel: int) -> int:
        volts = self._volts(f"CH{channel}") - (0.0 if single else self._volts(f"CH{channel ^ 1}"))
        reference = self._volts("VREF") if self._wired("VREF") else self._header.rail_v
        if reference <= 0.0:
            return 0
        part = volts / reference
        true = self._truth
        self._conversions += 1
        noise = chance.normal(self._header.seed, self._name, "conversion", self._conversions, sigma=true.noise_lsb)
        code = part * (CODES + true.gain_lsb) + true.offset_lsb + 4.0 * true.inl_lsb * part * (1.0 - part) + noise
        return min(max(round(code), 0), CODES - 1)

    def _wired(self, pin: str) -> bool:
        return f"{self._name}.{pin}" in self._header.wired

    def _volts(self, pin: str) -> float:
        return self._header.wires.volts(f"{self._name}.{pin}") if self._wired(pin) else 0.0
