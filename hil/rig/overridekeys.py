"""Which keys `--set` has, and what each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hil import catalog
from hil.errors import UserError
from hil.rig import rewire
from hil.rig.model import Camera, Rig
from hil.rig.words import a, kind, listed, meant, quoted

HOST: Mapping[str, type] = {
    "kernel": str, "os": str, "camera_timeout_ms": int, "undervoltage_at_s": float,
    "board": str, "overlay": str, "groups": str, "sudo": bool, "cma_mb": int, "throttled": int, "temperature_c": float,
    "disk_free_mb": int, "clock_set": bool, "picamera2": str,
}  # fmt: skip
CAMERA: Mapping[str, type] = {
    "module": str, "port": str, "present": bool, "i2c_error": bool, "held_by": int, "driver": str, "link_frequency_mhz": float, "hdr": bool,
    "lens": str, "adapter": str, "sync": str, "always_on": bool, "Q2": str, "R11": str, "MAS": str,
    "frame_stretch": float, "late_s": float, "ignores_every": int, "light_offset_ms": float, "specimen": int, "seating": int,
}  # fmt: skip
PICO: Mapping[str, type] = {"present": bool, "unplug_at_s": float, "firmware": str}
LIGHT: Mapping[str, type] = {"lux": float, "flicker_hz": float, "flicker_depth": float}
STROBE: Mapping[str, type] = {"dead": bool}
STATION: Mapping[str, type] = {"start_at_s": float, "held": bool}
KEYS: Mapping[str, Mapping[str, type]] = {
    "hosts": HOST, "cameras": CAMERA, "picos": PICO, "light": LIGHT, "strobe": STROBE, "station": STATION, "wiring": {},
}  # fmt: skip
"""The keys of each section; those of `wiring` are the rig's lines and parts."""

_WORDS: Mapping[type, str] = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
_MORE_THAN_0 = ("frame_stretch", "link_frequency_mhz")


class WrongError(Exception):
    """Why an override cannot be."""


def checked(rig: Rig, path: tuple[str, ...], value: Any, raw: str) -> Any:
    """The value of an override in the type its key wants; `raw` is how it was typed. `WrongError` else."""
    section, *rest = path
    if section not in KEYS:
        raise WrongError(f'"{section}" cannot be set{meant(section, KEYS)}  ({", ".join(KEYS)})')
    if section == "wiring":
        return _wiring(rig, rest, raw if isinstance(value, bool | int | float) else value)
    if section in ("strobe", "station") and getattr(rig, section) is None:
        raise WrongError(f"{rig.name} has no [{section}]")
    if section in ("hosts", "cameras", "picos"):
        rest = _device(rig, section, rest)
    if len(rest) != 1 or rest[0] not in KEYS[section]:
        missing = f"no such key{meant('.'.join(rest), KEYS[section])}" if rest else "a key is missing"
        raise WrongError(f"{missing}  ({', '.join(KEYS[section])})")
    return _in_catalog(rig, path, _typed(rest[0], KEYS[section][rest[0]], value, raw))


def unknown_driver(name: str, camera: Camera, change: Mapping[str, Any]) -> Iterator[str]:
    """Only with all changes of a camera known is it clear which sensor a driver is asked for."""
    sensor = catalog.sensor(catalog.module(change.get("module", camera.module)).sensor)
    names = [generation.name for generation in sensor.generations]
    if change.get("driver", names[0]) not in names:
        driver = change["driver"]
        comes_as = f"the driver of {sensor.name} comes as {listed(map(quoted, names), 'or')}"
        yield f"--set cameras.{name}.driver: {quoted(driver)}; {comes_as}{meant(driver, names)}"


def _wiring(rig: Rig, rest: list[str], value: Any) -> rewire.Change:
    try:
        return rewire.change(rig, ".".join(rest), value)
    except rewire.RewireError as wrong:
        raise WrongError(str(wrong)) from wrong


def _device(rig: Rig, section: str, rest: list[str]) -> list[str]:
    known: Mapping[str, object] = getattr(rig, section)
    if not rest or rest[0] not in known:
        name = rest[0] if rest else ""
        there = f"  ({section}: {', '.join(known)})" if known else ""
        raise WrongError(f"{quoted(name)} is not {a(section[:-1])} of {rig.name}{meant(name, known)}{there}")
    return rest[1:]


def _typed(key: str, wanted: type, value: Any, raw: str) -> Any:
    if wanted is str:
        return value if isinstance(value, str) else raw
    if not _is(value, wanted):
        raise WrongError(f"{quoted(value)} is {kind(value)}; write {_WORDS[wanted]}")
    if not 0 <= value < float("inf"):
        raise WrongError(f"{value}; must be 0 or more, and finite")
    if key in _MORE_THAN_0 and value == 0:
        raise WrongError("0; must be more than 0")
    return wanted(value)


def _is(value: Any, wanted: type) -> bool:
    """Whether a TOML value is of the wanted type; a whole number is a number too, true and false are not."""
    if wanted is bool or isinstance(value, bool):
        return wanted is bool and isinstance(value, bool)
    return isinstance(value, int) or (wanted is float and isinstance(value, float))


def _in_catalog(rig: Rig, path: tuple[str, ...], value: Any) -> Any:
    """Product names become the catalog's; what no bench could have is refused."""
    lookup = _PRODUCTS.get(path[-1])
    if lookup is None:
        return _choice(rig, path, value)
    try:
        return lookup(value)
    except UserError as error:
        raise WrongError(f"{error.asked}; {error.hint or error.found}") from error


_PRODUCTS: Mapping[str, Callable[[str], str]] = {
    "module": lambda name: catalog.module(name).name,
    "lens": lambda name: catalog.lens(name).name if name else "",
    "board": lambda name: catalog.board(name).name,
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "os": ("bookworm", "trixie"), "adapter": ("C-CS", ""), "sync": ("source", "sink", "trigger", ""),
    "picamera2": ("apt", "pip", "nobody"),
    "Q2": ("fitted", "absent"), "R11": ("fitted", "removed"), "MAS": ("bridged", "open"),
}  # fmt: skip


def _choice(rig: Rig, path: tuple[str, ...], value: Any) -> Any:
    choices = _CHOICES.get(path[-1])
    if path[-1] == "overlay":
        choices = tuple(sensor.overlay for sensor in catalog.sensors())
    if path[-1] == "port":
        choices = catalog.board(rig.hosts[rig.cameras[path[1]].host].board).ports
    if choices is not None and value not in choices:
        raise WrongError(f"{quoted(value)}; write {listed((quoted(choice) for choice in choices if choice), 'or')}")
    return value
