"""What the kernel of a simulated host logged about its cameras while it booted.

Messages as imx477.c, imx708.c, the CSI-2 receivers' drivers and the driver core print them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hil.sim.tools.facts import table
from hil.sim.tools.sensor import HostCamera
from hil.sim.tools.tree import explicit_overlays

if TYPE_CHECKING:
    from hil.sim.host import SimHost

_EINVAL = -22
_FIRST_S, _STEP_S = 4.801732, 0.013417  # of the boot; only their order means something


def text(host: SimHost) -> str:
    """The log, a line per message."""
    lines = [f"[    0.000000] {_banner(host)}", f"[    0.000000] Machine model: {host.facts.model}"]
    messages = (message for camera in host.cameras for message in _camera(host, camera))
    lines += [f"[{_FIRST_S + number * _STEP_S:12.6f}] {message}" for number, message in enumerate(messages)]
    return "\n".join(lines) + "\n"


def _banner(host: SimHost) -> str:
    return (host.root / "proc/version").read_text().strip()


def _camera(host: SimHost, camera: HostCamera) -> Iterator[str]:
    """The messages of one camera; none from a connector that detection found empty."""
    if not camera.spec.present and not explicit_overlays(host.board, host.cameras):
        return
    receiver = f"{table()['receiver'][host.board.platform]['driver']} {camera.receiver}"
    yield f"{receiver}: found subdevice {camera.id.removeprefix('/base')}"
    if not camera.link_supported:
        yield f"{camera.sensor.name} {camera.address}: Link frequency not supported: {camera.link_frequency_hz}"
        yield _probe_failed(camera, _EINVAL)
    elif not camera.spec.present:
        yield from _silent(camera, host.facts.silent_sensor_errno)
    else:
        yield from _found(camera)
        yield f"{receiver}: Using sensor {camera.entity} for capture"


def _probe_failed(camera: HostCamera, number: int) -> str:
    return f"{camera.sensor.name}: probe of {camera.address} failed with error {number}"


def _silent(camera: HostCamera, number: int) -> Iterator[str]:
    chip = table()["chip_id"][camera.sensor.name]
    which = f"chip id {chip}, with error" if chip else "chip id, error"
    yield f"{camera.sensor.name} {camera.address}: failed to read {which} {number}"
    yield _probe_failed(camera, number)


def _found(camera: HostCamera) -> Iterator[str]:
    if camera.sensor.name == "imx708":
        yield f"imx708 {camera.address}: camera module ID 0x{table()['module_id'][camera.model]:04x}"
    elif camera.sensor.name == "imx477":
        yield f"imx477 {camera.address}: Device found is imx477"
