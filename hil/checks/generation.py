"""Which generation of a sensor's kernel driver a host has: mode lists and line times changed across kernels.

A host's list of modes decides it, never the unit: a list that no catalogued generation has is a broken or newer rig.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hil import catalog
from hil.checks import link_settings
from hil.checks.case import Case, offered
from hil.checks.notebook import Notebook
from hil.drivers.camera import Camera
from hil.drivers.frames import SensorMode
from hil.errors import RigError

FPS_PRINTED = 0.0051
"""Half a unit of the last place that is printed, and then some."""

FPS_PPM = 100.0
"""Printed rates come from frame times in whole microseconds: up to 60 ppm at 120 frames a second."""

SHOWN = 4
"""Differences that a message lists."""


def of(camera: Camera, case: Case) -> catalog.Generation:
    """The driver generation that the host shows, at its real link frequency. RigError if none fits or the rig states another."""
    link_hz = _link_hz(camera, case)
    shown = identify(camera.sensor_modes(), case.sensor, link_hz=link_hz, stated=case.fitted.driver, where=case.camera)
    return at_link(shown, link_hz / case.sensor.link_freq_default_hz)


def resolve(camera: Camera, case: Case, notebook: Notebook) -> tuple[catalog.Generation, catalog.Mode] | None:
    """The case's mode as this host's driver has it; None, and said so, if it has none of that name."""
    generation = of(camera, case)
    mode = offered((generation,), case.mode)
    if mode is None:
        notebook.not_said(f"{case.camera}: modes that only other {case.sensor.name} drivers offer (this host's: {generation.title})")
        return None
    return generation, mode


def identify(
    listed: Sequence[SensorMode], sensor: catalog.Sensor, *, link_hz: int, stated: str | None = None, where: str = ""
) -> catalog.Generation:
    """The generation whose modes are those listed (size, bits, crop, printed rate; the longest exposures where that leaves several).

    RigError "driver generation unknown" with the nearest one and the differences; "another driver generation" if the rig states one
    and the host shows another.
    """
    fits = [g for g in sensor.generations if not differences(listed, g, link_hz / sensor.link_freq_default_hz)]
    if len(fits) > 1:
        fits = [g for g in fits if not _exposures_differ(listed, g)] or _by_exposure(listed, fits, where)
    if not fits:
        raise _unknown(listed, sensor, link_hz, where)
    named = [g for g in fits if g.name == stated]
    if stated is not None and not named:
        raise RigError(
            f"{where}: the rig file says driver = {stated!r} ({sensor.generation(stated).title})",
            f"the host shows {fits[0].name!r}: {fits[0].title}",
            f"correct `driver` of {where} in the rig file, or leave it out; or boot the other kernel",
            where=where,
            cause="another driver generation",
        )
    return named[0] if named else fits[0]


def differences(listed: Sequence[SensorMode], generation: catalog.Generation, link_ratio: float = 1.0) -> list[str]:
    """What the host's list has that the generation has not, in words; empty if they agree. HDR modes are listed apart and not looked at.

    `link_ratio`: link frequency over the sensor's default, for drivers whose line times follow it.
    """
    shown = {(m.size, m.bits): m for m in listed}
    known = {(m.size, m.bits): m for m in generation.modes if not m.hdr}
    scale = link_ratio if generation.link_changes_timing else 1.0
    found = [f"no {_name(key)}" for key in known if key not in shown]
    found += [f"{_name(key)} besides" for key in shown if key not in known]
    for key in (key for key in known if key in shown):
        found += _mode_differences(_name(key), shown[key], known[key], scale)
    return found


def at_link(generation: catalog.Generation, ratio: float) -> catalog.Generation:
    """The generation at `ratio` times the default link frequency; the same unless its line times follow that."""
    if not generation.link_changes_timing or ratio == 1.0:
        return generation
    modes = (replace(m, line_time_ns=m.line_time_ns / ratio, fps_reported=m.fps_reported * ratio) for m in generation.modes)
    return replace(generation, modes=tuple(modes))


def _link_hz(camera: Camera, case: Case) -> int:
    """The link frequency that rates follow: the real one, so that a wrong one is told as such and not as an unknown driver."""
    if not any(generation.link_changes_timing for generation in case.sensor.generations):
        return case.link_hz
    try:
        return link_settings.read(camera, case)
    except RigError:
        return case.link_hz


def _mode_differences(name: str, shown: SensorMode, known: catalog.Mode, scale: float) -> list[str]:
    found = []
    fps = known.fps_reported * scale
    # A scaled rate carries the printed one's rounding with it.
    slack = FPS_PRINTED * max(1.0, 2.0 * (scale != 1.0)) + fps * (FPS_PPM + known.fps_tolerance_ppm * (scale != 1.0)) * 1e-6
    if abs(shown.fps - fps) > slack:
        found.append(f"{name} at {shown.fps:.2f}, not {fps:.2f}")
    if tuple(shown.crop) != known.crop:
        found.append(f"{name} cropped {tuple(shown.crop)}, not {known.crop}")
    return found


def _exposures_differ(listed: Sequence[SensorMode], generation: catalog.Generation) -> bool:
    known = {(m.size, m.bits): m.exposure_max_reported_us for m in generation.modes if not m.hdr}
    return any(
        m.exposure_max_us is not None and abs(m.exposure_max_us - known[m.size, m.bits]) > 1e-3 * known[m.size, m.bits] for m in listed
    )


def _by_exposure(listed: Sequence[SensorMode], fits: list[catalog.Generation], where: str) -> list[catalog.Generation]:
    shown = ", ".join(f"{m.size[0]}x{m.size[1]} up to {(m.exposure_max_us or 0) / 1e6:.4g} s" for m in listed)
    raise RigError(
        f"{where}: the generation of the host's {fits[0].sensor} driver should be known",
        f"modes and rates fit {' and '.join(repr(g.name) for g in fits)}, the longest exposures neither: {shown}",
        "compare `rpicam-hello --list-cameras --verbose` with `hil catalog`; a new driver's limits go into the catalog",
        where=where,
        cause="driver generation unknown",
    )


def _unknown(listed: Sequence[SensorMode], sensor: catalog.Sensor, link_hz: int, where: str) -> RigError:
    ratio = link_hz / sensor.link_freq_default_hz
    nearest = min(sensor.generations, key=lambda g: len(differences(listed, g, ratio)))
    found = differences(listed, nearest, ratio)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return RigError(
        f"{where}: the generation of the host's {sensor.name} driver should be known",
        f"nearest is {nearest.name!r} ({nearest.title}), but the host has {'; '.join(found[:SHOWN])}{more}",
        "compare `rpicam-hello --list-cameras` with `hil catalog`; a new driver's modes go into the catalog",
        where=where,
        cause="driver generation unknown",
    )


def _name(key: tuple[tuple[int, int], int]) -> str:
    (width, height), bits = key
    return f"{width}x{height}-{bits}"
