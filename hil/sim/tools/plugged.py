"""What is plugged into the USB of a simulated host, as sysfs shows it."""

from __future__ import annotations

from collections.abc import Sequence

from hil.rig.spec import TwinPico
from hil.sim.tools.tree import Tree

VENDOR, MICROPYTHON = "2e8a", "0005"
"""USB ids of MicroPython on a Pico (ports/rp2)."""


def write(tree: Tree, picos: Sequence[tuple[TwinPico, str]]) -> None:
    """The devices; `picos`: each with its serial number."""
    present = [(pico, serial) for pico, serial in picos if pico.present]
    for number, (_, serial) in enumerate(present, 1):
        device = f"sys/bus/usb/devices/1-{number}"
        texts = {
            "idVendor": VENDOR,
            "idProduct": MICROPYTHON,
            "manufacturer": "MicroPython",
            "product": "Board in FS mode",
            "serial": serial,
        }
        for name, text in texts.items():
            tree.write(f"{device}/{name}", f"{text}\n")
