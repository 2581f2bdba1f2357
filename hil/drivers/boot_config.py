"""config.txt of a host, changed for a test: kept first, put back at the end, and after a crash by whoever opens it next.

What firmware reads at boot only counts after a reboot, so a change outlives the process that made it. A journal says what was there
before, and which boot it was changed in: while that is still the present one, the change is not in effect.
"""

from __future__ import annotations

import contextlib
import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.drivers.host import Host, at_its_host
from hil.drivers.journal import Journal, replaced
from hil.drivers.overlays import config_file
from hil.errors import RigError

MARK = "# until the tests that need it have ended:"
"""Before the lines that are ours."""


@dataclass
class BootConfig:
    """config.txt of the host this process runs on. `close` puts it back."""

    host: Host

    @property
    def journal(self) -> Journal:
        """What config.txt was."""
        return Journal(self.host, "boot")

    @property
    def changed(self) -> bool:
        """Whether it is changed by us, this process or one before it."""
        return self.journal.read() is not None

    @property
    def in_effect(self) -> bool:
        """Whether what it says now is what the host was booted with, as far as we changed it."""
        kept = self.journal.read()
        return kept is None or not kept.of_this_boot

    @property
    def owned(self) -> bool:
        """Whether another process has changed it, and still runs in this boot."""
        kept = self.journal.read()
        return kept is not None and kept.held

    def add(self, lines: Sequence[str]) -> bool:
        """Have these lines at its end; whether a reboot is needed before they count. What somebody else wrote since stays."""
        self._refuse_others()
        path = self._path()
        before = self._text(path)
        missing = [line for line in lines if line not in before.splitlines()]
        if not missing:
            return not self.in_effect
        after = before.rstrip("\n") + "\n" + "\n".join(["", "[all]", MARK, *missing]) + "\n"
        kept = self.journal.read()
        self.journal.write({"path": path, "before": kept.what["before"] if kept else before, "after": _sha256(after)})
        self._write(path, after)
        return True

    def close(self) -> list[str]:
        """Put it back; what was done, in words. RigError if somebody else has changed it since: then it stays as it is."""
        kept = self.journal.read()
        if kept is None:
            return []
        path, before = kept.what["path"], kept.what["before"]
        text = self._text(path)
        if text == before:  # killed between the journal and the file
            self.journal.remove()
            return []
        if _sha256(text) != kept.what["after"]:
            hint = f"look at {path}; what it was before is in {self.journal.path}; remove that when all is well"
            asked = f"{self.host.name}: {path} was to be put back as it was"
            raise RigError(asked, "somebody else has changed it since", hint, where=self.host.name, cause="config.txt changed by others")
        self._write(path, before)
        self.journal.remove()
        return [f"{Path(path).name} of {self.host.name} as it was{'' if kept.of_this_boot else ', from its next boot on'}"]

    def _refuse_others(self) -> None:
        if self.owned:
            hint = f"end it; or, if it is something else, remove {self.journal.path}"
            asked, found = f"{self.host.name}: a change of config.txt asked for", "another process has changed it and still runs"
            raise RigError(asked, found, hint, where=self.host.name, cause="settings in use")

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
        data = text.encode(errors="surrogateescape")
        try:
            replaced(self.host.root / path.lstrip("/"), data)
        except PermissionError:
            self._write_as_root(path, data)

    def _write_as_root(self, path: str, data: bytes) -> None:
        staged = self.journal.path.with_suffix(".txt")
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
