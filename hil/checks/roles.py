"""The cameras' roles, held for a while: what the rig file says, or another one to find out what a camera does by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from hil import catalog
from hil.checks.diagnosis import Diagnosed, diagnose
from hil.errors import RigError, RigFaults

if TYPE_CHECKING:
    from hil.checks.station import Station
    from hil.drivers.roles import RoleHeld

PARAMETER = "trigger_mode"


@contextmanager
def held(station: Station, cameras: Sequence[str], sync: str | None = None) -> Iterator[list[RoleHeld]]:
    """While inside, these cameras have the roles of the rig file, or all of them `sync`; module parameters are put back afterwards.

    What the device tree decides is verified, not set: RigError naming the line of config.txt.
    """
    with ExitStack() as restored:
        found: list[RoleHeld] = []
        for host in dict.fromkeys(station.rig.cameras[name].host for name in cameras):
            on_host = [name for name in cameras if station.rig.cameras[name].host == host]
            _keep(station, host, on_host, restored)
            try:
                found += station.settings[host].roles([_role(station, name, sync) for name in on_host])
            except RigError as fault:
                raise _named(station, fault) from fault
        yield found


def _named(station: Station, fault: RigError) -> RigError:
    """The same in the words of the whole rig: what a wrong role, or a camera that loses its supply, means for the others."""
    first = fault.faults[0] if isinstance(fault, RigFaults) else fault
    fitted = station.rig.cameras.get(first.where)
    if fitted is None:
        return fault
    others = {camera.sync for name, camera in station.rig.cameras.items() if name != first.where}
    wrong = first.cause == "another role in the device tree"
    facts = {
        "camera": first.where,
        "host": fitted.host,
        "sync": fitted.sync or "camera by itself",
        "both_sources": wrong and "source" in others and first.found.endswith(", source"),
        "both_sinks": wrong and "sink" in others and first.found.endswith(", sink"),
        "another_role": wrong,
        "not_always_on": first.cause == "not always on",
        "hint": first.hint,
    }
    named = diagnose("roles", facts, [first.found])
    return fault if named is None else Diagnosed(named)


def _keep(station: Station, host: str, cameras: Sequence[str], restored: ExitStack) -> None:
    settings = station.settings[host]
    for sensor in dict.fromkeys(sensor_of(station, name) for name in cameras):
        restored.callback(settings.set_parameter, sensor, PARAMETER, settings.parameter(sensor, PARAMETER))


def _role(station: Station, name: str, sync: str | None) -> object:
    from hil.drivers.roles import Role

    fitted = station.rig.cameras[name]
    role = fitted.sync or "" if sync is None else sync
    return Role(name, sensor_of(station, name), station.cameras[name].identity().id, role, fitted.always_on, fitted.port)


def sensor_of(station: Station, name: str) -> str:
    """The sensor of a camera: also its kernel module."""
    return catalog.module(station.rig.cameras[name].module).sensor
