"""config.txt of a host, changed for a test: kept first, put back at the end, and after a crash by whoever opens it next.

What firmware reads at boot only counts after a reboot, so a change outlives the process that made it. A journal in the user's state
folder says what was there before, and which boot it was changed in: while that is still the present one, the change is not in effect.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.drivers.host import Host, at_its_host
from hil.drivers.overlays import config_file
from hil.drivers.reboot import boot_id
from hil.errors import RigError

MARK = "# until the tests that need it have ended:"
"""Before the lines that are ours."""


@dataclass
class BootConfig:
    """config.txt of the host this process runs on. `close` puts it back."""

    host: Host

    @property
    def journal(self) -> Path:
        """Where it is kept, in the user's state folder (XDG Base Directory Specification)."""
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        return self.host.root / state.relative_to(state.anchor) / "hil" / f"boot-{self.host.name}.json"

    @property
    def changed(self) -> bool:
        """Whether it is changed by us, this process or one before it."""
        return self.journal.exists()

    @property
    def in_effect(self) -> bool:
        """Whether what it says now is what the host was booted with, as far as we changed it."""
        return not self.changed or json.loads(self.journal.read_text())["boot"] != boot_id(self.host)

    def add(self, lines: Sequence[str]) -> bool:
        """Have these lines at its end; whether a reboot is needed before they count. What somebody else wrote since stays."""
        self._refuse_others()
        path = self._path()
        before = self._text(path)
        missing = [line for line in lines if line not in before.splitlines()]
        if not missing:
            return not self.in_effect
        after = before.rstrip("\n") + "\n" + "\n".join(["", "[all]", MARK, *missing]) + "\n"
        first = json.loads(self.journal.read_text())["before"] if self.changed else before
        self._note({"boot": boot_id(self.host), "pid": os.getpid(), "path": path, "before": first, "after": _sha256(after)})
        self._write(path, after)
        return True

    def close(self) -> list[str]:
        """Put it back; what was done, in words. RigError if somebody else has changed it since: then it stays as it is."""
        if not self.changed:
            return []
        kept = json.loads(self.journal.read_text())
        path, text = kept["path"], self._text(kept["path"])
        if text == kept["before"]:  # killed between the journal and the file
            self.journal.unlink()
            return []
        if _sha256(text) != kept["after"]:
            hint = f"look at {path}; what it was before is in {self.journal}; remove that when all is well"
            asked = f"{self.host.name}: {path} was to be put back as it was"
            raise RigError(asked, "somebody else has changed it since", hint, where=self.host.name, cause="config.txt changed by others")
        was_booted_with = self.in_effect
        self._write(path, kept["before"])
        self.journal.unlink()
        return [f"{Path(path).name} of {self.host.name} as it was{', from its next boot on' if was_booted_with else ''}"]

    @property
    def owned(self) -> bool:
        """Whether another process has changed it, and still runs in this boot."""
        if not self.changed:
            return False
        kept = json.loads(self.journal.read_text())
        pid = int(kept["pid"])
        return bool(kept["boot"] == boot_id(self.host) and pid != os.getpid() and (self.host.root / f"proc/{pid}").exists())

    def _refuse_others(self) -> None:
        if self.owned:
            hint = f"end it; or, if it is something else, remove {self.journal}"
            asked, found = f"{self.host.name}: a change of config.txt asked for", "another process has changed it and still runs"
            raise RigError(asked, found, hint, where=self.host.name, cause="settings in use")

    def _note(self, kept: dict[str, object]) -> None:
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        new = self.journal.with_suffix(".new")
        new.write_text(json.dumps(kept))
        new.replace(self.journal)

    def _path(self) -> str:
        path = config_file(self.host)
        if path is None:
            hint = "is its boot partition mounted at /boot/firmware?"
            raise RigError(f"{self.host.name}: config.txt asked for", "there is none that can be read", hint, where=self.host.name)
        return path

    def _text(self, path: str) -> str:
        with contextlib.suppress(OSError):
            return (self.host.root / path.lstrip("/")).read_bytes().decode(errors="surrogateescape")
        raise RigError(f"{self.host.name}: {path} asked for", "it cannot be read", "ls -l /boot/firmware", where=self.host.name)

    def _write(self, path: str, text: str) -> None:
        """Whole or not at all: beside it, synced, then renamed; through sudo where only root may."""
        file = self.host.root / path.lstrip("/")
        new = file.with_suffix(".new")
        data = text.encode(errors="surrogateescape")
        try:
            with new.open("wb") as opened:
                opened.write(data)
                opened.flush()
                os.fsync(opened.fileno())
            new.replace(file)
        except PermissionError:
            self._write_as_root(path, data)

    def _write_as_root(self, path: str, data: bytes) -> None:
        staged = self.journal.with_suffix(".txt")
        staged.write_bytes(data)
        done = self.host.run(
            ["sudo", "-n", "sh", "-c", f"cp {shlex.quote(str(staged))} {path}.new && sync && mv {path}.new {path} && sync"]
        )
        staged.unlink()
        if done.returncode:
            found = f"only root may write it: {(done.stderr or done.stdout).strip() or f'status {done.returncode}'}"
            hint = "run the tests as a user who may use sudo without a password, or change it by hand"
            raise RigError(f"{self.host.name}: a change of {path} asked for", found, hint, where=self.host.name, cause="root is needed")


@at_its_host
def add_lines(host: Host, lines: Sequence[str]) -> bool:
    """See `BootConfig.add`."""
    return BootConfig(host).add(lines)


@at_its_host
def put_back(host: Host) -> list[str]:
    """See `BootConfig.close`."""
    return BootConfig(host).close()


@at_its_host
def recover(host: Host) -> list[str]:
    """Put back what a process that was killed has left, unless the host was rebooted since: then its tests are about to go on."""
    config = BootConfig(host)
    return config.close() if config.changed and not config.in_effect and not config.owned else []


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
