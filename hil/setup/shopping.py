"""What a rig is made of, as a list to buy and lay out: boards, cameras, cables, lenses, parts with their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hil import catalog
from hil.rig import Rig
from hil.rig.model import Camera
from hil.rig.words import listed

CAMERA_PINS = 15
"""Contacts of the connector on every camera module of the catalog (documentation page, "Camera connectors")."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list."""

    count: int
    what: str
    for_what: str = ""

    def __str__(self) -> str:
        return f"{self.count} x {self.what}" + (f"   ({self.for_what})" if self.for_what else "")


def shopping(rig: Rig) -> tuple[Item, ...]:
    """Everything the rig file speaks of, and the cables and tools that it implies."""
    return (*_boards(rig), *_cameras(rig), *_picos(rig), *_parts(rig), *_tools(rig))


def _boards(rig: Rig) -> Iterator[Item]:
    for board, names in _grouped({name: host.board for name, host in rig.hosts.items()}):
        yield Item(len(names), board, f"{listed(names)}; each with its supply and a microSD card with Raspberry Pi OS")


def _cameras(rig: Rig) -> Iterator[Item]:
    for module, names in _grouped({name: camera.module for name, camera in rig.cameras.items()}):
        yield Item(len(names), module, listed(names))
    for cable, names in _grouped({name: cable_of(rig, camera) for name, camera in rig.cameras.items()}):
        yield Item(len(names), cable, listed(names))
    lenses = {name: lens_of(camera) for name, camera in rig.cameras.items()}
    for lens, names in _grouped({name: lens for name, lens in lenses.items() if lens}):
        yield Item(len(names), lens, listed(names))
    rings = [name for name, camera in rig.cameras.items() if camera.adapter]
    if rings:
        yield Item(len(rings), "C-CS adapter ring", listed(rings))


def cable_of(rig: Rig, camera: Camera) -> str:
    """The camera cable that a camera needs on its host."""
    pins = catalog.board(rig.hosts[camera.host].board).connector_pins
    if pins == CAMERA_PINS:
        return f"camera cable, {CAMERA_PINS} to {CAMERA_PINS} pins"
    return f"camera cable, {pins} to {CAMERA_PINS} pins (Standard - Mini)"


def lens_of(camera: Camera) -> str:
    """The lens of a camera, in words; "" where it is part of the module."""
    module = catalog.module(camera.module)
    if camera.lens is None:
        return f"lens, {listed(module.mounts, 'or')} mount (the rig file does not say which)" if module.mounts else ""
    lens = catalog.lens(camera.lens)
    return f"{lens.name} lens, {lens.mount} mount, {lens.aperture}"


def _picos(rig: Rig) -> Iterator[Item]:
    for board, names in _grouped({name: pico.board for name, pico in rig.picos.items()}):
        yield Item(len(names), f"{board} with headers, and a micro-USB cable that carries data", listed(names))
    for chip, names in _grouped({name: adc.chip for name, adc in rig.adcs.items()}):
        yield Item(len(names), f"{chip} converter, 16-pin DIP", listed(names))
    for kind, names in _grouped({name: f"{shifter.kind}, {shifter.threshold_v:g} V threshold" for name, shifter in rig.shifters.items()}):
        yield Item(len(names), kind, listed(names))


def _parts(rig: Rig) -> Iterator[Item]:
    words = {"R": "resistor {}", "C": "capacitor {}", "LED": "LED {}, 5 mm", "D": "diode {}"}
    parts = {part.name: words[part.kind].format(part.text) for line in rig.lines for part in line.parts}
    for what, names in _grouped(parts):
        yield Item(len(names), what, listed(names))


def _tools(rig: Rig) -> Iterator[Item]:
    if not rig.wiring:
        return
    yield Item(1, "breadboard, thin wire, soldering iron, multimeter", "pads of cameras are soldered, all else can be plugged")
    if rig.strobe is not None:
        yield Item(
            1,
            "sheet of white paper, and a cover over it and the lenses",
            f"{listed(rig.strobe.seen_by)} look{_s(rig.strobe.seen_by)} at the LED through it",
        )


def _s(names: tuple[str, ...]) -> str:
    return "s" if len(names) == 1 else ""


def _grouped(what_by_name: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Equal things together, in the order in which they first come."""
    return [(what, [name for name, other in what_by_name.items() if other == what]) for what in Counter(what_by_name.values())]
