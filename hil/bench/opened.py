"""An open rig: what it hands out, how it is lent and how it is left safe."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from hil.clock import Clock
from hil.drivers.boot_config import put_back
from hil.drivers.camera import Camera
from hil.drivers.cameras import CameraSet
from hil.drivers.devices import HostDevices
from hil.drivers.elsewhere import RemoteCameraSet, RemoteDevices
from hil.drivers.host import Host
from hil.drivers.remote import RemoteHost
from hil.errors import RigError
from hil.rig import Rig


@dataclass
class Bench:
    """An open rig. Close it, or use it as a context manager: cameras are closed and HDR is put back whatever happened."""

    rig: Rig
    simulated: bool
    seed: int | None
    hosts: dict[str, Host]
    clock: Clock
    """The rig's clock: that of the machine this process runs on."""
    cameras: dict[str, Camera] = field(default_factory=dict)
    picos: dict[str, Any] = field(default_factory=dict)
    """hil.drivers.pico.Pico, by the rig's names."""
    gpio: dict[str, Any] = field(default_factory=dict)
    """hil.drivers.gpio.Gpio of each host that has a wire on its header."""
    settings: dict[str, Any] = field(default_factory=dict)
    """hil.drivers.settings.Settings of each host."""
    power: dict[str, Any] = field(default_factory=dict)
    """hil.drivers.power.Power of each host whose supply can be switched."""
    allow_reboot: bool = False
    """Whether hosts may be rebooted, and config.txt changed for it."""
    kept_changed: set[str] = field(default_factory=set)
    """Hosts whose config.txt stays changed, for the run that goes on after their reboot."""
    reopen: Callable[[str, list[RigError]], Host] | None = None
    """Opens the devices of a host again that has rebooted, adding to the faults; its host."""
    reconnect: Callable[[str], Host] | None = None
    """Reaches a host that has rebooted; None where its process has outlived it, as in the twin."""
    opened_ns: int = 0
    """On `clock`, when the rig was opened."""
    devices: list[HostDevices | RemoteDevices] = field(default_factory=list)
    """One for each host: what closes everything again."""
    at_last: list[Callable[[], object]] = field(default_factory=list)
    """What is to be done after the devices are closed."""

    @property
    def camera_sets(self) -> list[CameraSet | RemoteCameraSet]:
        """The cameras of each host."""
        return [devices.cameras for devices in self.devices]

    def rig_seconds(self) -> float:
        """How long the rig has been open, on its own clock."""
        return (self.clock.now_ns() - self.opened_ns) / 1e9

    def gone(self) -> RigError | None:
        """Why a host is there no longer, if one is not; the rig is not to be measured without it."""
        return next((host.ended for host in self.hosts.values() if isinstance(host, RemoteHost) and host.ended is not None), None)

    def lend(self) -> None:
        """Close the cameras for a while, so that a test may open those of this process itself with picamera2."""
        for camera in self.cameras.values():
            camera.rest()
        for cameras in self.camera_sets:
            cameras.lend()

    def take_back(self) -> None:
        """Open the cameras again; whatever this process left open is closed first."""
        for cameras in self.camera_sets:
            cameras.take_back()

    def reboot(self, host: str, *, by_power: bool = False) -> None:
        """Reboot a host, and open its devices again: fetch cameras from `cameras` anew. See `hil.bench.reboot.reboot`."""
        from hil.bench.reboot import reboot

        assert self.reopen is not None
        reboot(self, host, self.reopen, by_power=by_power)

    def boot_with(self, host: str, lines: Sequence[str]) -> None:
        """Have a host booted with these lines in its config.txt, until the rig is closed. See `hil.bench.reboot.boot_with`."""
        from hil.bench.reboot import boot_with

        assert self.reopen is not None
        boot_with(self, host, lines, self.reopen)

    def _put_configs_back(self) -> list[str]:
        done = []
        for name, host in self.hosts.items():
            if name not in self.kept_changed:
                with contextlib.suppress(RigError):  # what was there before is kept, and the next run names it
                    done += put_back(host)
        return done

    def close(self) -> list[str]:
        """Leave the rig safe; what was done, in words."""
        done = ["cameras closed"]
        for devices in self.devices:
            with contextlib.suppress(RigError):  # a host that is gone was named when it went
                done += devices.close()
        if self.devices:
            done += self._put_configs_back()
        self.devices.clear()
        while self.at_last:
            self.at_last.pop()()
        return done

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
