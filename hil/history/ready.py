"""A record as the tables take it: checked, flattened, packed. It has no key of any table in it, so that any process can make it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hil.history import evidence, flat
from hil.history.seals import Sealed
from hil.report import Record

_MOST = 2**63
"""Of a BigInteger column."""
_LEVEL = 1
"""Of zlib: 0.2 ms and 7 kB for a record of 42 kB; level 6 takes four times as long for 12 % less."""


@dataclass(frozen=True, slots=True)
class Ready:
    """All that is filed of a record, but for its evidence."""

    sha256: str
    objection: str
    """Why its seal does not hold, in a sentence, or nothing."""
    place: tuple[str, int] | None
    """Its station and its number in the chain; None for one without."""
    certificate: str | None
    """The number of its certificate."""
    document: bytes
    """Its JSON, deflated."""
    unreadable: str = ""
    """Why it has no rows, though its seal holds."""
    serial: str | None = None
    """Of the unit."""
    run: flat.Row | None = None
    of: Sequence[flat.Characteristic] = ()
    """Of each measurement."""
    figures: Sequence[flat.Figures] = ()
    diagnoses: Sequence[flat.Row] = ()
    attached: Sequence[flat.Row] = ()
    """What it names as its evidence."""

    def conditions(self) -> list[str]:
        """Of each measurement, in words. Kept only of the first of a kind, so they are read again where they are wanted."""
        return flat.conditions(unpacked(self.document))


def ready(record: Record, whole: Sealed) -> Ready:
    """Flattens and packs a record; one whose seal does not hold is not looked at any further."""
    if whole.objection:
        return Ready(whole.sha256, whole.objection, None, None, b"")
    place, certificate = _place(record), _certificate(record)
    if not _usable(place, certificate):
        return Ready(whole.sha256, "not a record that can be read: its place in the chain, or its certificate's number", None, None, b"")
    found = (whole.sha256, "", place, certificate, zlib.compress(whole.document, _LEVEL))
    try:
        unit = record.get("unit")
        rows = (flat.run(record), *flat.measurements(record), flat.diagnoses(record), evidence.named(record))
        return Ready(*found, "", None if unit is None else flat.text(unit), *rows)
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
        return Ready(*found, unreadable=f"not a record that can be read: {error}")


def unpacked(document: bytes) -> Record:
    """The record behind what the table keeps."""
    record: dict[str, Any] = json.loads(zlib.decompress(document))
    return record


def _place(record: Record) -> tuple[str, int] | None:
    seal = record.get("seal") or {}
    station, sequence = seal.get("station"), seal.get("sequence")
    return (station, sequence) if isinstance(station, str) and type(sequence) is int else None


def _usable(place: tuple[str, int] | None, certificate: str | None) -> bool:
    """Whether the columns take them, as they are: conflicts are told by them."""
    texts = [*([place[0]] if place else []), *([certificate] if certificate else [])]
    return not any("\0" in text for text in texts) and (place is None or 0 <= place[1] < _MOST)


def _certificate(record: Record) -> str | None:
    told = record.get("certificate")
    number = told.get("number") if isinstance(told, dict) else None
    return number if isinstance(number, str) and number else None
