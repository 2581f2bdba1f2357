"""Memory, disk and the date of a simulated host: /proc/meminfo, df, timedatectl."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.edge.hosttime import EPOCH_NS
from hil.sim.tools.facts import HostFacts, table
from hil.sim.tools.tree import Tree
from hil.sim.tools.words import not_modelled

if TYPE_CHECKING:
    from hil.sim.host import SimHost

_CARD_KB, _PLENTY_KB = 29_833_632, 22_560_468  # a 32 GB card, assumed
_RESERVED = 0.05  # of ext4, for root


def write(tree: Tree, facts: HostFacts) -> None:
    """The files."""
    lines = {
        "MemTotal": facts.memory_kb,
        "MemFree": facts.memory_kb // 2,
        "MemAvailable": facts.memory_kb * 3 // 4,
        "CmaTotal": facts.cma_kb,
        "CmaFree": facts.cma_kb * 7 // 8,
    }
    tree.write("proc/loadavg", "0.12 0.08 0.03 1/187 1422\n")
    tree.write("proc/meminfo", "".join(f"{name + ':':<15}{kb:>9} kB\n" for name, kb in lines.items()))


def df(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Df -Pk of paths, all on the card."""
    options = [argument for argument in arguments if argument.startswith("-")]
    if options != ["-Pk"]:
        return not_modelled(tool, shlex.join(arguments))
    free = _PLENTY_KB if host.spec.disk_free_mb is None else host.spec.disk_free_mb * 1024
    used = int(_CARD_KB * (1 - _RESERVED)) - free
    full = -(-100 * used // (used + free))
    row = f"/dev/mmcblk0p2 {_CARD_KB:>13} {used:>8} {free:>9} {full:>7}% /\n"
    return Completed("Filesystem     1024-blocks     Used Available Capacity Mounted on\n" + row * (len(arguments) - 1))


def timedatectl(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Timedatectl show and timesync-status (systemd 252 and later)."""
    if arguments == ["show"]:
        is_set = host.spec.clock_set
        return Completed(
            "Timezone=UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\n"
            f"NTPSynchronized={'yes' if is_set else 'no'}\nTimeUSec={_date(host) if is_set else table()['clock']['never_set']}\n"
        )
    if arguments == ["timesync-status"]:
        return Completed(_STATUS if host.spec.clock_set else _NO_SERVER)
    return not_modelled(tool, shlex.join(arguments))


def systemctl(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Systemctl reboot."""
    if arguments != ["reboot"]:
        return not_modelled(tool, shlex.join(arguments))
    host.restart()
    return Completed()


def _date(host: SimHost) -> str:
    now = datetime.fromtimestamp((EPOCH_NS + host.clock.now_ns()) // 1_000_000_000, UTC)
    return f"{now:%a %Y-%m-%d %H:%M:%S} UTC"


# Layout as systemd's timedatectl prints it; the figures are assumed.
_STATUS = """\
       Server: 192.168.1.1 (ntp.lan)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: C0A80101
    Precision: 1us (-25)
Root distance: 1.213ms (max: 5s)
       Offset: +402us
        Delay: 612us
       Jitter: 211us
 Packet count: 47
    Frequency: +5.292ppm
"""
_NO_SERVER = "       Server: n/a (0.debian.pool.ntp.org)\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n"
