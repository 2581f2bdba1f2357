"""Python packages of a simulated host: what apt and pip have installed, as dpkg-query says it and as their metadata lie on the disk."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.tools.facts import table
from hil.sim.tools.tree import Tree
from hil.sim.tools.words import not_modelled

if TYPE_CHECKING:
    from hil.sim.host import SimHost

APT_FOLDER = "usr/lib/python3/dist-packages"
_OF_PICAMERA2 = ("python3-picamera2", "python3-simplejpeg")
_FORMAT = "${db:Status-Abbrev}${Package} ${Version}\n"


def installed(os: str, picamera2: str) -> dict[str, str]:
    """Debian packages and their versions; `picamera2`: who installed it, "apt", "pip" or "nobody"."""
    known: dict[str, str] = table()["os"][os]["packages"]
    return {name: version for name, version in known.items() if picamera2 == "apt" or name not in _OF_PICAMERA2}


def write(tree: Tree, os: str, picamera2: str) -> None:
    """The metadata in the folders where Python looks for packages."""
    for package, version in installed(os, picamera2).items():
        name = package.removeprefix("python3-")
        if name in ("picamera2", "numpy", "simplejpeg"):
            upstream = re.sub(r"^\d+:|-[^-]*$|\+ds", "", version)
            tree.write(f"{APT_FOLDER}/{name}-{upstream}.dist-info/METADATA", _metadata(name, upstream))
    if picamera2 == "pip":
        folder = f"usr/local/lib/python{table()['os'][os]['python']}/dist-packages"
        for name, version in table()["pip"].items():
            tree.write(f"{folder}/{name}-{version}.dist-info/METADATA", _metadata(name, version))
            tree.write(f"{folder}/{name}-{version}.dist-info/INSTALLER", "pip\n")


def _metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def dpkg_query(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Dpkg-query -W -f of packages by name, in one format."""
    if arguments[:3] != ["-W", "-f", _FORMAT]:
        return not_modelled(tool, shlex.join(arguments))
    there = installed(host.facts.os, host.spec.picamera2)
    printed = "".join(f"ii {name} {there[name]}\n" for name in arguments[3:] if name in there)
    missing = [name for name in arguments[3:] if name not in there]
    said = "".join(f"dpkg-query: no packages found matching {name}\n" for name in missing)
    return Completed(printed, said, 1 if missing else 0)
