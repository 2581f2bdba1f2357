"""What was changed on a host, kept in a file from before the change until it is undone: whoever comes after a crash can undo it.

A note says which boot and which process it is of. It is on disk when `write` returns, so that a power cut cannot leave a change without it.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.drivers.host import Host
from hil.drivers.reboot import boot_id


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted, of which boot and by whom; `of_this_boot` and `held` are as they were when it was read."""

    what: dict[str, Any]
    pid: int
    of_this_boot: bool
    held: bool
    """Whether another process noted it that still runs. A number of a process means nothing after a reboot."""


@dataclass(frozen=True, slots=True)
class Journal:
    """One kind of change of the host that this process runs on."""

    host: Host
    kind: str

    @property
    def path(self) -> Path:
        """Where it is kept, in the user's state folder (XDG Base Directory Specification)."""
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        return self.host.root / state.relative_to(state.anchor) / "hil" / f"{self.kind}-{self.host.name}.json"

    def read(self) -> Note | None:
        """What is noted; None for nothing, and for a note that breaks off: whoever was killed writing it had changed nothing yet."""
        try:
            said = json.loads(self.path.read_text())
            what, pid, boot = dict(said["what"]), int(said["pid"]), said["boot"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        now = boot == boot_id(self.host)
        return Note(what, pid, now, now and pid != os.getpid() and (self.host.root / f"proc/{pid}").exists())

    def write(self, what: dict[str, Any]) -> None:
        """Note it, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps({"boot": boot_id(self.host), "pid": os.getpid(), "what": what})
        replaced(self.path, data.encode())
        _synced(self.path.parent)

    def remove(self) -> None:
        """All is undone."""
        self.path.unlink(missing_ok=True)


def replaced(file: Path, data: bytes) -> None:
    """A file with other content, whole or not at all: written beside it, synced, then renamed."""
    new = file.with_suffix(".new")
    with new.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)


def _synced(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems sync no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
