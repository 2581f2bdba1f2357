"""Rebooting a host of an open rig, and switching its supply: its devices are closed before and opened again after."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from hil.bench.opened import Bench
from hil.drivers.boot_config import add_lines
from hil.drivers.host import Host, LocalHost
from hil.drivers.power import CommandPower, Power, RelayPower, cycle
from hil.drivers.reboot import boot_id, restart
from hil.errors import RigError, RigFaults, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hil.rig import Rig
    from hil.sim.twin import Twin

BOOT_S = 180.0
"""A Pi is up again in less; an SD card that is checked at boot takes its time."""

LOOK_S = 2.0


class RebootNeeded(RigError):
    """Only a person can go on from here, by rebooting the machine the tests run on."""

    cause = "reboot needed"


def power_of(bench: Bench, rig: Rig, twin: Twin | None) -> dict[str, Power]:
    """What switches each host's supply, for those of which the rig says."""
    found: dict[str, Power] = {}
    for name, host in rig.hosts.items():
        if host.power is None:
            continue
        if host.power.relay:
            device, _, pin = host.power.relay.partition(".")
            found[name] = RelayPower(name, bench.gpio[device], pin)
        elif twin is not None:
            found[name] = CommandPower(name, host.power.command, partial(twin.supplies.command, name))
        else:
            found[name] = CommandPower(name, host.power.command, LocalHost("controller").run)
    return found


def reboot(bench: Bench, name: str, reopen: Callable[[str, list[RigError]], Host], *, by_power: bool = False) -> None:
    """Reboot a host and open its devices again. UserError for the one that the tests run on; RigError if it does not come back.

    `by_power`: by switching its supply; that is also tried, where the rig has a switch, if it does not come back.
    """
    refuse_unallowed(bench, name)
    if not bench.simulated and bench.rig.hosts[name].connect == "local":
        raise UserError(f"{name}: a reboot asked for", "the tests themselves run on it", "run them on another machine, over ssh")
    if by_power and name not in bench.power:
        raise UserError(f"{name}: its supply to be switched", "the rig file does not say how", f'hosts.{name}.power = "command {{on|off}}"')
    before = boot_id(bench.hosts[name])
    place = list(bench.hosts).index(name)
    bench.devices[place].close()
    if by_power:
        cycle(bench.power[name], bench.clock)
    else:
        with contextlib.suppress(ConnectionError):
            restart(bench.hosts[name])
    faults: list[RigError] = []
    try:
        _await(bench, name, before, reopen, faults)
    except RigError:
        if by_power or name not in bench.power:
            raise
        cycle(bench.power[name], bench.clock)
        _await(bench, name, before, reopen, faults)
    if faults:
        raise faults[0] if len(faults) == 1 else RigFaults(faults)


def boot_with(bench: Bench, name: str, lines: Sequence[str], reopen: Callable[[str, list[RigError]], Host]) -> None:
    """Have a host booted with these lines at the end of its config.txt; nothing if it is. They are taken out when the rig is closed.

    RebootNeeded on the machine the tests run on: once somebody has rebooted it, the same run goes on from here.
    """
    refuse_unallowed(bench, name)
    if not add_lines(bench.hosts[name], list(lines)):
        return
    if not bench.simulated and bench.rig.hosts[name].connect == "local":
        bench.kept_changed.add(name)
        asked = f"{name}: to be booted with {', '.join(lines)}"
        raise RebootNeeded(asked, "config.txt has it from the next boot on", "sudo reboot, then the same command again", where=name)
    reboot(bench, name, reopen)


def refuse_unallowed(bench: Bench, name: str) -> None:
    """UserError unless reboots are allowed."""
    if not bench.allow_reboot:
        raise UserError(f"{name}: a reboot asked for", "nobody has allowed it", "--allow-reboot")


def _await(bench: Bench, name: str, before: str | None, reopen: Callable[[str, list[RigError]], Host], faults: list[RigError]) -> None:
    until_ns = bench.clock.now_ns() + round(BOOT_S * 1e9)
    said = "it still runs as before"
    while bench.clock.now_ns() < until_ns:
        bench.clock.sleep(LOOK_S)
        try:
            if boot_id(bench.hosts[name]) == before:
                continue
        except RigError as gone:
            said = gone.found or gone.asked
        with contextlib.suppress(RigError):
            bench.hosts[name] = reopen(name, faults)
            return
    asked, hint = f"{name}: should be up again within {BOOT_S:g} s of its reboot", "look at its screen and its power light"
    raise RigError(asked, said, hint, where=name, cause="host does not come back")
