"""Whether a host is well: supply, cooling, room on its disk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.view import View
from hil.drivers.host import read_text

_UNDER_VOLTAGE, _CAPPED, _THROTTLED, _SOFT_LIMIT = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_SINCE_BOOT = 16
"""Bits of `vcgencmd get_throttled`, and how far up the same ones stand for the time since boot (documentation of vcgencmd)."""
_HOT_C, _WARM_C = 80.0, 70.0
"""Firmware begins to throttle at 80 degrees Celsius."""
_FULL_KB, _TIGHT_KB = 500_000, 2_000_000


def power(view: View) -> Iterator[Line]:
    """Temperature, and what the firmware says of supply and throttling now and since boot."""
    degrees = _temperature_c(view)
    said = re.search(r"throttled=(0x[0-9a-f]+)", view.run("vcgencmd", "get_throttled").stdout)
    bits = int(said[1], 16) if said else 0
    if bits & (_UNDER_VOLTAGE | _UNDER_VOLTAGE << _SINCE_BOOT):
        when = "now" if bits & _UNDER_VOLTAGE else "since boot"
        slowed = ", and the processor is slowed down" if bits & (_CAPPED | _THROTTLED) else ""
        text = f"under-voltage {when}{slowed} (throttled={bits:#x}): cameras drop out and frames are late"
        yield repair("power", text, _supply(view), "take other loads off its USB, then reboot: the history ends with it")
    elif bits & (_CAPPED | _THROTTLED | _SOFT_LIMIT):
        yield repair("power", f"it is throttled now by its temperature (throttled={bits:#x}): frames are late", "fit a heat sink or a fan")
    elif bits:
        yield note("power", f"it was throttled by its temperature since boot (throttled={bits:#x})", "fit a heat sink or a fan")
    if degrees is not None and degrees >= _HOT_C:
        yield repair("temperature", f"{degrees:.0f} °C; from {_HOT_C:.0f} °C on it is throttled", "fit a heat sink or a fan")
    elif degrees is not None and degrees >= _WARM_C:
        yield note("temperature", f"{degrees:.0f} °C; from {_HOT_C:.0f} °C on it is throttled", "fit a heat sink or a fan")
    elif said and not bits:
        yield ok("power", f"no under-voltage and no throttling since boot{f', {degrees:.0f} °C' if degrees is not None else ''}")
    if said is None:
        yield note("power", "vcgencmd does not answer: nothing is known of under-voltage and throttling", "is the user in group video?")


def _temperature_c(view: View) -> float | None:
    text = read_text(view.host, "/sys/class/thermal/thermal_zone0/temp") or ""
    return int(text) / 1000 if text.isdigit() else None


def _supply(view: View) -> str:
    if view.model.startswith(("Raspberry Pi 5", "Raspberry Pi 500", "Raspberry Pi Compute Module 5")):
        return "use the 27 W USB-C supply (5.1 V, 5 A)"
    return "use a supply of 5.1 V and 3 A (2.5 A before the Raspberry Pi 4) with its own short cable"


def disk(view: View) -> Iterator[Line]:
    """Room for reports, logs and the files of a test."""
    rows = [line.split() for line in view.run("df", "-Pk", "/", "/tmp").stdout.splitlines()[1:]]
    places = {row[-1]: int(row[3]) for row in rows if len(row) >= 6 and row[3].isdigit()}
    for place, free in places.items():
        if free < _FULL_KB:
            fix = ("sudo apt clean; sudo journalctl --vacuum-size=50M", f"sudo du -xh {place} | sort -h | tail   names what is large")
            yield repair("disk", f"disk {place}: {free // 1024} MiB free; tests and their evidence need {_FULL_KB // 1024}", *fix)
        elif free < _TIGHT_KB:
            yield note("disk", f"disk {place}: {free // 1024} MiB free")
    if places and min(places.values()) >= _TIGHT_KB:
        yield ok("disk", f"disk: {min(places.values()) / 1024**2:.0f} GiB free")
