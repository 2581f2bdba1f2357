"""The simulated twin of a rig: one world, its hosts, their cameras; `hil.bench` and `hil.sim.run` open it here and nowhere else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from hil.rig.spec import TwinCamera, TwinHost, TwinPico, TwinSpec
from hil.sim import operator, seams, truth
from hil.sim.camera import tuning_files
from hil.sim.camera.device import Bench, CameraDevice
from hil.sim.camera.sync import Network
from hil.sim.edge import gpio
from hil.sim.host import SimHost
from hil.sim.link import LINK
from hil.sim.link_hub import Hub
from hil.sim.link_spoke import Spoke
from hil.sim.pico import device as pico
from hil.sim.pico import pads
from hil.sim.supply import Supplies
from hil.sim.wires import Wires
from hil.sim.world import HostClock, World

CONTROLLER = TwinHost("controller", "")
"""The machine that controls a rig whose hosts are all elsewhere: nothing is known of it but that it has a clock."""


class Twin:
    """A rig's twin. `install()` puts this process into it, as a program on the local host; `close()` takes it out again.

    All of it in this process, or with other processes in the same world: the hub's has the hosts that are reached locally, a spoke
    has one of the others. Every process has all the wires.
    """

    def __init__(self, spec: TwinSpec, seed: int, here: Iterable[str] | None = None, hub_folder: Path | None = None) -> None:
        """`seed`: root of everything that is drawn; `here`: the hosts in this process, all if None; `hub_folder`: the hub's, in a spoke."""
        self.spec, self.seed = spec, seed
        self.here = tuple(host for host in spec.hosts if here is None or host.name in here)
        self.world = World(seed)
        """True time and what is due in it."""
        self._folder = None if hub_folder else tempfile.TemporaryDirectory(prefix="hil-twin-")
        self.folder = hub_folder or Path(self._folder.name if self._folder else "")
        """Where everything lies that a file system shows of it; one for all processes."""
        apart = [host.name for host in spec.hosts if host not in self.here]
        self.hub = Hub(self.world, self.folder, apart) if apart and not hub_folder else None
        """What lets the other processes go, in the controlling one."""
        self.spoke = Spoke(self.world, self.here[0].name, self.folder / LINK, called=True, at_end=self._vanish) if hub_folder else None
        """What lets this process go, in the others."""
        self.clocks = {host.name: _clock(self.world, seed, host) for host in spec.hosts}
        self._controllers_clock = _clock(self.world, seed, CONTROLLER)
        self.hosts = {host.name: self._host(host) for host in self.here}
        self.wires = Wires(self.world, spec, seed)
        """What is soldered between the devices."""
        gpio.reset(self.wires, spec, seed)
        bench = Bench(self.wires, Network(self.world.exchange), spec.strobe.seen_by if spec.strobe else ())
        self.cameras = {fitted.name: self._camera(fitted, bench) for fitted in spec.cameras if self._has(fitted)}
        pads.begin(self.wires, spec.picos, spec.wiring)
        self.picos = pico.fit(self.world, self.wires, self._picos_here(), spec.wiring, self.folder)
        """The Picos on the USB of this process's host."""
        self.supplies = Supplies(self.world, self.wires, spec, self.hosts)
        """What the hosts are fed from."""
        if spec.station is not None and spec.station.start.partition(".")[0] in self.hosts:
            operator.enter(self.world, self.wires, spec.station)
        self._installed = False

    def _picos_here(self) -> tuple[TwinPico, ...]:
        return tuple(one for one in self.spec.picos if one.host == self.local.name)

    def _host(self, host: TwinHost) -> SimHost:
        root = self.folder / host.name
        root.mkdir()
        picos = [(one, pico.serial_number(self.seed, one)) for one in self.spec.picos if one.host == host.name]
        return SimHost(host, self.spec.cameras_on(host.name), root, self.clocks[host.name], picos)

    def _has(self, fitted: TwinCamera) -> bool:
        """Whether a camera hangs on a host of this process; on another board than the rig's its cable may have nowhere to go."""
        return fitted.host in self.hosts and fitted.port in self.hosts[fitted.host].board.ports

    def _camera(self, fitted: TwinCamera, bench: Bench) -> CameraDevice:
        host = self.hosts[fitted.host]
        scene = truth.scene(self.seed, fitted, self.spec.light, self.spec.strobe)
        return CameraDevice(self.world, self.clocks[host.name], host, host.camera(fitted.name), scene, bench)

    @property
    def local(self) -> TwinHost:
        """The host whose programs run in this process: the first one that is reached locally, else the first; or the controller."""
        return next((host for host in self.here if host.connect == "local"), self.here[0] if self.here else CONTROLLER)

    @property
    def clock(self) -> HostClock:
        """CLOCK_MONOTONIC of the machine whose programs run in this process."""
        return self.clocks.get(self.local.name) or self._controllers_clock

    def backends(self, host: str) -> list[CameraDevice]:
        """The cameras that libcamera finds on a host, in the order of their ids; called anew for each camera manager."""
        if not self.hosts[host].may_capture:
            return []
        there = [camera for camera in self.cameras.values() if camera.wired.spec.host == host and camera.wired.bound]
        for camera in there:
            camera.enumerate()
        return sorted(there, key=lambda camera: camera.id)

    def install(self) -> None:
        """From now on `import picamera2` in this process finds the local host's simulated cameras, and time is the world's."""
        host = self.local
        if host is CONTROLLER:
            seams.install(self.world, backends=tuple, platform="vc4", clock=self.clock)
            self._installed = True
            return
        platform = self.hosts[host.name].board.platform
        seams.install(
            self.world,
            backends=lambda: self.backends(host.name),
            platform=platform,
            clock=self.clocks[host.name],
            tuning_folder=tuning_files.write(self.hosts[host.name].root, platform),
            header=gpio.Header(self.world, self.wires, self.clocks[host.name], self.spec, host.name, self.seed),
            picos=self.picos,
        )
        self._installed = True

    def close(self) -> None:
        """Put this process back into real time."""
        if self._installed:
            seams.uninstall()
            self._installed = False
        for one in self.picos.values():
            one.close()
        if self.hub is not None:
            self.hub.close()
        self.world.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _vanish(self) -> None:
        """The hub is gone, and can no longer clear up."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Twin:
        self.install()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_twin(spec: TwinSpec, seed: int) -> Twin:
    """The twin of `spec`; nothing of this process is changed until `install()`."""
    return Twin(spec, seed)


def open_spoke(spec: TwinSpec, seed: int, host: str, folder: Path) -> Twin:
    """The part of one host that is reached over ssh, in a process of its own; `folder`: of the hub's twin."""
    return Twin(spec, seed, here=[host], hub_folder=folder)


def _clock(world: World, seed: int, host: TwinHost) -> HostClock:
    drawn = truth.host_truth(seed, host)
    return HostClock(world, drawn.uptime_ns, drawn.clock_ppm, truth.slews(seed, host))
