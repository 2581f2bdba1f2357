"""The seal: a record's hash over its canonical form, its place in the station's chain, and the station's signature.

`sha256` and `signature` are over the RFC 8785 bytes of the record with its seal, but for these two, so they cover station, sequence and
predecessor. RFC 8785 writes 5 for 5.0; `content`, the hash of record.json's own text without seal and certificate, keeps such spellings.
A record without a station is sealed by its hash alone: a changed byte is found, who changed it is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hil.station.canonical import canonical, document
from hil.station.chain import Link

if TYPE_CHECKING:
    from hil.station.station import Station

FORMAT, CANONICAL = "hil.seal/1", "RFC 8785"
_UTC = "%Y-%m-%dT%H:%M:%SZ"
RELEASED = "2026-01-01"
"""This harness is not older: a clock that shows an earlier day is not set."""
BLANK: Mapping[str, Any] = {
    "format": FORMAT, "canonical": CANONICAL, "station": None, "sequence": None, "previous": None, "key": None,
    "content": None, "sha256": None, "signature": None,
}  # fmt: skip
NO_CERTIFICATE: Mapping[str, Any] = {"number": None, "refused": ""}


def seal(record: Mapping[str, Any], station: Station | None = None) -> dict[str, Any]:
    """The record with its seal; one whose seal holds already is returned as it is.

    With a station, the record gets the next place in its chain and the certificate's number. If this very content was sealed before, by a
    run that broke off before its record was written, it gets the place it had: the same bytes again.
    """
    if intact(record):
        return dict(record)
    if station is None:
        return seal_without(record, clock_problem(record, None))
    with station.chain.locked():
        return _chained(record, station, content_of(record))


def seal_without(record: Mapping[str, Any], refused: str) -> dict[str, Any]:
    """The record sealed by its hash alone; `refused`: why it has no certificate, "" if there is no reason but that it has no station."""
    certificate = {"number": None, "refused": refused}
    return _closed({**record, "certificate": certificate, "seal": {**BLANK, "content": content_of(record)}}, None)


def intact(record: Mapping[str, Any]) -> bool:
    """Whether the record's hashes hold. Who signed it is another question: `hil.station.verify`."""
    told = record.get("seal")
    if not isinstance(told, Mapping) or not isinstance(told.get("sha256"), str):
        return False
    return told.get("content") == content_of(record) and told["sha256"] == sha256_of(record)


def sealed_bytes(record: Mapping[str, Any]) -> bytes:
    """What is hashed and signed: RFC 8785 of the record, its seal without `sha256` and `signature`."""
    inner = {key: value for key, value in record["seal"].items() if key not in ("sha256", "signature")}
    return canonical({**record, "seal": inner})


def sha256_of(record: Mapping[str, Any]) -> str:
    """The hash that its seal should have."""
    return hashlib.sha256(sealed_bytes(record)).hexdigest()


def content_of(record: Mapping[str, Any]) -> str:
    """Hash of record.json's text without seal and certificate."""
    kept = {key: value for key, value in record.items() if key not in ("seal", "certificate")}
    return hashlib.sha256(document(kept).encode()).hexdigest()


def clock_problem(record: Mapping[str, Any], before: str | None) -> str:
    """Why a run gets no certificate: its clock was behind the harness's release, or it ended before the chain's last record began.

    Of rigs that run side by side the one that began first may be sealed last, so beginnings are not compared.
    """
    started = record.get("started")
    if started is None:
        return "when the run began is not known"
    if started < RELEASED:
        return f"the clock was not set: the run began {started}, before this harness was released ({RELEASED})"
    ended = _ended(started, (record.get("time") or {}).get("wall_s"))
    if before is not None and ended is not None and ended < before:
        return f"the clock was set back: the run began {started} and ended before the station's last record, {before}"
    return ""


def _ended(started: str, wall_s: float | None) -> str | None:
    """UTC; None where the run broke off, or its beginning is no time."""
    try:
        begun = datetime.fromisoformat(started.replace("Z", "+00:00"))
    except ValueError:
        return None
    return None if wall_s is None else (begun + timedelta(seconds=wall_s + 1.0)).strftime(_UTC)


def _chained(record: Mapping[str, Any], station: Station, content: str) -> dict[str, Any]:
    from hil.station import keys

    known, last = station.chain.of_content(content), station.chain.last()
    sequence = known.sequence if known else last.sequence + 1 if last else 1
    previous = known.previous if known else last.sha256 if last else None
    refused = known.refused if known else clock_problem(record, last.started if last else None)
    certificate = {"number": None if refused else f"{station.id}-{sequence:06d}", "refused": refused}
    place = {"station": station.id, "sequence": sequence, "previous": previous, "key": keys.name(station.key.public_key())}
    made = _closed({**record, "certificate": certificate, "seal": {**BLANK, **place, "content": content}}, station)
    if known is None:
        station.chain.append(_link(made))
    return made


def _closed(record: dict[str, Any], station: Station | None) -> dict[str, Any]:
    signed = sealed_bytes(record)
    signature = None
    if station is not None:
        from hil.station import keys

        signature = keys.signed(station.key, signed)
    record["seal"] = {**record["seal"], "sha256": hashlib.sha256(signed).hexdigest(), "signature": signature}
    return record


def _link(record: Mapping[str, Any]) -> Link:
    told, certificate = record["seal"], record["certificate"]
    return Link(
        station=told["station"],
        sequence=told["sequence"],
        sha256=told["sha256"],
        previous=told["previous"],
        content=told["content"],
        unit=record.get("unit"),
        verdict=str(record.get("verdict") or ""),
        certificate=certificate["number"],
        refused=certificate["refused"],
        started=record.get("started"),
    )
