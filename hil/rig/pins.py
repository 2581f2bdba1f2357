"""Names of the pins that a wiring line may speak of: the Pi's header, a camera's pads, a Pico's edge, the legs of chips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hil import catalog
from hil.errors import UserError
from hil.rig.model import Rig
from hil.rig.wiring import Devices

SECTIONS = ("hosts", "cameras", "picos", "adcs", "shifters")
"""The sections of a rig whose entries have pins."""

HOST = frozenset({*(f"GPIO{number}" for number in range(28)), "GND", "3V3", "5V"})
"""The 40-pin header, by the BCM numbers that every Pi tool uses."""

_POWER = ("GND", "AGND", "3V3", "3V3_EN", "VSYS", "VBUS", "RUN", "ADC_VREF")
PICO = frozenset({*(f"GP{number}" for number in (*range(23), 26, 27, 28)), *_POWER})
"""The Pico's edge; GP23 to GP25 are used on the board itself (Pico datasheet, 2.1)."""

_PADS = {"imx477": frozenset({"GND", "XVS"}), "imx296": frozenset({"GND", "XVS", "XHS", "XTR"})}
"""Test points of the HQ and GS boards that the documentation page solders to."""

ADC = frozenset({*(f"CH{number}" for number in range(8)), "GND", "VREF"})
"""The inputs of an MCP3008, its grounds as one and its reference (Microchip DS21295, figure 1-1)."""

SHIFTER = frozenset({"IN", "OUT", "GND"})
"""One channel of a level shifter or comparator."""

_NO_PADS = frozenset({"GND"})


def camera(module: str) -> frozenset[str]:
    """Pads of a module; empty, which means any, where the module is unknown."""
    try:
        return _PADS.get(catalog.module(module).sensor, _NO_PADS)
    except UserError:
        return frozenset()


def of(rig: Rig, declared: Mapping[str, Iterable[str]]) -> Devices:
    """Every device with its pins. `declared` adds names whose own lines are faulty, so that nobody trips over them twice."""
    return Devices(
        hosts=dict.fromkeys(declared["hosts"], HOST),
        cameras={name: camera(rig.cameras[name].module) if name in rig.cameras else frozenset() for name in declared["cameras"]},
        picos=dict.fromkeys(declared["picos"], PICO),
        adcs=dict.fromkeys(declared["adcs"], ADC),
        shifters=dict.fromkeys(declared["shifters"], SHIFTER),
    )
