"""Which Picos hang on the USB of a host, before any rig file speaks of them."""

from __future__ import annotations

from hil.drivers.host import Host, at_its_host
from hil.drivers.pico_line import PID, VID


@at_its_host
def serial_numbers(host: Host) -> list[str] | None:
    """Of every Pico with MicroPython on that host; None where pyserial, which knows, is missing there."""
    try:
        from serial.tools import list_ports
    except ImportError:
        return None
    return sorted(port.serial_number or "" for port in list_ports.comports() if (port.vid, port.pid) == (VID, PID))
