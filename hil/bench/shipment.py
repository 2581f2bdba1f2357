"""What travels to a host that is reached over ssh: the drivers, what they need, and nothing that a Pi would have to install for it."""

from __future__ import annotations

import functools
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import execnet

from hil.bench import landing
from hil.errors import MissingPackage, RigError

TRAVELS = ("__init__.py", "errors.py", "clock.py", "completed.py", "shipped.py", "catalog", "measure", "drivers")
"""Of this package; see the import contract in pyproject.toml."""

STAYS = ("show.py", "_show_sensor.py", "_show_parts.py")
"""Of those rooms, what prints with rich."""

LAND_WITHIN_S = 30.0
"""Real time for a few hundred kilobytes, over a radio link, onto an SD card."""

_WHENEVER = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Shipment:
    """A zip of modules, as Python imports them from one."""

    digest: str
    """SHA-256 in hex: the same on both machines means the same code."""
    data: bytes


@functools.cache
def shipment() -> Shipment:
    """This package as it travels; the same bytes whenever it is made from the same files."""
    packed = io.BytesIO()
    home = Path(__file__).resolve().parents[1]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(_files(home)):
            archive.writestr(zipfile.ZipInfo(f"hil/{file.relative_to(home)}", _WHENEVER), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return Shipment(hashlib.sha256(packed.getvalue()).hexdigest(), packed.getvalue())


def _files(home: Path) -> Iterator[Path]:
    for name in TRAVELS:
        for file in [home / name] if (home / name).is_file() else (home / name).rglob("*"):
            if file.suffix in (".py", ".toml") and file.name not in STAYS:
                yield file


def deliver(gateway: Any, serving: str, name: str) -> Any:
    """Our end of `landing.land`: the channel to what serves, which has the package on its path. RigError, or MissingPackage, if not."""
    sent = shipment()
    try:
        channel = gateway.remote_exec(serving)
        channel.send(sent.digest)
        word, said = channel.receive(LAND_WITHIN_S)
        if word == "wanted":
            channel.send(sent.data)
            word, said = channel.receive(LAND_WITHIN_S)
    except (EOFError, OSError, execnet.TimeoutError, execnet.RemoteError) as error:
        last = str(error).strip().splitlines()[-1:]
        hint = "what it said is in the log"
        raise RigError(f"{name}: our drivers do not get there", "".join(last) or "the connection was lost", hint, where=name) from error
    if word != "landed":
        raise _refused(name, word, said)
    return channel


def _refused(name: str, word: str, said: str) -> RigError:
    if word == "python":
        asked = f"{name}: its python3 should be {'.'.join(map(str, landing.OLDEST))} or newer"
        return RigError(asked, said, "Raspberry Pi OS bookworm or newer", where=name, cause="python too old")
    if word == "missing":
        asked, hint = f"{name}: the drivers need {said}", f"on {name}: sudo apt install -y python3-{said}"
        return MissingPackage(asked, "its python3 does not have it", hint, where=name)
    return RigError(f"{name}: our drivers cannot be kept there", said, f"ssh {name} df -h", where=name, cause="no room for drivers")
