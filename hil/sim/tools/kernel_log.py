"""What the kernel of a simulated host logged about its cameras while it booted.

Messages as imx477.c, imx708.c, the CSI-2 receivers' drivers and the driver core print them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hil import catalog
from hil.catalog import Sensor
from hil.sim.tools.facts import table
from hil.sim.tools.sensor import HostCamera
from hil.sim.tools.tree import explicit_overlays

if TYPE_CHECKING:
    from hil.sim.host import SimHost

_EINVAL, _EIO = -22, -5
_UNDER_VOLTAGE_NOW, _UNDER_VOLTAGE_EVER = 1 << 0, 1 << 16
_LATER_S = 71.283049
_FIRST_S, _STEP_S = 4.801732, 0.013417  # of the boot; only their order means something


def text(host: SimHost) -> str:
    """The log, a line per message."""
    lines = [f"[    0.000000] {_banner(host)}", f"[    0.000000] Machine model: {host.facts.model}"]
    messages = (message for camera in host.cameras for message in _camera(host, camera))
    lines += [f"[{_FIRST_S + number * _STEP_S:12.6f}] {message}" for number, message in enumerate(messages)]
    lines += [f"[{_LATER_S:12.6f}] {message}" for message in _power(host.spec.throttled)]
    if host.sagged:
        lines.append(f"[{(host.begun_ns / 1e9) + host.spec.undervoltage_at_s:12.6f}] hwmon hwmon1: Undervoltage detected!")
    return "\n".join(lines) + "\n"


def _power(throttled: int) -> Iterator[str]:
    """What raspberrypi-hwmon says when firmware tells of the supply's voltage."""
    if throttled & _UNDER_VOLTAGE_EVER:
        yield "hwmon hwmon1: Undervoltage detected!"
        if not throttled & _UNDER_VOLTAGE_NOW:
            yield "hwmon hwmon1: Voltage normalised"


def _banner(host: SimHost) -> str:
    return (host.root / "proc/version").read_text().strip()


def _camera(host: SimHost, camera: HostCamera) -> Iterator[str]:
    """The messages of one camera; none from a connector that detection found empty."""
    if not camera.overlaid:
        yield from _misnamed(host, camera)
        return
    if not camera.spec.present and not explicit_overlays(host.board, host.cameras):
        return
    receiver = f"{table()['receiver'][host.board.platform]['driver']} {camera.receiver}"
    yield f"{receiver}: found subdevice {camera.id.removeprefix('/base')}"
    if not camera.link_supported:
        yield f"{camera.sensor.name} {camera.address}: Link frequency not supported: {camera.link_frequency_hz}"
        yield _probe_failed(camera.sensor, camera.bus, _EINVAL)
    elif not camera.answers:
        yield from _silent(camera.sensor, camera.bus, host.facts.silent_sensor_errno)
    else:
        yield from _found(camera)
        yield f"{receiver}: Using sensor {camera.entity} for capture"


def _misnamed(host: SimHost, camera: HostCamera) -> Iterator[str]:
    """Config.txt names another sensor: that one's driver asks, and finds nobody at its address or somebody else."""
    named = catalog.sensor(host.spec.overlay)
    receiver = f"{table()['receiver'][host.board.platform]['driver']} {camera.receiver}"
    yield f"{receiver}: found subdevice {camera.id.removeprefix('/base').rsplit('/', 1)[0]}/{named.name}@{named.i2c_addr:x}"
    if named.i2c_addr == camera.sensor.i2c_addr and camera.answers and {named.name, camera.sensor.name} == {"imx477", "imx708"}:
        # Both keep their id in register 0x0016.
        ids = f"{table()['chip_id'][named.name]}!={table()['chip_id'][camera.sensor.name]}"
        yield f"{named.name} {camera.bus}-{named.i2c_addr:04x}: chip id mismatch: {ids}"
        yield _probe_failed(named, camera.bus, _EIO)
    else:
        yield from _silent(named, camera.bus, host.facts.silent_sensor_errno)


def _probe_failed(sensor: Sensor, bus: int, number: int) -> str:
    return f"{sensor.name}: probe of {bus}-{sensor.i2c_addr:04x} failed with error {number}"


def _silent(sensor: Sensor, bus: int, number: int) -> Iterator[str]:
    chip = table()["chip_id"][sensor.name]
    which = f"chip id {chip}, with error" if chip else "chip id, error"
    yield f"{sensor.name} {bus}-{sensor.i2c_addr:04x}: failed to read {which} {number}"
    yield _probe_failed(sensor, bus, number)


def _found(camera: HostCamera) -> Iterator[str]:
    if camera.sensor.name == "imx708":
        yield f"imx708 {camera.address}: camera module ID 0x{table()['module_id'][camera.model]:04x}"
    elif camera.sensor.name == "imx477":
        yield f"imx477 {camera.address}: Device found is imx477"
