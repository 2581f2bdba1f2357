"""gpiozero's pins on the machine this process runs on: lgpio's, because only they carry the kernel's time stamps.

Where a default pin factory is set already, that one is used: a program may have its reasons, and a simulated host has its own.
"""

from __future__ import annotations

from typing import Any

from hil.drivers.host import Host
from hil.errors import MissingPackage, RigError

INSTALL = "sudo apt install python3-gpiozero python3-lgpio; in a virtual environment: pip install gpiozero lgpio"


def device_on(host: Host, pin: str, kind: str, **options: Any) -> Any:
    """A gpiozero device of class `kind` on `pin` ("GPIO17"). RigError, in words, if the pin or all GPIO is out of reach."""
    gpiozero = _gpiozero(host)
    try:
        return getattr(gpiozero, kind)(pin, **options)
    except gpiozero.GPIOPinInUse as taken:
        hint = "close the other device of this program"
        raise RigError(f"{host.name}.{pin} asked for", f"in use: {taken}", hint, where=host.name, cause="pin in use") from taken
    except Exception as refused:
        # lgpio has an exception class of its own ("GPIO busy"), which cannot be named where it is not installed.
        hint = "another program holds the pin (gpioinfo says which), or an overlay of config.txt does"
        raise RigError(f"{host.name}.{pin} asked for", f"{refused}", hint, where=host.name, cause="pin in use") from refused


def spi_device_on(host: Host, kind: str, **options: Any) -> Any:
    """A gpiozero SPI device of class `kind`. RigError if SPI is switched off."""
    gpiozero = _gpiozero(host)
    try:
        return getattr(gpiozero, kind)(**options)
    except Exception as refused:
        hint = "switch SPI on: sudo raspi-config nonint do_spi 0"
        raise RigError(f"{host.name}: the {kind} asked for", f"{refused}", hint, where=host.name, cause="SPI") from refused


def _gpiozero(host: Host) -> Any:
    try:
        import gpiozero
    except ImportError as absent:
        raise _missing(host, "gpiozero", absent) from absent
    if gpiozero.Device.pin_factory is None:
        gpiozero.Device.pin_factory = _lgpio(host)
    return gpiozero


def _lgpio(host: Host) -> Any:
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as absent:
        raise _missing(host, "lgpio", absent) from absent
    try:
        return LGPIOFactory()
    except Exception as refused:
        hint = "on a Raspberry Pi: sudo usermod -aG gpio $USER, then log in again; elsewhere: --sim"
        raise RigError(f"{host.name}: GPIO asked for", f"{refused}", hint, where=host.name, cause="no GPIO") from refused


def _missing(host: Host, package: str, absent: ImportError) -> MissingPackage:
    return MissingPackage(f"{host.name}: {package} is needed to use its GPIO", f"{absent}", INSTALL, where=host.name)
