"""Kernel settings of a host: module parameters set for a test, read back, and put back whatever happens.

A journal holds what the parameters were, from before the first is written until they are back: if the process is killed, the next one
that opens the host's settings restores them. After a reboot the kernel has done so itself.
"""

from __future__ import annotations

import contextlib
import getpass
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hil.drivers import roles as role_rules
from hil.drivers.host import Host, read_text
from hil.drivers.journal import Journal
from hil.drivers.roles import Role, RoleHeld
from hil.errors import RigError, RigFaults

_BOOLEAN = {"Y": 1, "N": 0}
TEE = "/usr/bin/tee"


@dataclass
class Settings:
    """The settings of one host. Close it: everything is put back then."""

    host: Host
    _first: dict[str, int] = field(default_factory=dict)
    """Path of each parameter that was changed -> what it was."""

    def __post_init__(self) -> None:
        self._recover()

    # -- parameters of kernel modules ---------------------------------------------------------------------------------

    def parameter(self, module: str, name: str) -> int:
        """A module's parameter as it is now. RigError if the module is not loaded or has none of that name."""
        return self._read(_path(module, name))

    def set_parameter(self, module: str, name: str, value: int) -> None:
        """Set a module's parameter until `close`, and read it back. RigError, with what to allow, if it does not take it."""
        path = _path(module, name)
        before = self._read(path)
        if before == value:
            return
        if path not in self._first:
            self._first[path] = before
            self._note()
        self._set(path, value)

    def roles(self, wanted: Sequence[Role]) -> list[RoleHeld]:
        """Make this host's cameras what the rig says, before they stream. All of this host's cameras at once: parameters are global.

        What comes from overlays is verified, never set. RigError, or RigFaults with all of them, naming the line that config.txt
        should have; UserError for roles that one host cannot have.
        """
        faults = role_rules.faults(self.host, wanted)
        if faults:
            raise faults[0] if len(faults) == 1 else RigFaults(faults)
        values = role_rules.parameter_values(self.host, wanted)
        for sensor, value in values.items():
            self.set_parameter(sensor, role_rules.PARAMETER, value)
        return [self._held(role, role.mode) for role in wanted if role.mode is not None]

    def _held(self, role: Role, mode: int) -> RoleHeld:
        by = "module parameter" if role_rules.by_device_tree(self.host, role) is None else "device tree"
        return RoleHeld(role.camera, mode, by, role_rules.note_on(self.host, role))

    def close(self) -> list[str]:
        """Put everything back; what was done, in words. RigError if something does not go back, after all was tried."""
        done: list[str] = []
        faults: list[RigError] = []
        for path, value in reversed(list(self._first.items())):
            try:
                self._set(path, value)
            except RigError as fault:
                faults.append(fault)
            else:
                del self._first[path]
                done.append(f"{_said(path)} back to {value}")
        self._note()
        if faults:
            raise faults[0] if len(faults) == 1 else RigFaults(faults)
        return done

    # -- reading and writing ------------------------------------------------------------------------------------------

    def _read(self, path: str) -> int:
        text = read_text(self.host, path)
        if text is None:
            raise self._no_parameter(path)
        with contextlib.suppress(ValueError):
            return _BOOLEAN[text] if text in _BOOLEAN else int(text)
        raise RigError(f"{self.host.name}: {_said(path)} asked for", f"it reads {text!r}, which is not a number", where=self.host.name)

    def _no_parameter(self, path: str) -> RigError:
        folder = self.host.root / Path(path).parent.relative_to("/")
        there = ", ".join(sorted(entry.name for entry in folder.iterdir())) if folder.is_dir() else ""
        module = Path(path).parts[-3]
        found = f"the module has {there}" if there else f"module {module} is not loaded: no such camera was found when this host booted"
        hint = "update the kernel: sudo apt full-upgrade" if there else "rpicam-hello --list-cameras"
        return RigError(f"{self.host.name}: {_said(path)} asked for", found, hint, where=self.host.name, cause="no such parameter")

    def _set(self, path: str, value: int) -> None:
        self._write(path, value)
        found = self._read(path)
        if found != value:
            raise RigError(
                f"{self.host.name}: {_said(path)} = {value} asked for",
                f"it reads back {found}",
                f"echo {value} | sudo tee {path}",
                where=self.host.name,
                cause="setting does not hold",
            )

    def _write(self, path: str, value: int) -> None:
        try:
            (self.host.root / path.lstrip("/")).write_text(f"{value}\n")
        except PermissionError:
            self._write_as_root(path, value)
        except OSError as refused:
            asked = f"{self.host.name}: {_said(path)} = {value} asked for"
            hint = f"echo {value} | sudo tee {path}"
            raise RigError(asked, f"{refused.strerror}", hint, where=self.host.name, cause="setting refused") from refused

    def _write_as_root(self, path: str, value: int) -> None:
        done = self.host.run(["sh", "-c", f"echo {value} | sudo -n {TEE} {shlex.quote(path)}"])
        if done.returncode == 0:
            return
        user = getpass.getuser()
        raise RigError(
            f"{self.host.name}: {_said(path)} = {value} asked for",
            f"only root may write it, and {user} may not: {(done.stderr or done.stdout).strip() or f'status {done.returncode}'}",
            f"allow it once: {sudo_rule(user, path)}\n         or by hand:    echo {value} | sudo tee {path}",
            where=self.host.name,
            cause="root is needed",
        )

    # -- the journal --------------------------------------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        """What parameters were."""
        return Journal(self.host, "settings")

    def _note(self) -> None:
        if self._first:
            self.journal.write(self._first)
        else:
            self.journal.remove()

    def _recover(self) -> None:
        """Put back what a process that was killed has left."""
        left = self.journal.read()
        if left is not None and left.held:
            raise RigError(
                f"{self.host.name}: its kernel settings asked for",
                f"process {left.pid} has set some of them and still runs",
                f"end it; or, if it is something else, remove {self.journal.path}",
                where=self.host.name,
                cause="settings in use",
            )
        if left is not None and left.of_this_boot:
            self._first = {path: int(value) for path, value in left.what.items() if read_text(self.host, path) is not None}
        self.close()


def sudo_rule(user: str, path: str) -> str:
    """The command that lets a user write one parameter without a password, and nothing else."""
    file = f"/etc/sudoers.d/hil-{Path(path).parts[-3]}-{Path(path).name}"
    return f"echo '{user} ALL=(root) NOPASSWD: {TEE} {path}' | sudo tee {file}"


def parameter_path(module: str, name: str) -> str:
    """Where a module's parameter is in sysfs."""
    return _path(module, name)


def _path(module: str, name: str) -> str:
    return f"/sys/module/{module.replace('-', '_')}/parameters/{name}"


def _said(path: str) -> str:
    """Of its path: "trigger_mode of imx477"."""
    return f"{Path(path).name} of {Path(path).parts[-3]}"
