"""Opens a rig, real or simulated: connects everything, reports all faults at once, leaves it safe.

The only room that knows both worlds. What it hands out is the same in both: hosts, and camera drivers by the rig's names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from hil import catalog
from hil.checks.identity import refuse_another_module
from hil.clock import Clock
from hil.drivers.camera import Camera, Progress
from hil.drivers.cameras import CameraSet, Found
from hil.drivers.host import Host, LocalHost
from hil.errors import CameraAbsent, RigError, RigFaults, UserError
from hil.rig import Rig
from hil.rig.model import Camera as Fitted

if TYPE_CHECKING:
    from hil.sim.twin import Twin

KERNEL_COMPLAINTS = re.compile(
    r".*(failed to read chip id|chip id mismatch|[Ll]ink frequency not supported|xclk frequency not supported|data lanes).*"
)
"""What a sensor driver says in the kernel log before a camera is missing (drivers/media/i2c of raspberrypi/linux)."""


@dataclass
class Bench:
    """An open rig. Close it, or use it as a context manager: cameras are closed and HDR is put back whatever happened."""

    rig: Rig
    simulated: bool
    seed: int | None
    hosts: dict[str, Host]
    cameras: dict[str, Camera] = field(default_factory=dict)
    opened_ns: int = 0
    """On `clock`, when the rig was opened."""
    camera_sets: list[CameraSet] = field(default_factory=list)
    """One for each host: what closes the cameras again."""

    @property
    def clock(self) -> Clock:
        """The rig's clock: that of its first host."""
        return next(iter(self.hosts.values())).clock

    def rig_seconds(self) -> float:
        """How long the rig has been open, on its own clock."""
        return (self.clock.now_ns() - self.opened_ns) / 1e9

    def lend(self) -> None:
        """Close the cameras for a while, so that a test may open them itself with picamera2."""
        for camera in self.cameras.values():
            camera.rest()
        for cameras in self.camera_sets:
            cameras.lend()

    def take_back(self) -> None:
        """Open the cameras again; whatever this process left open is closed first."""
        for cameras in self.camera_sets:
            cameras.take_back()

    def close(self) -> list[str]:
        """Leave the rig safe; what was done, in words."""
        for cameras in self.camera_sets:
            cameras.close()
        self.camera_sets.clear()
        return ["cameras closed"]

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_rig(rig: Rig, *, twin: Twin | None = None, progress: Progress | None = None) -> Bench:
    """Open every camera of `rig`, on `twin` if one is given. RigError, or RigFaults with all of them, if any is missing."""
    hosts = _hosts(rig, twin)
    bench = Bench(rig, twin is not None, twin.seed if twin else None, hosts)
    bench.opened_ns = bench.clock.now_ns()
    faults: list[RigError] = []
    try:
        for name, host in hosts.items():
            _open_host(bench, name, host, progress, faults)
    except BaseException:
        bench.close()
        raise
    if faults:
        bench.close()
        raise faults[0] if len(faults) == 1 else RigFaults(faults)
    bench.cameras = {name: bench.cameras[name] for name in rig.cameras}
    return bench


def open_twin(rig: Rig, seed: int, overrides: Sequence[str] = ()) -> Twin:
    """The simulated twin of `rig`, put into this process: from here on `import picamera2` finds simulated cameras."""
    from hil.rig import overrides as override
    from hil.sim import twin

    refuse_what_cannot_be_opened(rig, simulated=True)
    spec = override.twin_spec(rig, [override.parse(text) for text in overrides])
    opened = twin.open_twin(spec, seed)
    opened.install()
    return opened


def _hosts(rig: Rig, twin: Twin | None) -> dict[str, Host]:
    refuse_what_cannot_be_opened(rig, simulated=twin is not None)
    if twin is not None:
        return dict(twin.hosts)
    return {name: LocalHost(name) for name in rig.hosts}


def refuse_what_cannot_be_opened(rig: Rig, *, simulated: bool) -> None:
    """UserError for a rig with several hosts, or on the bench with one that is reached over ssh: this version opens one local host."""
    if len(rig.hosts) == 1 and (simulated or all(host.connect == "local" for host in rig.hosts.values())):
        return
    there = ", ".join(f"{name} ({host.connect})" for name, host in rig.hosts.items())
    way_out = "a rig with one host" if simulated else 'a rig with one host, connect = "local"; or its twin, with --sim'
    raise UserError(f"{rig.name}: one local host is what this version opens", there, way_out)


def _open_host(bench: Bench, name: str, host: Host, progress: Progress | None, faults: list[RigError]) -> None:
    cameras = CameraSet(host, progress)
    bench.camera_sets.append(cameras)
    cameras.close_left_open()
    found = cameras.found()
    for camera, fitted in bench.rig.cameras_on(name).items():
        try:
            bench.cameras[camera] = cameras.open(camera, _matching(camera, fitted, bench.rig, host, found))
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
    hint = "power off, reseat both ends of the ribbon, look at the overlay in config.txt, then rpicam-hello --list-cameras"
    return CameraAbsent(f"{name}: no {module.name} answers on {fitted.port} of {fitted.host}", seen, hint, where=name)


def _bad_link(name: str, module: catalog.Module, seen: str) -> CameraAbsent:
    sensor = catalog.sensor(module.sensor)
    allowed = " or ".join(f"{hz}" for hz in sensor.link_freqs_hz)
    hint = f"in config.txt: dtoverlay={sensor.overlay},link-frequency=HZ with HZ {allowed}; then reboot"
    asked = f"{name}: the {module.name} is gone, its driver refuses the link frequency that the overlay asks for"
    return CameraAbsent(asked, seen, hint, where=name, cause="link frequency not supported")
