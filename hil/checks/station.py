"""The open rig, as far as a procedure needs it. `hil.bench.Bench` is one; tests make their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hil.clock import Clock
    from hil.drivers.camera import Camera
    from hil.drivers.host import Host
    from hil.rig import Rig


class Station(Protocol):
    """Everything that is connected, by the names of the rig file."""

    @property
    def rig(self) -> Rig:
        """The rig as written down."""

    @property
    def clock(self) -> Clock:
        """The clock of the rig's first host."""

    @property
    def hosts(self) -> Mapping[str, Host]:
        """The Raspberry Pis: files, commands, a clock each."""

    @property
    def cameras(self) -> Mapping[str, Camera]:
        """The cameras, local or in a host process."""

    @property
    def picos(self) -> Mapping[str, Any]:
        """The Picos (hil.drivers.pico.Pico)."""

    @property
    def gpio(self) -> Mapping[str, Any]:
        """The header pins of the hosts (hil.drivers.gpio.Gpio)."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Module parameters, overlays and timeouts of the hosts (hil.drivers.settings.Settings)."""


def pin_of(pin: str) -> tuple[str, str]:
    """Device and pin of "pico.GP15"."""
    device, _, name = pin.partition(".")
    return device, name
