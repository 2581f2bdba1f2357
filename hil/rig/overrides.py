"""`--set KEY=VALUE`: what is different behind the edge of a simulated rig from what the rig file says.

`cameras.hq.module="Camera Module 2"`, `cameras.hq.present=false`, `wiring.R1=open`, `light.lux=50`. Values are
TOML; a shell eats quotes, so what is not TOML is text. The rig file itself, and with it what is judged, stays as it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hil import catalog
from hil.errors import Faults, UserError
from hil.rig import rewire
from hil.rig.model import Camera, Rig
from hil.rig.overridekeys import WrongError, checked, unknown_driver
from hil.rig.spec import TwinAdc, TwinCamera, TwinClock, TwinHost, TwinLight, TwinPico, TwinShifter, TwinSpec, TwinStation, TwinStrobe

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


def refuse_without_twin(changes: Sequence[str], *, simulated: bool) -> None:
    """UserError for `--set` without `--sim`: a bench is changed by hand."""
    if changes and not simulated:
        raise UserError("--set changes the twin", "no --sim was given", "add --sim, or change the rig itself")


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
    changes = _changes(rig, parsed)
    return TwinSpec(
        rig=rig.name,
        hosts=tuple(_host(rig, name, changes.get(("hosts", name), {})) for name in rig.hosts),
        cameras=tuple(_camera(name, camera, changes.get(("cameras", name), {})) for name, camera in rig.cameras.items()),
        light=_light(rig, changes.get(("light",), {})),
        wiring=rewire.rewired(rig.lines, changes.get(("wiring",), {})),
        picos=tuple(_pico(rig, name, changes.get(("picos", name), {})) for name in rig.picos),
        adcs=tuple(TwinAdc(name, adc.host, adc.chip, adc.select) for name, adc in rig.adcs.items()),
        shifters=tuple(TwinShifter(name, made.kind, made.threshold_v, made.high_v) for name, made in rig.shifters.items()),
        clock=TwinClock(rig.clock.drive, rig.clock.stamp) if rig.clock else None,
        strobe=replace(TwinStrobe(rig.strobe.drive, rig.strobe.seen_by), **changes.get(("strobe",), {})) if rig.strobe else None,
        station=replace(TwinStation(rig.station.start or ""), **changes.get(("station",), {})) if rig.station else None,
        overrides=tuple(item.text for item in parsed),
    )


Changes = dict[tuple[str, ...], dict[str, Any]]


def _changes(rig: Rig, overrides: list[Override]) -> Changes:
    changes: Changes = {}
    faults: list[str] = []
    for item in overrides:
        try:
            value = checked(rig, item.path, item.value, item.raw)
        except WrongError as wrong:
            faults.append(f"--set {item.key}: {wrong}")
        else:
            changes.setdefault(item.path[:-1], {})[item.path[-1]] = value
    for name, camera in rig.cameras.items():
        faults += unknown_driver(name, camera, changes.get(("cameras", name), {}))
    if faults:
        raise Faults(faults)
    return changes


def _host(rig: Rig, name: str, changes: dict[str, Any]) -> TwinHost:
    host = rig.hosts[name]
    return replace(TwinHost(name, host.board, host.connect, relay=host.power.relay if host.power else ""), **changes)


def _pico(rig: Rig, name: str, changes: dict[str, Any]) -> TwinPico:
    pico = rig.picos[name]
    return replace(TwinPico(name, pico.host, pico.id or "", board=pico.board), **changes)


def _sensor(module: str) -> catalog.Sensor:
    return catalog.sensor(catalog.module(module).sensor)


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
