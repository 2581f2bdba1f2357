"""What the agent's calls are for: the devices of its host, each by the name it is called by."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hil.drivers.calls import Call
from hil.drivers.devices import HostDevices
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.drivers.adc import Wired
    from hil.drivers.camera import Progress
    from hil.drivers.cameras import Found
    from hil.drivers.host import Host


class Served:
    """The objects of one host process. Methods that open a device keep it here and return the name it is called by."""

    def __init__(self, host: Host, progress: Progress | None = None) -> None:
        """Nothing is opened yet but the list of cameras."""
        self.host = host
        self._devices = HostDevices(host, progress)
        self._objects: dict[str, Any] = {"": self, "host": host, "clock": host.clock, "cameras": self._devices.cameras}

    @staticmethod
    def prepare() -> None:
        """Load what takes long, side by side with other hosts; that it is missing is said when a camera is asked for."""
        with contextlib.suppress(Exception):
            importlib.import_module("picamera2")

    def perform(self, call: Call) -> Any:
        """Do one call; what it returned."""
        if ":" in call.name:
            return self._function(call.name)(self.host, *call.args, **(call.kwargs or {}))
        holder = self._objects.get(call.target)
        if holder is None:
            raise UserError(f"{call.target} on host {self.host.name} asked for", f"open there: {', '.join(sorted(self._objects))}")
        attribute = getattr(holder, call.name)
        return attribute if call.kwargs is None else attribute(*call.args, **call.kwargs)

    @staticmethod
    def _function(name: str) -> Callable[..., Any]:
        """A function of the drivers that asks something of a host: "hil.drivers.v4l2:subdev_of"."""
        module, _, function = name.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(module), function)
        return getattr(found, "__wrapped__", found)

    def open_camera(self, name: str, found: Found) -> str:
        """See `HostDevices`."""
        return self._keep(f"camera {name}", self._devices.open_camera(name, found))

    def open_gpio(self, adcs: Mapping[str, Wired]) -> str:
        """See `HostDevices`."""
        return self._keep("gpio", self._devices.open_gpio(adcs))

    def open_settings(self) -> str:
        """See `HostDevices`."""
        return self._keep("settings", self._devices.open_settings())

    def open_pico(self, name: str, serial: str | None) -> str:
        """See `HostDevices`."""
        return self._keep(f"pico {name}", self._devices.open_pico(name, serial))

    def _keep(self, name: str, device: Any) -> str:
        self._objects[name] = device
        return name

    def close(self) -> list[str]:
        """Leave everything safe; what was done, in words."""
        return self._devices.close()
