"""How the hosts were doing while a run lasted, as its record keeps it: extremes, and what happened when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hil.report.events import Event


def summary(looks: Iterable[Event]) -> list[Event]:
    """One entry for each host, in the order in which they were first looked at."""
    of_host: dict[str, list[Event]] = {}
    for look in looks:
        of_host.setdefault(str(look["host"]), []).append(look)
    return [_of(host, found) for host, found in of_host.items()]


def _of(host: str, looks: list[Event]) -> Event:
    throttled = [int(look["throttled"]) for look in looks if look["throttled"] is not None]
    bits = 0
    for value in throttled:
        bits |= value
    return {
        "host": host,
        "looks": len(looks),
        "throttled": f"{bits:#x}" if throttled else None,
        "temperature_c": _extremes(looks, "temperature_c"),
        "load": _extremes(looks, "load"),
        "kernel": [{"before": look["test"], "text": text} for look in looks for text in look["kernel"]],
    }


def _extremes(looks: list[Event], name: str) -> list[float] | None:
    values = [float(look[name]) for look in looks if look[name] is not None]
    return [min(values), max(values)] if values else None


def in_words(one: Mapping[str, Any]) -> str:
    """An entry in one line: "48.7 .. 52.1 °C · load up to 0.42 · never throttled"."""
    heat, load, throttled = one["temperature_c"], one["load"], one["throttled"]
    told = []
    if heat:
        told.append(f"{heat[0]:.1f} .. {heat[1]:.1f} °C" if heat[0] != heat[1] else f"{heat[0]:.1f} °C")
    if load:
        told.append(f"load up to {load[1]:.2f}")
    if throttled is not None:
        told.append("never throttled" if throttled == "0x0" else f"throttled {throttled}")
    if one["kernel"]:
        count = len(one["kernel"])
        told.append(f"{count} new line{'s' if count > 1 else ''} in the kernel log")
    return " · ".join(told)
