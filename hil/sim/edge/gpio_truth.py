"""What is drawn for a host's header and for a converter: how late edges are stamped, how far off a converter reads."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hil.sim import chance, truth


@dataclass(frozen=True, slots=True)
class HeaderTruth:
    """One host's header as it really is; times in ns of true time."""

    seed: int
    host: str
    latency_ns: float
    jitter_ns: float
    late_every: float
    late_ns: float
    wake_ns: float
    write_ns: float

    def stamp_delay_ns(self, pin: str, edge_ns: int) -> int:
        """From an edge at `edge_ns` to its time stamp: a constant, an exponential tail, rarely another interrupt in between."""
        key = (self.host, "gpio", pin, edge_ns)
        delay = self.latency_ns + _exponential(self.jitter_ns, chance.uniform(self.seed, *key))
        if chance.uniform(self.seed, *key, "late") * self.late_every < 1.0:
            delay += _exponential(self.late_ns, chance.uniform(self.seed, *key, "late by"))
        return round(delay)

    def write_delay_ns(self, pin: str, now_ns: int) -> int:
        """From a program's write to the level on the pin."""
        return round(_exponential(self.write_ns, chance.uniform(self.seed, self.host, "write", pin, now_ns)))


@dataclass(frozen=True, slots=True)
class ConverterTruth:
    """One MCP3008 as it really is, in LSB."""

    offset_lsb: float
    gain_lsb: float
    inl_lsb: float
    noise_lsb: float
    leak_mohm: float


def header_truth(seed: int, host: str) -> HeaderTruth:
    """The truth of a host's header."""
    return HeaderTruth(seed, host, **truth.drawn(seed, host, "gpio"))


def converter_truth(seed: int, name: str) -> ConverterTruth:
    """The truth of the MCP3008 `name`."""
    return ConverterTruth(**truth.drawn(seed, name, "mcp3008"))


def _exponential(mean: float, uniform: float) -> float:
    return -mean * math.log1p(-uniform)
