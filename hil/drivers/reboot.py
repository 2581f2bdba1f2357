"""Rebooting a host, and knowing that it has: the kernel draws another boot id each time it comes up."""

from __future__ import annotations

from hil.drivers.host import Host, at_its_host, read_text
from hil.errors import RigError

COMMAND = ("sudo", "-n", "systemctl", "reboot")
"""It returns at once; systemd then stops everything in order."""


def boot_id(host: Host) -> str | None:
    """What is different after every boot (random(4)); None where the host does not tell."""
    return read_text(host, "/proc/sys/kernel/random/boot_id")


@at_its_host
def restart(host: Host) -> None:
    """Ask a host to reboot. RigError, with what to allow, if it may not."""
    done = host.run(list(COMMAND))
    if done.returncode:
        said = (done.stderr or done.stdout).strip() or f"status {done.returncode}"
        hint = f"on {host.name}, allow it: USER ALL=(root) NOPASSWD: /usr/bin/systemctl reboot   in /etc/sudoers.d/hil-reboot"
        raise RigError(f"{host.name}: a reboot asked for", said, hint, where=host.name, cause="root is needed")
