"""What is connected: boards, cameras with what they were booted with, Picos. Looks at files and lists; nothing is opened or changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hil import catalog
from hil.catalog import Board, Module
from hil.drivers.cameras import CameraSet, Found
from hil.drivers.elsewhere import RemoteCameraSet
from hil.drivers.host import Host, read_text
from hil.drivers.overlays import Overlay, overlays
from hil.drivers.pico_found import serial_numbers
from hil.drivers.remote import RemoteHost
from hil.errors import RigError


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that libcamera lists."""

    model: str
    """As libcamera says it."""
    modules: tuple[Module, ...]
    """The products it can be; no software tells them apart."""
    port: str
    """"" where the connector is not known."""
    overlay: Overlay | None
    """What config.txt asks for it; None where it was detected."""


@dataclass(frozen=True, slots=True)
class FoundHost:
    """A Raspberry Pi."""

    name: str
    connect: str
    board: Board
    cameras: tuple[FoundCamera, ...]
    picos: tuple[str, ...]
    """Their serial numbers."""
    notes: tuple[str, ...]
    """What could not be looked at, and why."""


def look(host: Host, connect: str) -> FoundHost | None:
    """What hangs on a host; None for a machine that is no Raspberry Pi of the catalog."""
    board = board_of(read_text(host, "/sys/firmware/devicetree/base/model") or "")
    if board is None:
        return None
    notes: list[str] = []
    try:
        listed = RemoteCameraSet(host).found() if isinstance(host, RemoteHost) else CameraSet(host).found()
    except RigError as fault:
        listed = []
        notes.append(f"cameras were not looked for: {fault.asked}; {fault.found}")
    asked = overlays(host) or []
    cameras = tuple(_camera(one, board, asked) for one in listed)
    picos = serial_numbers(host)
    if picos is None:
        notes.append("Picos were not looked for: pyserial is not installed")
    name = re.sub(r"[^A-Za-z0-9_-]", "-", (read_text(host, "/etc/hostname") or host.name).split(".")[0]) or "pi"
    return FoundHost(name if name[0].isalpha() else f"pi-{name}", connect, board, cameras, tuple(picos or ()), tuple(notes))


def board_of(model: str) -> Board | None:
    """The catalog's board of what /sys/firmware/devicetree/base/model says: the longest name that fits, one with a connector first."""
    fitting = [board for board in catalog.boards() if model.startswith(board.model_text)]
    return max(fitting, key=lambda board: (len(board.model_text), bool(board.ports)), default=None)


def _camera(found: Found, board: Board, asked: Iterable[Overlay]) -> FoundCamera:
    modules = tuple(module for module in catalog.modules() if module.libcamera_model == found.model)
    port = board.port_of(found.id) or (board.ports[0] if len(board.ports) == 1 else "")
    sensors = {catalog.sensor(module.sensor).overlay for module in modules}
    mine = [one for one in asked if one.name in sensors and ("cam0" in one.parameters) == (port == "CAM0")]
    return FoundCamera(found.model, modules, port, mine[0] if mine else None)
