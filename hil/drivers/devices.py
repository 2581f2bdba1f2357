"""Everything of one host that a rig opens: its cameras, header pins, kernel settings and the Picos on its USB; closed together.

Drivers are loaded when something of theirs is opened, so that a rig without a Pico needs no pyserial.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hil.drivers.cameras import CameraSet

if TYPE_CHECKING:
    from hil.drivers.adc import Wired
    from hil.drivers.camera import Camera, Progress
    from hil.drivers.cameras import Found
    from hil.drivers.gpio import Gpio, RemoteGpio
    from hil.drivers.host import Host
    from hil.drivers.pico import Pico
    from hil.drivers.settings import Settings


class HostDevices:
    """The devices of a host, held by this process."""

    def __init__(self, host: Host, progress: Progress | None = None) -> None:
        """Nothing is opened yet."""
        self.host = host
        self.cameras = CameraSet(host, progress)
        self._first: list[Callable[[], object]] = []
        self._last: list[Callable[[], list[str]]] = []

    def open_camera(self, name: str, found: Found) -> Camera:
        """One camera, by the rig's name for it."""
        return self.cameras.open(name, found)

    def open_gpio(self, adcs: Mapping[str, Wired]) -> Gpio | RemoteGpio:
        """Its header, with the converters on its SPI by the rig's names."""
        from hil.drivers.gpio import Gpio

        gpio = Gpio(self.host, adcs)
        self._first.append(gpio.close)
        return gpio

    def open_settings(self) -> Settings:
        """Its kernel settings."""
        from hil.drivers.settings import Settings

        settings = Settings(self.host)
        self._last.append(settings.close)
        return settings

    def open_pico(self, name: str, serial: str | None) -> Pico:
        """A Pico on its USB; `serial`: the start of its serial number, where the host has several."""
        from hil.drivers.pico import Pico

        pico = Pico(name, self.host.clock, serial, streaming=self._streaming)
        self._first.append(pico.close)
        return pico

    def _streaming(self) -> bool:
        return self.cameras.streaming

    def close(self) -> list[str]:
        """Leave everything safe, whatever fails: triggers and strobes first, then cameras, then settings. What was done, in words."""
        done = []
        while self._first:
            with contextlib.suppress(Exception):
                self._first.pop()()
        self.cameras.close()
        while self._last:
            with contextlib.suppress(Exception):
                done += self._last.pop()()
        return done
