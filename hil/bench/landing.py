"""The first thing that runs on a Pi: puts this package there, from what the controlling process sends, and onto Python's path.

It is sent as text and runs where nothing of ours is yet: the standard library only, in words that a Python which is too old for
the rest still reads. What came once stays in the user's cache folder, under its SHA-256, and is checked against it at every start.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
from pathlib import Path
from typing import Any

OLDEST = (3, 11)
"""The Python of Raspberry Pi OS bookworm."""

KEPT = 8
"""So many packages stay in the cache, those that were last used: a few hundred kilobytes each."""


def land(channel: Any) -> bool:
    """Receive a package's SHA-256, say whether the package itself is wanted, and how it went; whether it is on the path."""
    digest = channel.receive()
    if sys.version_info < OLDEST:
        channel.send(("python", platform.python_version()))
        return False
    package = _folder() / f"{digest}.zip"
    try:
        if not _is_there(package, digest):
            channel.send(("wanted", ""))
            _store(package, channel.receive())
        os.utime(package)
        _prune(package.parent)
    except OSError as refused:
        channel.send(("refused", f"{package.parent}: {refused.strerror}"))
        return False
    sys.path.insert(0, str(package))
    if importlib.util.find_spec("numpy") is None:
        channel.send(("missing", "numpy"))
        return False
    channel.send(("landed", str(package)))
    return True


def _folder() -> Path:
    """Ours in the user's cache folder (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hil"


def _is_there(package: Path, digest: str) -> bool:
    """Whether it is there, whole: a Pi that lost its supply may have written half of it."""
    try:
        return hashlib.sha256(package.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False


def _store(package: Path, data: bytes) -> None:
    package.parent.mkdir(parents=True, exist_ok=True)
    new = package.with_name(f"{package.name}.{os.getpid()}")
    try:
        new.write_bytes(data)
        new.replace(package)
    finally:
        new.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    """By when they were last used, not by age: a Pi's date may be anything."""
    packages = sorted(folder.glob("*.zip"), key=lambda package: (package.stat().st_mtime_ns, package.name), reverse=True)
    for package in packages[KEPT:]:
        package.unlink(missing_ok=True)
