"""The simulated twin of a rig: one world, its hosts, their cameras; `hil.bench` and `hil.sim.run` open it here and nowhere else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType

from hil.rig.spec import TwinCamera, TwinHost, TwinSpec
from hil.sim import seams, truth
from hil.sim.camera import tuning_files
from hil.sim.camera.device import CameraDevice
from hil.sim.camera.sync import Network
from hil.sim.host import SimHost
from hil.sim.wires import Wires
from hil.sim.world import HostClock, World


class Twin:
    """A rig's twin. `install()` puts this process into it, as a program on the local host; `close()` takes it out again."""

    def __init__(self, spec: TwinSpec, seed: int) -> None:
        """`seed`: root of everything that is drawn."""
        self.spec, self.seed = spec, seed
        self.world = World(seed)
        """True time and what is due in it."""
        self.clocks = {host.name: _clock(self.world, seed, host) for host in spec.hosts}
        self._folder = tempfile.TemporaryDirectory(prefix="hil-twin-")
        self.hosts = {host.name: self._host(host) for host in spec.hosts}
        self.wires = Wires(self.world, spec, seed)
        """What is soldered between the devices."""
        network = Network()
        self.cameras = {fitted.name: self._camera(fitted, network) for fitted in spec.cameras}
        self._installed = False

    def _host(self, host: TwinHost) -> SimHost:
        root = Path(self._folder.name, host.name)
        root.mkdir()
        return SimHost(host, self.spec.cameras_on(host.name), root, self.clocks[host.name])

    def _camera(self, fitted: TwinCamera, network: Network) -> CameraDevice:
        host = self.hosts[fitted.host]
        scene = truth.scene(self.seed, fitted, self.spec.light)
        return CameraDevice(self.world, self.clocks[host.name], host.camera(fitted.name), host.board.platform, scene, network)

    @property
    def local(self) -> TwinHost:
        """The host whose programs run in this process: the first one that is reached locally, else the first."""
        return next((host for host in self.spec.hosts if host.connect == "local"), self.spec.hosts[0])

    def backends(self, host: str) -> list[CameraDevice]:
        """The cameras that libcamera finds on a host, in the order of their ids; called anew for each camera manager."""
        there = [camera for camera in self.cameras.values() if camera.wired.spec.host == host and camera.wired.bound]
        for camera in there:
            camera.enumerate()
        return sorted(there, key=lambda camera: camera.id)

    def install(self) -> None:
        """From now on `import picamera2` in this process finds the local host's simulated cameras, and time is the world's."""
        host = self.local
        platform = self.hosts[host.name].board.platform
        seams.install(
            self.world,
            backends=lambda: self.backends(host.name),
            platform=platform,
            clock=self.clocks[host.name],
            tuning_folder=tuning_files.write(self.hosts[host.name].root, platform),
        )
        self._installed = True

    def close(self) -> None:
        """Put this process back into real time."""
        if self._installed:
            seams.uninstall()
            self._installed = False
        self.world.close()
        self._folder.cleanup()

    def __enter__(self) -> Twin:
        self.install()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_twin(spec: TwinSpec, seed: int) -> Twin:
    """The twin of `spec`; nothing of this process is changed until `install()`."""
    return Twin(spec, seed)


def _clock(world: World, seed: int, host: TwinHost) -> HostClock:
    drawn = truth.host_truth(seed, host)
    return HostClock(world, drawn.uptime_ns, drawn.clock_ppm)
