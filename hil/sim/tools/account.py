"""The user of a simulated host and what it may do: id, sudo, test."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.tools.words import not_modelled

if TYPE_CHECKING:
    from hil.sim.host import SimHost

USER = "pi"
_GROUPS = "pi adm dialout cdrom sudo audio video plugdev games users input render netdev gpio i2c spi"
"""Of the user that Raspberry Pi OS makes (userconf-pi)."""


def groups(host: SimHost) -> list[str]:
    """The groups that the user is in."""
    return (host.spec.groups or _GROUPS).split()


def identity(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Id -un, -u and -nG."""
    answers = {"-un": USER, "-u": "1000", "-nG": " ".join(groups(host))}
    found = answers.get(shlex.join(arguments))
    return not_modelled(tool, shlex.join(arguments)) if found is None else Completed(f"{found}\n")


def sudo(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Sudo -n -l lists what the user may do; as first user without a password (/etc/sudoers.d/010_pi-nopasswd)."""
    if arguments[:1] == ["-n"] and arguments[1:] and not arguments[1].startswith("-") and host.spec.sudo:
        return host.run(arguments[1:])
    if arguments[:1] != ["-n"] or (arguments != ["-n", "-l"] and host.spec.sudo):
        return not_modelled(tool, shlex.join(arguments))
    if not host.spec.sudo:
        return Completed(stderr="sudo: a password is required\n", returncode=1)
    path = "/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin"
    return Completed(
        f"Matching Defaults entries for {USER} on {host.name}:\n    env_reset, mail_badpass, secure_path={path}\n\n"
        f"User {USER} may run the following commands on {host.name}:\n    (ALL : ALL) ALL\n    (ALL) NOPASSWD: ALL\n"
    )


def test(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Test -w FILE, for a user who is not root: files of /sys and /proc are root's."""
    if len(arguments) != 2 or arguments[0] != "-w":
        return not_modelled(tool, shlex.join(arguments))
    file = host.root / arguments[1].lstrip("/")
    roots = arguments[1].startswith(("/sys/", "/proc/", "/boot/", "/etc/"))
    return Completed(returncode=0 if file.exists() and not roots and os.access(file, os.W_OK) else 1)
