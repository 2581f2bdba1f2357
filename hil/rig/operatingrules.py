"""What makes the operator's panel or a power switch impossible: pins that are not there, not reached, or used twice."""

from __future__ import annotations

from collections.abc import Iterator

from hil.rig.document import Fault
from hil.rig.draft import Draft
from hil.rig.locate import Where
from hil.rig.model import Rig
from hil.rig.wiring import Line, WiringError, parse


def faults(draft: Draft) -> Iterator[Fault]:
    """Every such reason."""
    yield from _panel(draft)
    for name, host in draft.rig.hosts.items():
        if host.power is not None and host.power.relay.partition(".")[0] == name:
            message = f"a relay on {host.power.relay} drops when {name} loses its supply; use another host's pin"
            yield draft.document.fault(("hosts", name, "power"), message)


def pins_of(rig: Rig) -> Iterator[tuple[Where, str]]:
    """The pins they name, each with its place in the file."""
    for what, pin in rig.station.pins.items() if rig.station else ():
        yield _place(what), pin
    for name, host in rig.hosts.items():
        if host.power is not None and host.power.relay:
            yield ("hosts", name, "power"), host.power.relay


def _place(what: str) -> Where:
    return ("station", "lamps", what) if what in ("pass", "fail", "busy") else ("station", what)


def _panel(draft: Draft) -> Iterator[Fault]:
    station = draft.rig.station
    if station is None:
        return
    if not station.pins:
        yield draft.document.fault(("station",), 'is empty; write start = "pi5.GPIO5", or lamps = { busy = "pi5.GPIO6" }')
        return
    soldered = {str(pin): line.name for line in _lines(draft.rig) for pin in line.pins}
    used: dict[str, str] = {}
    for what, pin in station.pins.items():
        host = pin.partition(".")[0]
        if host in draft.rig.hosts and draft.rig.hosts[host].connect != "local":
            where = 'the panel is on the machine the tests run on, a host with connect = "local"'
            yield draft.document.fault(_place(what), f"{pin} is on {host}, which is reached over ssh; {where}")
        elif host != station.host:
            yield draft.document.fault(_place(what), f"{pin} is not on {station.host}, where the others are")
        if pin in used:
            yield draft.document.fault(_place(what), f"{pin} is {used[pin]} already")
        elif pin in soldered:
            yield draft.document.fault(_place(what), f"{pin} is in [wiring] {soldered[pin]} already")
        used.setdefault(pin, what)


def _lines(rig: Rig) -> Iterator[Line]:
    for name, text in rig.wiring.items():
        try:
            yield parse(name, text)
        except WiringError:
            continue
