"""Doctor: looks at a rig's hosts and says what is in order, what is good to know and what to fix. It changes nothing.

    examine(rig, {"pi5": host})     # a rig; a host that cannot be reached is given as the error that says why
    look_around(host)               # whatever is on this machine, without a rig file

Everything is read through the Host protocol, files and tools' answers: a real Pi here or over ssh and a simulated one are looked
at by the same code. No camera is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from hil.doctor import access, boot, date, health, kernel_log, machine, picos
from hil.doctor.lines import Examination, HostReport, Line, repair
from hil.doctor.view import View
from hil.errors import RigError

if TYPE_CHECKING:
    from hil.drivers.host import Host
    from hil.rig import Rig

__all__ = ["Examination", "HostReport", "Line", "examine", "look_around"]


def examine(rig: Rig, hosts: Mapping[str, Host | RigError]) -> Examination:
    """A rig: every host, its wiring, and what it can measure. All faults at once."""
    from hil.doctor import scope

    reports = tuple(_report(View(host, rig)) if not isinstance(host, RigError) else _unreached(name, host) for name, host in hosts.items())
    return Examination(rig.name, reports, tuple(scope.wiring(rig)), *scope.measurable(rig))


def look_around(host: Host) -> Examination:
    """Whatever is on one machine."""
    report = _report(View(host))
    return Examination("no rig file", (report,))


def _unreached(name: str, error: RigError) -> HostReport:
    return HostReport(name, "not reached", (repair("host", f"{error.asked}: {error.found}", error.hint),))


def _report(view: View) -> HostReport:
    lines: list[Line] = []
    try:
        headline = machine.headline(view)
        for look in _looks_at_a_pi() if view.model else _LOOKS_AT_A_COMPUTER:
            lines += look(view)
    except RigError as error:  # its process or the connection to it ended
        headline = view.name
        lines.append(repair("host", f"{error.asked}: {error.found}", error.hint))
    return HostReport(view.name, headline, tuple(lines))


_Look = Callable[[View], Iterator[Line]]
_LOOKS_AT_A_COMPUTER: tuple[_Look, ...] = (machine.board, machine.for_twins, picos.picos, health.disk, date.date)
"""What a computer that is no Raspberry Pi can do for a rig: run twins, control Pis, hold a Pico."""


def _looks_at_a_pi() -> tuple[_Look, ...]:
    """In the order of the report: what everything else depends on first."""
    from hil.doctor import cameras, memory  # they load NumPy and the drivers

    return (
        *(machine.board, machine.system, machine.capture_software, boot.config, cameras.cameras, kernel_log.readable),
        *(access.groups, access.trigger_mode, picos.picos, health.power, memory.memory, health.disk, date.date),
    )
