"""A look at a Pico that changes nothing: who is on USB, and which firmware answers."""

from __future__ import annotations

from dataclasses import dataclass

from hil.drivers.host import Host, at_its_host, names_in, read_text

VENDOR = "2e8a"
BOOTLOADERS = {"0003": "RP2040", "000f": "RP2350"}
"""USB products of a Pico in BOOTSEL mode: it waits for a .uf2 file."""
MICROPYTHON = "0005"
_DEVICES = "/sys/bus/usb/devices"


@dataclass(frozen=True, slots=True)
class Plugged:
    """A device of Raspberry Pi's on the USB of a host."""

    serial: str
    product: str
    """Its USB product id: "0005"."""


@dataclass(frozen=True, slots=True)
class PicoSeen:
    """A Pico that answered."""

    serial: str
    device: str
    maker: str
    firmware: str


def plugged(host: Host) -> list[Plugged]:
    """Every Pico on the USB of a host, with whatever runs on it."""
    found = []
    for name in names_in(host, _DEVICES):
        if ":" not in name and read_text(host, f"{_DEVICES}/{name}/idVendor") == VENDOR:
            texts = [read_text(host, f"{_DEVICES}/{name}/{key}") or "" for key in ("serial", "idProduct")]
            found.append(Plugged(*texts))
    return found


@at_its_host
def ask(host: Host, name: str, serial_number: str | None) -> PicoSeen:
    """Ask the Pico `name` who it is; it goes on with whatever it does. A RigError of hil.drivers.pico_errors if it cannot say."""
    from hil.drivers.pico_line import Line, find

    line = Line(name, find(name, serial_number))
    try:
        maker, _, serial, version = line.ask("*IDN?", 4)
    finally:
        line.close()
    return PicoSeen(serial, line.device, maker, version)
