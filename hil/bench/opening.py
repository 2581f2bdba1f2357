"""Opening a rig: every host, every camera and whatever else it has, with all that is wrong said at once."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from hil import catalog
from hil.bench.opened import Bench
from hil.bench.processes import HostProcesses, apart
from hil.bench.reboot import power_of
from hil.checks.identity import refuse_another_module
from hil.clock import RealClock
from hil.drivers.adc import Wired
from hil.drivers.boot_config import recover
from hil.drivers.camera import Progress
from hil.drivers.cameras import Found
from hil.drivers.devices import HostDevices
from hil.drivers.elsewhere import RemoteDevices
from hil.drivers.host import Host, LocalHost, in_group
from hil.drivers.remote import RemoteHost
from hil.errors import CameraAbsent, RigError, RigFaults, UserError
from hil.rig import Rig, electrical
from hil.rig.model import Camera as Fitted

if TYPE_CHECKING:
    from hil.sim.twin import Twin

KERNEL_COMPLAINTS = re.compile(
    r".*(failed to read chip id|chip id mismatch|[Ll]ink frequency not supported|xclk frequency not supported|data lanes).*"
)
"""What a sensor driver says in the kernel log before a camera is missing (drivers/media/i2c of raspberrypi/linux)."""


def open_rig(rig: Rig, *, twin: Twin | None = None, progress: Progress | None = None) -> Bench:
    """Open every camera of `rig`, on `twin` if one is given. RigError, or RigFaults with all of them, if any is missing."""
    refuse_what_cannot_be_opened(rig)
    clock = twin.clock if twin is not None else RealClock()
    bench = Bench(rig, twin is not None, twin.seed if twin else None, {}, clock, opened_ns=clock.now_ns())
    faults: list[RigError] = []
    try:
        bench.hosts = _hosts(rig, twin, bench)
        for name, host in bench.hosts.items():
            with _noted(faults):
                recover(host)
            _open_host(bench, name, host, progress, faults)
        if not faults:
            bench.power = power_of(bench, rig, twin)
    except BaseException:
        bench.close()
        raise
    if faults:
        bench.close()
        raise faults[0] if len(faults) == 1 else RigFaults(faults)
    bench.reopen = partial(_reopen, bench, progress)
    bench.cameras = {name: bench.cameras[name] for name in rig.cameras}
    return bench


def _hosts(rig: Rig, twin: Twin | None, bench: Bench) -> dict[str, Host]:
    here: dict[str, Host] = dict(twin.hosts) if twin is not None else {name: LocalHost(name) for name in rig.hosts}
    if not apart(rig):
        return here
    if twin is None:
        processes = HostProcesses.over_ssh(rig)
        bench.at_last.append(processes.end)
        bench.reconnect = partial(processes.again, rig)
    else:
        from hil.bench.twins import RigTwin

        assert isinstance(twin, RigTwin), "a twin of several processes is opened by hil.bench.open_twin"
        processes = twin.processes
    processes.await_all()
    return {name: processes.hosts.get(name) or here[name] for name in rig.hosts}


def refuse_what_cannot_be_opened(rig: Rig) -> None:
    """UserError for a rig with two local hosts (one process has one list of cameras), Faults for one whose wiring could do harm."""
    electrical.refuse(rig)
    local = [name for name, host in rig.hosts.items() if host.connect == "local"]
    if len(local) > 1:
        raise UserError(f"{rig.name}: one local host asked for at most", ", ".join(local), 'connect = "ssh:..." for all but one')


def _reopen(bench: Bench, progress: Progress | None, name: str, faults: list[RigError]) -> Host:
    """The devices of a host that has rebooted, in the place of those before."""
    place = list(bench.hosts).index(name)
    host = bench.hosts[name] if bench.reconnect is None else bench.reconnect(name)
    del bench.devices[place]
    _open_host(bench, name, host, progress, faults)
    bench.devices.insert(place, bench.devices.pop())
    bench.cameras = {camera: bench.cameras[camera] for camera in bench.rig.cameras if camera in bench.cameras}
    return host


def _open_host(bench: Bench, name: str, host: Host, progress: Progress | None, faults: list[RigError]) -> None:
    devices = RemoteDevices(host, progress) if isinstance(host, RemoteHost) else HostDevices(host, progress)
    bench.devices.append(devices)
    if bench.rig.cameras_on(name):
        devices.cameras.close_left_open()
    # A host that only has the operator's panel needs no picamera2.
    found = devices.cameras.found() if bench.rig.cameras_on(name) else []
    for camera, fitted in bench.rig.cameras_on(name).items():
        with _noted(faults):
            bench.cameras[camera] = devices.open_camera(camera, _matching(camera, fitted, bench.rig, host, found))
    with _noted(faults):
        bench.settings[name] = devices.open_settings()
    if bench.rig.wiring or any(other.power and other.power.relay.startswith(f"{name}.") for other in bench.rig.hosts.values()):
        adcs = {adc: Wired(fitted.chip, fitted.select) for adc, fitted in bench.rig.adcs.items() if fitted.host == name}
        bench.gpio[name] = devices.open_gpio(adcs)
    for pico, hung in bench.rig.picos.items():
        if hung.host == name:
            with _noted(faults):
                bench.picos[pico] = devices.open_pico(pico, hung.id)


@contextlib.contextmanager
def _noted(faults: list[RigError]) -> Iterator[None]:
    try:
        yield
    except RigError as fault:
        faults.append(fault)


def _matching(name: str, fitted: Fitted, rig: Rig, host: Host, found: Sequence[Found]) -> Found:
    board = catalog.board(rig.hosts[fitted.host].board)
    module = catalog.module(fitted.module)
    there = [camera for camera in found if board.port_of(camera.id) in (fitted.port, None)]
    if not there:
        raise _absent(name, fitted, module, host, board, found)
    refuse_another_module(name, fitted, there[0].model, there[0].id)
    return there[0]


def _absent(name: str, fitted: Fitted, module: catalog.Module, host: Host, board: catalog.Board, found: Sequence[Found]) -> CameraAbsent:
    others = ", ".join(f"{camera.model} on {board.port_of(camera.id) or camera.id}" for camera in found)
    complaints = [line.strip() for line in host.run(["dmesg"]).stdout.splitlines() if KERNEL_COMPLAINTS.match(line)]
    seen = "; ".join([f"only {others}" if others else "no camera at all", *(f"the kernel says: {line}" for line in complaints[-2:])])
    if any("ink frequency not supported" in line for line in complaints):
        return _bad_link(name, module, seen)
    if not in_group(host, "video"):
        hint = "on it: sudo usermod -aG video USER, then log in again"
        return CameraAbsent(f"{name}: no camera of {fitted.host} can be opened", "the user there is not in group video", hint, where=name)
    hint = "power off, reseat both ends of the ribbon, look at the overlay in config.txt, then rpicam-hello --list-cameras"
    return CameraAbsent(f"{name}: no {module.name} answers on {fitted.port} of {fitted.host}", seen, hint, where=name)


def _bad_link(name: str, module: catalog.Module, seen: str) -> CameraAbsent:
    sensor = catalog.sensor(module.sensor)
    allowed = " or ".join(f"{hz}" for hz in sensor.link_freqs_hz)
    hint = f"in config.txt: dtoverlay={sensor.overlay},link-frequency=HZ with HZ {allowed}; then reboot"
    asked = f"{name}: the {module.name} is gone, its driver refuses the link frequency that the overlay asks for"
    return CameraAbsent(asked, seen, hint, where=name, cause="link frequency not supported")
