"""How a host is doing: throttling, temperature, load and what its kernel has said since. Asked for between tests, never during a burst."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hil.drivers.host import Host, at_its_host, read_text

MOST_LINES = 20
"""Of the kernel log that are kept of one look; a driver that fails can fill it with thousands."""

_STAMPED = re.compile(r"\[ *(\d+\.\d+)\] (.*)")


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at a host; None for what it does not tell."""

    throttled: int | None
    """The firmware's bits (vcgencmd get_throttled): 0 to 3 now, 16 to 19 since boot: under-voltage, capped, throttled, soft limit."""
    temperature_c: float | None
    """Of its chip, in degrees Celsius."""
    load: float | None
    """Processes that run or wait to, mean of the last minute (proc(5))."""
    kernel: tuple[str, ...] = ()
    """What the kernel has logged since the look before, the latest of it."""
    logged_s: float | None = None
    """The kernel's own time of its last message, in s since boot."""


@at_its_host
def vitals(host: Host, since_s: float | None = None) -> Vitals:
    """Look at a host; `since_s`: `logged_s` of the look before. Without it the kernel's old messages are not told."""
    said = host.run(["dmesg"])
    lines = [(float(found[1]), found[2]) for text in said.stdout.splitlines() if (found := _STAMPED.match(text))]
    new = [text for at_s, text in lines if since_s is not None and at_s > since_s]
    return Vitals(
        throttled=_throttled(host),
        temperature_c=_number(read_text(host, "/sys/class/thermal/thermal_zone0/temp"), 1e-3),
        load=_number(read_text(host, "/proc/loadavg"), 1.0),
        kernel=tuple(new[-MOST_LINES:]),
        logged_s=lines[-1][0] if lines else since_s,
    )


def _throttled(host: Host) -> int | None:
    said = host.run(["vcgencmd", "get_throttled"])
    found = re.fullmatch(r"throttled=(0x[0-9a-fA-F]+)", said.stdout.strip())
    return int(found[1], 16) if found else None


def _number(text: str | None, scale: float) -> float | None:
    """The first number of a file's text."""
    try:
        return round(float((text or "").split()[0]) * scale, 3)
    except (IndexError, ValueError):
        return None
