"""From a name or a path to a checked `Rig`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hil import catalog, shipped
from hil.rig import rules
from hil.rig.document import Document, raise_all, read
from hil.rig.faults import checked
from hil.rig.model import Camera, Host, Rig


def load(name_or_path: str | Path) -> Rig:
    """The rig of a shipped name ("hq-cs") or of a file.

    Names come back as the catalog has them and every camera has its port. `UserError` for a file that cannot be read,
    `Faults` with every fault of one that can.
    """
    return _checked(read(shipped.find("rigs", name_or_path), "rig", "name, unit, [hosts] and [cameras]"))


def _checked(document: Document) -> Rig:
    rig, faults = checked(Rig, document)
    if rig is not None:
        faults += rules.faults(rig, document)
    raise_all(faults)
    assert rig is not None, "a rig without faults is there"
    return _filled(rig, document)


def _filled(rig: Rig, document: Document) -> Rig:
    """The rig with catalog names and with the ports that only one could be."""
    hosts = {name: _host(host) for name, host in rig.hosts.items()}
    cameras = {name: _camera(camera, hosts[camera.host]) for name, camera in rig.cameras.items()}
    gnss = tuple(catalog.band(name).name for name in rig.gnss)
    full = rig.model_copy(update={"hosts": hosts, "cameras": cameras, "gnss": gnss})
    return full.read_from(document.path, document.text, document.sha256)


def _host(host: Host) -> Host:
    return host.model_copy(update={"board": catalog.board(host.board).name})


def _camera(camera: Camera, host: Host) -> Camera:
    names: dict[str, Any] = {"module": catalog.module(camera.module).name, "port": camera.port or catalog.board(host.board).ports[0]}
    if camera.lens is not None:
        names["lens"] = catalog.lens(camera.lens).name
    return camera.model_copy(update=names)
