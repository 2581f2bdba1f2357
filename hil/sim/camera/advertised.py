"""Controls and their ranges as the Raspberry Pi IPA advertises them; the lists are data (data/controls.toml, with its source)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from hil.catalog import GainModel
from hil.sim.camera.agc import tuning
from hil.sim.camera.timing import ModeTiming
from hil.sim.libcamera._casters import float32
from hil.sim.libcamera.geometry import Rectangle
from hil.sim.libcamera.ids import ControlId, ControlInfo, control_info, controls

Controls = dict[ControlId, ControlInfo]

_DEFAULT_FRAME_US = 33333
_DEFAULT_EXPOSURE_US = 20000


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a camera decides which controls it has."""

    platform: str
    """ "vc4" or "pisp"."""
    mono: bool = False
    lens: str = ""
    """ "standard" or "wide" where a motor moves the lens, else ""."""


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("data/controls.toml").read_text())


def control(path: str) -> ControlId:
    """The control of that name, with its vendor if it has one: "rpi.SyncMode"."""
    found: Any = controls
    for part in path.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def before_configure(kind: Kind) -> Controls:
    """What a camera advertises until it is configured for the first time."""
    return _section("always") | _conditional(kind) | (_section(kind.platform) if kind.platform in _lists() else {})


def configured(kind: Kind, timing: ModeTiming, gain: GainModel) -> Controls:
    """What it advertises in a mode, but for crops, which `configuration` knows."""
    found = _section("always") | _conditional(kind)
    shortest_us, longest_us = int(timing.frame_min_ns / 1e3), int(timing.frame_max_ns / 1e3)
    found[controls.FrameDurationLimits] = control_info(shortest_us, longest_us, (_DEFAULT_FRAME_US, _DEFAULT_FRAME_US))
    found[controls.AnalogueGain] = _floats(gain.min, gain.max_reported, 1.0)
    found[controls.ExposureTime] = control_info(int(timing.exposure_min_ns / 1e3), int(timing.exposure_max_ns / 1e3), _DEFAULT_EXPOSURE_US)
    if kind.lens:
        lens = tuning()["af"][kind.lens]
        nearest, farthest = lens["map"][1], lens["map"][0]
        found[controls.LensPosition] = _floats(farthest, nearest, lens["default"])
    return found


def _conditional(kind: Kind) -> Controls:
    return ({} if kind.mono else _section("colour")) | (_section("lens") if kind.lens else {})


def _section(name: str) -> Controls:
    return {control(path): _info(control(path), entry) for path, entry in _lists()[name].items()}


def _info(identity: ControlId, entry: dict[str, Any]) -> ControlInfo:
    if entry.get("rectangle"):
        default: Any = (Rectangle(),) if identity is controls.AfWindows else Rectangle()
        return control_info(Rectangle(), Rectangle(65535, 65535, 65535, 65535), default)
    if entry.get("enum"):
        values = tuple(identity.enumerators())
        return control_info(min(values), max(values), values[0], values)
    if "values" in entry:
        values = tuple(entry["values"])
        return control_info(min(values), max(values), entry["default"], values)
    default = entry.get("default")
    return control_info(entry["min"], entry["max"], tuple(default) if isinstance(default, list) else default)


def _floats(low: float, high: float, default: float) -> ControlInfo:
    """Single precision, as libcamera keeps floats."""
    return control_info(float32(low), float32(high), float32(default))
