"""Small tools: vcgencmd, uname, hostname, cat, dmesg, fuser."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.tools import facts, kernel_log
from hil.sim.tools.words import not_modelled

if TYPE_CHECKING:
    from hil.sim.host import SimHost


_NO_VCIO = "Can't open device file: /dev/vcio\nTry creating a device file with: sudo mknod /dev/vcio c 100 0\n"


def vcgencmd(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """The firmware's answers, for members of group video."""
    if not host.may_capture:
        return Completed(stderr=_NO_VCIO, returncode=255)
    software = facts.table()["software"]
    answers = {
        "get_throttled": f"throttled={host.throttled:#x}\n",
        "measure_temp": f"temp={host.facts.millidegrees / 1000:.1f}'C\n",
        "version": f"{software['firmware']} \nCopyright (c) 2012 Broadcom\nversion {software['firmware_commit']} (release) (embedded)\n",
        "get_camera": "supported=0 detected=0, libcamera interfaces=1\n",
    }
    command = shlex.join(arguments)
    if command in answers:
        return Completed(answers[command])
    return not_modelled(tool, command or "a call without a command")


def uname(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Fields in the order of coreutils, whatever the order of the options."""
    known = host.facts
    fields = {"s": "Linux", "n": host.name, "r": known.release, "v": known.version, "m": known.machine, "o": "GNU/Linux"}
    letters = "".join(argument.lstrip("-") for argument in arguments) or "s"
    if letters == "a":
        letters = "".join(fields)
    if set(letters) - set(fields) or any(not argument.startswith("-") for argument in arguments):
        return not_modelled(tool, shlex.join(arguments))
    return Completed(" ".join(text for letter, text in fields.items() if letter in letters) + "\n")


def hostname(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """The host's name."""
    return not_modelled(tool, shlex.join(arguments)) if arguments else Completed(f"{host.name}\n")


def cat(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Files of the host, one after another."""
    printed, failed = "", ""
    for argument in arguments:
        if argument.startswith("-"):
            return not_modelled(tool, argument)
        try:
            printed += (host.root / argument.lstrip("/")).read_text(encoding="utf-8", errors="replace")
        except IsADirectoryError:
            failed += f"cat: {argument}: Is a directory\n"
        except OSError:
            failed += f"cat: {argument}: No such file or directory\n"
    return Completed(printed, failed, 1 if failed else 0)


def dmesg(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """What the kernel logged about cameras at boot."""
    return not_modelled(tool, shlex.join(arguments)) if arguments else Completed(kernel_log.text(host))


def fuser(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Process ids that hold the named media devices; as the real one, ids go to stdout and the rest to stderr."""
    holders = {f"/dev/media{camera.media}": camera.holders for camera in host.cameras if camera.media is not None}
    printed, said, missing = "", "", False
    for device in arguments:
        if device.startswith("-"):
            return not_modelled(tool, device)
        if not (host.root / device.lstrip("/")).exists():
            said, missing = said + f"Specified filename {device} does not exist.\n", True
        elif holders.get(device):
            printed += "".join(f"{process:>6}" for process in sorted(holders[device]))
            said += f"{device}:".ljust(22) + "\n"
    return Completed(printed, said, 0 if printed and not missing else 1)
