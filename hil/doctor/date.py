"""Whether a host knows what time it is. A Raspberry Pi without battery and network does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.view import View


def date(view: View) -> Iterator[Line]:
    """Whether its date is set and held by NTP."""
    said = dict(line.partition("=")[::2] for line in view.run("timedatectl", "show").stdout.splitlines())
    if "NTPSynchronized" not in said:
        if view.model:
            yield note("clock", "timedatectl does not answer: whether the clock is set is not known")
        return
    if said["NTPSynchronized"] == "yes":
        offset = re.search(r"Offset: [-+]?(\S+)", view.run("timedatectl", "timesync-status").stdout)
        within = f", within {offset[1].replace('us', ' us').replace('ms', ' ms')}" if offset else ""
        hint = _sync_hint(view)
        yield (note if hint else ok)("clock", f"clock: set and synchronised by NTP{within}{hint}")
        return
    now, built = _day(said.get("TimeUSec", "")), _day(view.run("uname", "-v").stdout)
    how = ("connect it to the network", "sudo timedatectl set-ntp true", "or by hand: sudo timedatectl set-time 'YYYY-MM-DD hh:mm:ss'")
    if now and built and now < built:
        yield repair("clock", f"clock not set: it shows {now}, and its kernel was built on {built}; reports would carry that date", *how)
    else:
        yield note("clock", f"clock not synchronised: it shows {now}: reports carry whatever date it has", "sudo timedatectl set-ntp true")


def _day(text: str) -> str:
    found = re.search(r"\d{4}-\d\d-\d\d", text)
    return found[0] if found else ""


def _sync_hint(view: View) -> str:
    if view.rig is None or len(view.rig.hosts) < 2:
        return ""
    return "; too coarse for sync, the [clock] wire is used" if view.rig.clock else "; too coarse for sync by clock without a [clock] wire"
