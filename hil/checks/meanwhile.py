"""What happened to the hosts while tests ran: a supply that sagged, a chip that grew hot, a driver that complained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hil.drivers.monitor import Vitals, vitals
from hil.errors import RigError

if TYPE_CHECKING:
    from hil.clock import Clock
    from hil.drivers.host import Host

EVERY_S = 10.0
"""On the rig's clock: how often a host is looked at, at most."""

HOT_C = 80.0
"""Where firmware begins to slow the processor down (raspberrypi.com, "Frequency management and thermal control")."""

UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_SINCE_BOOT = 16

COMPLAINTS = re.compile(
    r"(?i).*(under-?voltage detected|unicam|rp1-cfe|imx\d{3}|ov5647|csi2?|usb .*disconnect|out of memory|oom-kill|i/o error|mmc\d.*error"
    r"|hung_task|blocked for more than)"
)
"""Messages of the kernel that may explain what went wrong on a rig."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that somebody should know of who reads the figures."""

    cause: str
    says: str
    host: str
    seen: tuple[str, ...]
    do: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one host."""

    host: str
    vitals: Vitals
    happened: tuple[Happening, ...]


@dataclass
class Watch:
    """Looks at every host of a rig; each cause is told once for each host."""

    hosts: Mapping[str, Host]
    clock: Clock
    _looked_ns: int | None = None
    _first: dict[str, Vitals] = field(default_factory=dict)
    _logged_s: dict[str, float | None] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def look(self, *, anyway: bool = False) -> Iterator[Look]:
        """A look at each host, unless the one before was less than `EVERY_S` ago. A host that is gone is left out: others name it."""
        now_ns = self.clock.now_ns()
        if not anyway and self._looked_ns is not None and now_ns - self._looked_ns < EVERY_S * 1e9:
            return
        self._looked_ns = now_ns
        for name, host in self.hosts.items():
            try:
                seen = vitals(host, self._logged_s.get(name))
            except RigError:
                continue
            first = self._first.setdefault(name, seen)
            self._logged_s[name] = seen.logged_s
            yield Look(name, seen, tuple(self._new(happened(name, first, seen))))

    def _new(self, found: Iterator[Happening]) -> Iterator[Happening]:
        for one in found:
            if (one.host, one.cause) not in self._told:
                self._told.add((one.host, one.cause))
                yield one


def happened(host: str, first: Vitals, now: Vitals) -> Iterator[Happening]:
    """What is to be told of a look, held against the first one of the run."""
    bits = _bits(first, now)
    seen = [f"vcgencmd get_throttled: {now.throttled:#x}"] if now.throttled is not None else []
    if bits & UNDER_VOLTAGE:
        says = f"the supply of {host} sagged below 4.63 V while the tests ran"
        yield Happening(
            "under-voltage", says, host, (*seen, *_about(now, "voltage")), ("a stronger supply, and a short thick cable to it",)
        )
    if bits & (CAPPED | THROTTLED | SOFT_LIMIT) and not bits & UNDER_VOLTAGE:
        yield Happening("throttled", f"{host} ran slower than it can: too hot", host, (*seen, _temperature(now)), ("a cooler, and air",))
    elif (now.temperature_c or 0.0) >= HOT_C:
        yield Happening("hot", f"{host} is at {now.temperature_c:.0f} °C", host, (_temperature(now),), ("a cooler, and air",))
    complaints = tuple(line for line in now.kernel if COMPLAINTS.match(line) and "voltage" not in line.lower())
    if complaints:
        says = f"the kernel of {host} complained while the tests ran: {complaints[0]}"
        yield Happening("kernel complaint", says, host, complaints, (f"on {host}: dmesg",))


def _bits(first: Vitals, now: Vitals) -> int:
    """What holds now, or has come since the first look."""
    if now.throttled is None:
        return 0
    since = now.throttled & ~(first.throttled or 0)
    return (now.throttled & 0xF) | (since >> _SINCE_BOOT & 0xF)


def _about(now: Vitals, word: str) -> tuple[str, ...]:
    return tuple(line for line in now.kernel if word in line.lower())


def _temperature(now: Vitals) -> str:
    return "temperature unknown" if now.temperature_c is None else f"{now.temperature_c:.1f} °C"
