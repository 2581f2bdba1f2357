"""What makes a well-formed rig impossible: names and parts that do not fit together.

Facts come from the catalog. Every rule yields faults and none stops another, so one reading shows them all. Whether a
circuit is sound is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator

from hil import catalog
from hil.rig import camerarules, operatingrules, pins, wiring
from hil.rig.document import Document, Fault
from hil.rig.draft import Draft, board_of, unknown
from hil.rig.faults import UNKNOWN
from hil.rig.locate import Where
from hil.rig.model import Pico, Rig
from hil.rig.words import meant, quoted


def faults(rig: Rig, document: Document) -> Iterator[Fault]:
    """Every reason why this rig cannot be, in no particular order."""
    draft = Draft(rig, document)
    yield from _sections(draft)
    yield from _hosts(draft)
    yield from camerarules.faults(draft)
    yield from _picos(draft)
    yield from _adcs(draft)
    yield from _lists_of_cameras(draft)
    yield from _bands(draft)
    yield from _wiring(draft)
    yield from operatingrules.faults(draft)


def _sections(draft: Draft) -> Iterator[Fault]:
    for section, what in (("hosts", "one Raspberry Pi"), ("cameras", "one camera")):
        if draft.document.data.get(section) == {}:
            yield draft.document.fault((section,), f"is empty; a rig has at least {what}")
    seen: dict[str, str] = {}
    for section in pins.SECTIONS:
        for name in draft.declared(section):
            if name in seen:
                yield draft.document.fault((section, name), f"[{seen[name]}] has a {name} too; give every device a name of its own")
            seen.setdefault(name, section)


def _hosts(draft: Draft) -> Iterator[Fault]:
    reached: dict[str, str] = {}
    for name, host in draft.rig.hosts.items():
        if host.board != UNKNOWN and board_of(host.board) is None:
            yield draft.document.fault(("hosts", name, "board"), unknown(host.board, "board", catalog.boards()))
        if draft.value(("hosts", name, "connect")) not in (None, host.connect):
            continue
        if host.connect in reached:
            yield draft.document.fault(("hosts", name, "connect"), _reached_twice(host.connect, reached[host.connect]))
        reached.setdefault(host.connect, name)


def _reached_twice(connect: str, other: str) -> str:
    if connect == "local":
        return f'"local" is {other} already; only one host is the machine the tests run on, write connect = "ssh:..." for the other'
    return f"{quoted(connect)} is {other} already"


def _picos(draft: Draft) -> Iterator[Fault]:
    before: list[Pico] = []
    for name, pico in draft.rig.picos.items():
        stranger = draft.stranger(pico.host)
        if stranger and pico.host != UNKNOWN:
            yield draft.document.fault(("picos", name, "host"), stranger)
        if any(other.host == pico.host and (other.id == pico.id or None in (other.id, pico.id)) for other in before):
            yield draft.document.fault(("picos", name), f'{pico.host} has several Picos; tell them apart with id = "..."')
        before.append(pico)


def _adcs(draft: Draft) -> Iterator[Fault]:
    selected: dict[tuple[str, int], str] = {}
    for name, adc in draft.rig.adcs.items():
        stranger = draft.stranger(adc.host)
        if stranger and adc.host != UNKNOWN:
            yield draft.document.fault(("adcs", name, "host"), stranger)
        other = selected.setdefault((adc.host, adc.select), name)
        if other != name:
            yield draft.document.fault(("adcs", name), f"{other} of {adc.host} is on CE{adc.select} too; write select = {1 - adc.select}")


def _lists_of_cameras(draft: Draft) -> Iterator[Fault]:
    """`unit` and every `seen_by`."""
    cameras = draft.declared("cameras")
    for where in (("unit",), ("strobe", "seen_by"), ("light", "seen_by"), ("target", "seen_by")):
        for name in draft.names(where) if cameras else ():
            if name not in cameras:
                message = f"{quoted(name)} is not a camera of this rig{meant(name, cameras)}  (cameras: {', '.join(cameras)})"
                yield draft.document.fault(where, message)


def _bands(draft: Draft) -> Iterator[Fault]:
    known = [name for band in catalog.bands() for name in (band.name, *band.aliases)]
    for band in draft.rig.gnss:
        if band not in known:
            yield draft.document.fault(("gnss",), unknown(band, "satellite band", catalog.bands()))


def _wiring(draft: Draft) -> Iterator[Fault]:
    devices = pins.of(draft.rig, {section: draft.declared(section) for section in pins.SECTIONS})
    lines, refused = _parsed(draft)
    yield from refused
    branches = [line.name for line in lines if not line.is_net]
    nets = [name for name in draft.declared("wiring") if name not in branches]
    for line in lines:
        for message in wiring.unknown_names(line, nets, devices):
            yield draft.document.fault(("wiring", line.name), message)
    yield from _parts_twice(draft, lines)
    if draft.rig.clock and draft.rig.strobe and draft.rig.clock.drive == draft.rig.strobe.drive:
        yield draft.document.fault(("strobe", "drive"), f"{draft.rig.strobe.drive} drives [clock] already; each needs a pin of its own")
    for where, pin in _single_pins(draft.rig):
        for message in wiring.unknown_pin(wiring.pin(pin), devices):
            yield draft.document.fault(where, message)


def _parsed(draft: Draft) -> tuple[list[wiring.Line], list[Fault]]:
    lines: list[wiring.Line] = []
    refused: list[Fault] = []
    for name, text in draft.rig.wiring.items():
        try:
            lines.append(wiring.parse(name, text))
        except wiring.WiringError as error:
            refused.append(draft.document.fault(("wiring", name), str(error)))
    return lines, refused


def _parts_twice(draft: Draft, lines: list[wiring.Line]) -> Iterator[Fault]:
    owner: dict[str, str] = {}
    for line in lines:
        for part in line.parts:
            if part.name in owner:
                yield draft.document.fault(("wiring", line.name), f'{part.name} is in "{owner[part.name]}" already; number every part once')
            owner.setdefault(part.name, line.name)


def _single_pins(rig: Rig) -> Iterator[tuple[Where, str]]:
    if rig.clock is not None:
        yield ("clock", "drive"), rig.clock.drive
        for index, pin in enumerate(rig.clock.stamp):
            yield ("clock", "stamp", index), pin
    if rig.strobe is not None:
        yield ("strobe", "drive"), rig.strobe.drive
    yield from operatingrules.pins_of(rig)
