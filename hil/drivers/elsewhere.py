"""Drivers of a host in another process, used as if they were here: public methods and attributes are asked for over there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hil.drivers.camera import Camera, Progress
from hil.drivers.remote import RemoteHost
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.drivers.adc import Wired
    from hil.drivers.cameras import Found
    from hil.drivers.gpio import Gpio, RemoteGpio
    from hil.drivers.pico import Pico
    from hil.drivers.settings import Settings

T = TypeVar("T")


class Elsewhere:
    """Stands for a driver object in another process: its public methods and attributes are asked for there."""

    def __init__(self, kind: type, host: RemoteHost, target: str, here: dict[str, Any], progress: Progress | None) -> None:
        """`here`: attributes that are answered without asking."""
        self.__dict__.update(_kind=kind, _host=host, _target=target, _here=here, _progress=progress)

    def __getattr__(self, name: str) -> Any:
        if name in self._here:
            return self._here[name]
        known = getattr(self._kind, name, None)
        if name.startswith("_") or (known is None and name not in _fields(self._kind)):
            raise AttributeError(f"{self._kind.__name__} has no {name}")
        if not callable(known):
            return self._host.value(self._target, name)
        if getattr(known, "composed", False):
            return partial(known, self)

        def forward(*args: Any, **kwargs: Any) -> Any:
            return self._host.with_progress(self._progress, self._target, name, *args, **kwargs)

        forward.__name__, forward.__doc__ = name, known.__doc__
        return forward

    def __setattr__(self, name: str, value: object) -> None:
        raise UserError(f"{self._target}: {name} cannot be set from here", f"it is in the process of host {self._host.name}")

    def __dir__(self) -> list[str]:
        return [name for name in dir(self._kind) if not name.startswith("_")]

    def __repr__(self) -> str:
        return f"<{self._kind.__name__} {self._target} on {self._host.name}>"


def _fields(kind: type) -> set[str]:
    return {name for base in kind.__mro__ for name in vars(base).get("__annotations__", {})}


def elsewhere(kind: type[T], host: RemoteHost, target: str, *, name: str = "", progress: Progress | None = None) -> T:
    """A `kind` that the agent of `host` calls `target`, to be used as if it were here; `name`: the rig's for it."""
    return cast(T, Elsewhere(kind, host, target, {"name": name, "host": host}, progress))


class RemoteCameraSet:
    """The cameras of a host in another process, as `hil.drivers.cameras.CameraSet`."""

    def __init__(self, host: RemoteHost) -> None:
        """Of `host`."""
        self._host = host

    @property
    def timeout_ms(self) -> int:
        """What libcamera was told to wait for a frame there, in ms; 0 for its own rule."""
        waits: int = self._host.value("cameras", "timeout_ms")
        return waits

    def found(self) -> list[Found]:
        """What is connected there, in picamera2's order."""
        found: list[Found] = self._host.call("cameras", "found")
        return found

    def close_left_open(self) -> None:
        """Close cameras that somebody in that process left open."""
        self._host.call("cameras", "close_left_open")

    def expect_gap(self, seconds: float, *, paced: bool = False) -> None:
        """Have libcamera wait at least twice `seconds` for a frame there."""
        self._host.call("cameras", "expect_gap", seconds, paced=paced)

    def lend(self) -> None:
        """Nothing: a test that opens cameras itself opens those of its own process."""

    def take_back(self) -> None:
        """Nothing: they were never lent."""


class RemoteDevices:
    """The devices of a host in another process, as `hil.drivers.devices.HostDevices`."""

    def __init__(self, host: RemoteHost, progress: Progress | None = None) -> None:
        """Nothing is opened yet."""
        self.host, self._progress = host, progress
        self.cameras = RemoteCameraSet(host)

    def open_camera(self, name: str, found: Found) -> Camera:
        """One camera, by the rig's name for it."""
        return elsewhere(Camera, self.host, self.host.call("", "open_camera", name, found), name=name, progress=self._progress)

    def open_gpio(self, adcs: Mapping[str, Wired]) -> Gpio | RemoteGpio:
        """Its header, with the converters on its SPI by the rig's names."""
        from hil.drivers.gpio import RemoteGpio

        return RemoteGpio(partial(self.host.call, self.host.call("", "open_gpio", dict(adcs))))

    def open_settings(self) -> Settings:
        """Its kernel settings."""
        from hil.drivers.settings import Settings

        return elsewhere(Settings, self.host, self.host.call("", "open_settings"))

    def open_pico(self, name: str, serial: str | None) -> Pico:
        """A Pico on its USB; `serial`: the start of its serial number, where the host has several."""
        from hil.drivers.pico import Pico

        return elsewhere(Pico, self.host, self.host.call("", "open_pico", name, serial), name=name)

    def close(self) -> list[str]:
        """Leave everything there safe, also while calls are under way; what was done, in words."""
        return self.host.leave_safe()
