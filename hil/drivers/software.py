"""Which software a host has: versions of what captures; Python packages, and who installed them. Nothing is imported."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.drivers.host import Host, at_its_host, read_text

APT = "usr/lib/python3/dist-packages"
"""Where Debian's packages are."""
_SYSTEM = ("home/*/.local/lib/python3.*/site-packages", "usr/local/lib/python3.*/dist-packages", APT)
"""Where a system's python3 looks, in its order (site-packages of the user, Debian's patched `sysconfig`)."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed package."""

    name: str
    version: str
    by: str
    """"apt", "pip", or whatever wrote the INSTALLER file."""
    folder: str
    seen: bool
    """Whether the python3 that runs the cameras looks there."""


@at_its_host
def packages(host: Host, names: Sequence[str]) -> list[Installed]:
    """Those packages wherever they are, for each name first the one that an import finds."""
    own = [path for path in sys.path if path and (host.root / path.lstrip("/")).is_dir()]
    system = [str(path.relative_to(host.root)) for pattern in _SYSTEM for path in sorted(host.root.glob(pattern))]
    folders = dict.fromkeys(path.strip("/") for path in (*own, *system))
    in_use = {path.strip("/") for path in own} or set(folders)
    return [found for name in names for folder in folders if (found := _installed(host.root, folder, name, folder in in_use))]


@at_its_host
def versions(host: Host) -> dict[str, str]:
    """Of what captures there: kernel, libcamera, picamera2; what is not found is left out."""
    picamera2 = next((one.version for one in packages(host, ("picamera2",)) if one.seen), "")
    found = {"kernel": read_text(host, "/proc/sys/kernel/osrelease") or "", "libcamera": _libcamera(host), "picamera2": picamera2}
    return {name: text for name, text in found.items() if text}


def _libcamera(host: Host) -> str:
    """As its own tools were built with it, else as apt installed it."""
    said = re.search(r"libcamera build: (\S+)", host.run(["rpicam-hello", "--version"]).stdout)
    return said[1] if said else host.run(["dpkg-query", "-W", "-f", "${Version}", "python3-libcamera"]).stdout.strip()


def _installed(root: Path, folder: str, name: str, seen: bool) -> Installed | None:
    for entry in sorted((root / folder).glob(f"{name}-*-info")):
        if version := re.fullmatch(re.escape(name) + r"-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info", entry.name):
            installer = entry / "INSTALLER"
            by = "apt" if folder == APT else installer.read_text().strip() if installer.is_file() else "hand"
            return Installed(name, version[1], by, f"/{folder}", seen)
    return None
