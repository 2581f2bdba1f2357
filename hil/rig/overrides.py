"""`--set KEY=VALUE`: what is different behind the edge of a simulated rig from what the rig file says.

`cameras.hq.module="Camera Module 2"`, `cameras.hq.present=false`, `hosts.pi5.kernel=6.6.51`, `light.lux=50`. Values are
TOML; a shell eats quotes, so what is not TOML is text. The rig file itself, and with it what is judged, stays as it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hil import catalog
from hil.errors import Faults, UserError
from hil.rig.model import Camera, Rig
from hil.rig.spec import TwinCamera, TwinHost, TwinLight, TwinSpec
from hil.rig.words import kind, listed, meant, quoted

_HOST: Mapping[str, type] = {"kernel": str, "os": str}
_CAMERA: Mapping[str, type] = {
    "module": str, "port": str, "present": bool, "held_by": int, "driver": str, "link_frequency_mhz": float, "hdr": bool,
    "lens": str, "adapter": str, "sync": str, "always_on": bool, "Q2": str, "R11": str, "MAS": str,
}  # fmt: skip
_LIGHT: Mapping[str, type] = {"lux": float, "flicker_hz": float, "flicker_depth": float}
_KEYS: Mapping[str, Mapping[str, type]] = {"hosts": _HOST, "cameras": _CAMERA, "light": _LIGHT}
_WORDS: Mapping[type, str] = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
_EXAMPLE = "cameras.hq.present=false"


@dataclass(frozen=True, slots=True)
class Override:
    """One `KEY=VALUE`, split but not yet held against a rig."""

    path: tuple[str, ...]
    """("cameras", "hq", "module")."""
    value: Any
    """As TOML reads it, or the text itself."""
    raw: str
    """The value as typed."""

    @property
    def key(self) -> str:
        """`cameras.hq.module`."""
        return ".".join(self.path)

    @property
    def text(self) -> str:
        """`cameras.hq.module=Camera Module 2`."""
        return f"{self.key}={self.raw}"


def parse(text: str) -> Override:
    """Split one `KEY=VALUE`. `UserError` when it is not one."""
    key, equals, raw = text.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals or not all(path):
        raise UserError(f"--set {text}: not KEY=VALUE", hint=f"for example --set {_EXAMPLE}")
    return Override(path, _value(raw.strip()), raw.strip())


def _value(raw: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {raw}")
    except (ValueError, RecursionError):
        return raw
    return parsed["value"] if len(parsed) == 1 else raw


def twin_spec(rig: Rig, overrides: Iterable[Override | str] = ()) -> TwinSpec:
    """What the twin of `rig` is made of, with `overrides` applied in order; the last of equal keys wins.

    A rig that leaves the driver open gets the newest generation. All faults of the overrides are raised at once.
    """
    parsed = [parse(item) if isinstance(item, str) else item for item in overrides]
    changes, faults = _changes(rig, parsed)
    if faults:
        raise Faults(faults)
    hosts = tuple(_host(rig, name, changes.get(("hosts", name), {})) for name in rig.hosts)
    cameras = tuple(_camera(name, camera, changes.get(("cameras", name), {})) for name, camera in rig.cameras.items())
    light = _light(rig, changes.get(("light",), {}))
    return TwinSpec(rig.name, hosts, cameras, light, overrides=tuple(item.text for item in parsed))


Changes = dict[tuple[str, ...], dict[str, Any]]


def _changes(rig: Rig, overrides: list[Override]) -> tuple[Changes, list[str]]:
    changes: Changes = {}
    faults: list[str] = []
    for item in overrides:
        try:
            value = _checked(rig, item)
        except _WrongError as wrong:
            faults.append(f"--set {item.key}: {wrong}")
        else:
            changes.setdefault(item.path[:-1], {})[item.path[-1]] = value
    faults += [fault for name, camera in rig.cameras.items() for fault in _unknown_driver(name, camera, changes)]
    return changes, faults


def _unknown_driver(name: str, camera: Camera, changes: Changes) -> Iterator[str]:
    """Only with all changes known is it clear which sensor a driver is asked for."""
    change = changes.get(("cameras", name), {})
    sensor = _sensor(change.get("module", camera.module))
    names = [generation.name for generation in sensor.generations]
    if change.get("driver", names[0]) not in names:
        driver = change["driver"]
        comes_as = f"the driver of {sensor.name} comes as {listed(map(quoted, names), 'or')}"
        yield f"--set cameras.{name}.driver: {quoted(driver)}; {comes_as}{meant(driver, names)}"


def _sensor(module: str) -> catalog.Sensor:
    return catalog.sensor(catalog.module(module).sensor)


class _WrongError(Exception):
    """Why an override cannot be."""


def _checked(rig: Rig, item: Override) -> Any:
    """The value of an override in the type its key wants."""
    section, *rest = item.path
    if section not in _KEYS:
        raise _WrongError(f'"{section}" cannot be set{meant(section, _KEYS)}  (hosts, cameras, light)')
    if section != "light":
        rest = _device(rig, section, rest)
    if len(rest) != 1 or rest[0] not in _KEYS[section]:
        key = ".".join(rest)
        missing = f"no such key{meant(key, _KEYS[section])}" if rest else "a key is missing"
        raise _WrongError(f"{missing}  ({', '.join(_KEYS[section])})")
    return _in_catalog(rig, item, _typed(item, _KEYS[section][rest[0]]))


def _device(rig: Rig, section: str, rest: list[str]) -> list[str]:
    known = rig.hosts if section == "hosts" else rig.cameras
    if not rest or rest[0] not in known:
        name = rest[0] if rest else ""
        raise _WrongError(f"{quoted(name)} is not a {section[:-1]} of {rig.name}{meant(name, known)}  ({section}: {', '.join(known)})")
    return rest[1:]


def _typed(item: Override, wanted: type) -> Any:
    value: Any = item.value
    if wanted is str:
        return value if isinstance(value, str) else item.raw
    if not _is(value, wanted):
        raise _WrongError(f"{quoted(value)} is {kind(value)}; write {_WORDS[wanted]}")
    if not 0 <= value < float("inf"):
        raise _WrongError(f"{value}; must be 0 or more, and finite")
    return wanted(value)


def _is(value: Any, wanted: type) -> bool:
    """Whether a TOML value is of the wanted type; a whole number is a number too, true and false are not."""
    if wanted is bool or isinstance(value, bool):
        return wanted is bool and isinstance(value, bool)
    return isinstance(value, int) or (wanted is float and isinstance(value, float))


def _in_catalog(rig: Rig, item: Override, value: Any) -> Any:
    """Product names become the catalog's; what no bench could have is refused."""
    lookup = _PRODUCTS.get(item.path[-1])
    if lookup is None:
        return _choice(rig, item, value)
    try:
        return lookup(value)
    except UserError as error:
        raise _WrongError(f"{error.asked}; {error.hint or error.found}") from error


_PRODUCTS: Mapping[str, Callable[[str], str]] = {
    "module": lambda name: catalog.module(name).name,
    "lens": lambda name: catalog.lens(name).name if name else "",
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "os": ("bookworm", "trixie"), "adapter": ("C-CS", ""), "sync": ("source", "sink", "trigger", ""),
    "Q2": ("fitted", "absent"), "R11": ("fitted", "removed"), "MAS": ("bridged", "open"),
}  # fmt: skip


def _choice(rig: Rig, item: Override, value: Any) -> Any:
    choices = _CHOICES.get(item.path[-1])
    if item.path[-1] == "port":
        choices = catalog.board(rig.hosts[rig.cameras[item.path[1]].host].board).ports
    if choices is not None and value not in choices:
        raise _WrongError(f"{quoted(value)}; write {listed((quoted(choice) for choice in choices if choice), 'or')}")
    return value


def _host(rig: Rig, name: str, changes: dict[str, Any]) -> TwinHost:
    host = rig.hosts[name]
    return replace(TwinHost(name, host.board, host.connect), **changes)


def _camera(name: str, camera: Camera, changes: dict[str, Any]) -> TwinCamera:
    """The camera as fitted: what the rig says of the declared sensor does not hold for another one."""
    sensor = _sensor(changes.get("module", camera.module))
    same = sensor == _sensor(camera.module)
    link_mhz = changes.pop("link_frequency_mhz", camera.link_frequency_mhz if same else None)
    driver = changes.pop("driver", camera.driver if same else None)
    fitted = TwinCamera(
        name=name, host=camera.host, port=camera.port, module=camera.module,
        driver=driver or sensor.usual.name,
        link_frequency_hz=sensor.link_freq_default_hz if link_mhz is None else round(link_mhz * 1e6),
        lens=camera.lens or "", adapter=camera.adapter or "", sync=camera.sync or "", always_on=camera.always_on,
        Q2=camera.Q2 or "", R11=camera.R11 or "", MAS=camera.MAS or "",
    )  # fmt: skip
    return replace(fitted, **changes)


def _light(rig: Rig, changes: dict[str, Any]) -> TwinLight | None:
    if rig.light is None and not changes:
        return None
    light = TwinLight(seen_by=tuple(rig.cameras)) if rig.light is None else TwinLight(rig.light.kind, rig.lit(), rig.light.lux)
    return replace(light, **changes)
