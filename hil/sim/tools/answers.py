"""Which tools a simulated Pi has, and what becomes of one it has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.tools import account, packages, rpicam, small, system, v4l2_ctl

if TYPE_CHECKING:
    from hil.sim.host import SimHost

Tool = Callable[["SimHost", str, list[str]], Completed]

TOOLS: dict[str, Tool] = {
    "v4l2-ctl": v4l2_ctl.answer,
    **dict.fromkeys(("rpicam-hello", "rpicam-still", "rpicam-vid", "rpicam-raw", "rpicam-jpeg"), rpicam.answer),
    "vcgencmd": small.vcgencmd,
    "uname": small.uname,
    "hostname": small.hostname,
    "cat": small.cat,
    "dmesg": small.dmesg,
    "fuser": small.fuser,
    "id": account.identity,
    "sudo": account.sudo,
    "test": account.test,
    "df": system.df,
    "systemctl": system.systemctl,
    "timedatectl": system.timedatectl,
    "dpkg-query": packages.dpkg_query,
}


def answer(host: SimHost, argv: list[str]) -> Completed:
    """Run `argv`; a path is taken for the tool of that name. 127 and the shell's words for one that is not there."""
    tool = argv[0] if argv else ""
    found = TOOLS.get(PurePosixPath(tool).name)
    if found is None:
        return Completed(stderr=f"bash: {tool}: command not found\n", returncode=127)
    return found(host, PurePosixPath(tool).name, argv[1:])
