"""What of a record holds: its bytes, its hash, its signature, its place in the station's chain; each with a sentence.

A key that only the record names proves nothing: anybody can make one. Keys come from the caller, or from the station of this machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import UserError
from hil.station import keys
from hil.station.canonical import document
from hil.station.chain import Chain, Link, parse
from hil.station.seal import FORMAT, content_of, sealed_bytes, sha256_of
from hil.station.station import PUBLIC, Station

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SHOWN = 16
"""Digits of a hash or a key's name that are shown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    status: str
    """"ok", "broken", or "open" for what cannot be said here."""
    what: str
    """"bytes", "hash", "signature", "chain", ..."""
    says: str
    decides: bool = True
    """False: if it is open, the record may hold all the same."""

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the record."""
        return self.status == "ok" or (self.status == "open" and not self.decides)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that is trusted, and who says so."""

    key: Ed25519PublicKey
    origin: str
    """The file that it is from."""
    station: str | None = None
    """The only station that it may sign for; None: any."""


@dataclass(frozen=True, slots=True)
class Known:
    """What records are held against."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    """By name."""
    links: Sequence[Link] = ()
    """Of all chains."""
    chained: frozenset[str] = frozenset()
    """Stations whose chain is here: what is not in it is missing."""
    asked: bool = False
    """Whether the caller named the keys: then a record has to be signed by one of them."""


def known(key_files: Sequence[Path] = (), chain_files: Sequence[Path] = (), station: Station | None = None) -> Known:
    """What is known here: the keys and chains of files, and of this machine's station; keys that are given are the only ones."""
    given = [Key(keys.public(path), str(path)) for path in key_files]
    if station is not None and not given and (station.folder / PUBLIC).exists():
        given = [Key(keys.public(station.public), f"station {station.id}", station.id)]
    links = [link for path in chain_files for link in _links(path)]
    if station is not None:
        links += station.chain.links()
    chained = frozenset(link.station for link in links) | ({station.id} if station else frozenset())
    return Known({keys.name(one.key): one for one in given}, links, chained, bool(key_files))


def of_text(content: bytes, known: Known, beside: Sequence[Mapping[str, Any]] = ()) -> list[Finding]:
    """All findings about the bytes of a record.json; `beside`: other records that are at hand. UserError if it is no JSON."""
    record = parsed(content)
    return [of_bytes(content, record), *of_record(record, known, beside)]


def parsed(content: bytes) -> Any:
    """The JSON of a file; UserError if it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UserError(
            "a record asked for", f"this is no JSON: {error}", "a run's folder, its record.json or its certificate.pdf"
        ) from error


def of_bytes(content: bytes, value: Any) -> Finding:
    """Whether a file is as `hil` writes it, to the byte."""
    try:
        text = document(value).encode()
    except ValueError as error:
        return Finding("broken", "bytes", f"no record has such a value: {error}")
    if text == content:
        return Finding("ok", "bytes", "the file is as it was written")
    pairs = enumerate(zip(content.split(b"\n"), text.split(b"\n"), strict=False), 1)
    line = next((number for number, (is_, was) in pairs if is_ != was), "the last")
    return Finding("broken", "bytes", f"the file is not as hil writes it: changed, if only in its spaces, in line {line}")


def of_record(record: Any, known: Known, beside: Sequence[Mapping[str, Any]] = ()) -> list[Finding]:
    """Findings about hash, signature and chain of a record that was read."""
    problem = _no_seal(record)
    if problem:
        return [Finding("broken", "seal", problem)]
    try:
        found = [_hash(record), _signature(record, known)]
    except (ValueError, TypeError) as error:  # lone surrogates, numbers that are none
        return [Finding("broken", "hash", f"no record has such a value: {error}")]
    return [*found, *_place(record), *_chain(record, known, beside)]


def of_chain(path: Path) -> list[Finding]:
    """Findings about a chain by itself: a line that is none, a gap, a number twice, a predecessor that does not fit, an end cut off."""
    content = _read(path)
    links, bad = parse(content)
    found = [Finding("broken", "chain", f"line {number} is no line of a chain") for number in bad]
    for before, link in zip([None, *links], links, strict=False):
        found += _step(before, link)
    head = Chain(path.parent).head() if path.name == Chain(path.parent).path.name else None
    last = links[-1].sequence if links else 0
    if head is not None and head.sequence > last:
        found.append(Finding("broken", "chain", f"it ends with {last}, but {head.sequence} were sealed (head.json): its end was cut off"))
    return found or [Finding("ok", "chain", f"{len(links)} record{'' if len(links) == 1 else 's'}, each named by the next")]


def _step(before: Link | None, link: Link) -> Iterator[Finding]:
    expected = before.sequence + 1 if before else 1
    if before is not None and link.sequence == before.sequence:
        yield Finding("broken", "chain", f"number {link.sequence} was used twice: {_short(before.sha256)} and {_short(link.sha256)}")
    elif link.sequence != expected:
        gap = f"{expected}" if link.sequence == expected + 1 else f"{expected} to {link.sequence - 1}"
        yield Finding("broken", "chain", f"number {gap} {'is' if link.sequence == expected + 1 else 'are'} missing before {link.sequence}")
    elif link.previous != (before.sha256 if before else None):
        yield Finding(
            "broken", "chain", f"number {link.sequence} names {_short(link.previous)} as the one before, which is not number {expected - 1}"
        )


def _no_seal(record: Any) -> str:
    """Why there is nothing to look at, or nothing."""
    if not isinstance(record, Mapping):
        return "this is no record"
    told = record.get("seal")
    if not isinstance(told, Mapping) or told.get("sha256") is None:
        return "it has no seal: nothing shows that it is as it was written"
    if told.get("format") != FORMAT:
        return f"its seal is {told.get('format')!r}; this version knows {FORMAT}"
    texts = [told.get(key) for key in ("station", "previous", "key", "signature", "sha256", "content")]
    texts += [(record.get("certificate") or {}).get("number"), (record.get("station") or {}).get("id")]
    if not all(text is None or isinstance(text, str) for text in texts) or type(told.get("sequence")) not in (int, type(None)):
        return "its seal is not as hil writes seals"
    return ""


def _hash(record: Mapping[str, Any]) -> Finding:
    told = record["seal"]
    if told["sha256"] == sha256_of(record) and told.get("content") == content_of(record):
        return Finding("ok", "hash", f"sha256 {_short(told['sha256'])}: nothing in it was changed since")
    return Finding("broken", "hash", "its content does not have the hash in its seal: something in it was changed")


def _signature(record: Mapping[str, Any], known: Known) -> Finding:
    told = record["seal"]
    if told["signature"] is None or told["key"] is None:
        return _unsigned(record, known)
    named = f"key {_short(told['key'])}"
    if told["key"] not in known.keys:
        if known.asked:
            given = ", ".join(f"{_short(name)} ({one.origin})" for name, one in known.keys.items())
            return Finding("broken", "signature", f"signed by {named}, not by {given}")
        return Finding("open", "signature", f"signed by {named}, which is not known here: give --key FILE.pub of station {told['station']}")
    key = known.keys[told["key"]]
    if key.station not in (None, told["station"]):
        return Finding("broken", "signature", f"{named} is that of station {key.station}, not of {told['station']}")
    if not keys.holds(key.key, told["signature"], sealed_bytes(record)):
        return Finding("broken", "signature", f"not made by {named} over this content: somebody without the key changed it")
    return Finding("ok", "signature", f"signed by station {told['station']}, {named} ({key.origin})")


def _unsigned(record: Mapping[str, Any], known: Known) -> Finding:
    number, station = (record.get("certificate") or {}).get("number"), (record.get("station") or {}).get("id")
    if number or record["seal"]["station"] or record["seal"]["signature"]:
        return Finding("broken", "signature", f"it is called {number or 'a record of a station'}, and is not signed")
    if known.asked:
        return Finding("broken", "signature", "it is not signed, by no key")
    more = f"; station {station} could not sign it" if station else ""
    return Finding("open", "signature", f"not signed: a changed byte is found, but anybody could have written it{more}", decides=False)


def _place(record: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether station, sequence and certificate tell the same."""
    told, number = record["seal"], (record.get("certificate") or {}).get("number")
    if told["station"] is None:
        return
    if (record.get("station") or {}).get("id") != told["station"]:
        yield Finding("broken", "station", f"sealed by station {told['station']}, but made by {(record.get('station') or {}).get('id')}")
    if number is not None and number != f"{told['station']}-{told['sequence']:06d}":
        yield Finding("broken", "certificate", f"it is called {number}, but is number {told['sequence']} of station {told['station']}")


def _chain(record: Mapping[str, Any], known: Known, beside: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    told = record["seal"]
    if told["station"] is None:
        return
    here = [link for link in known.links if link.station == told["station"]]
    others = [one["seal"] for one in beside if not _no_seal(one) and one["seal"]["station"] == told["station"]]
    number = f"number {told['sequence']} of station {told['station']}"
    twin = next((sha for seq, sha in _places(here, others) if seq == told["sequence"] and sha != told["sha256"]), None)
    if twin is not None:
        yield Finding("broken", "chain", f"{number} is another record too: {_short(twin)}")
    if told["station"] in known.chained and told["sha256"] not in {link.sha256 for link in here} and twin is None:
        yield Finding(
            "broken", "chain", f"{number} is not in the chain: this record was never sealed there, or the chain's end was cut off"
        )
    yield _predecessor(told, number, here, others, chained=told["station"] in known.chained)


def _places(links: Sequence[Link], seals: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    yield from ((link.sequence, link.sha256) for link in links)
    yield from ((one["sequence"], one["sha256"]) for one in seals)


def _predecessor(
    told: Mapping[str, Any], number: str, links: Sequence[Link], seals: Sequence[Mapping[str, Any]], *, chained: bool
) -> Finding:
    before = told["sequence"] - 1
    if before == 0 and told["previous"] is None:
        return Finding("ok", "chain", f"{number}: the first")
    if told["previous"] in {sha for sequence, sha in _places(links, seals) if sequence == before}:
        return Finding("ok", "chain", f"{number}: the one before it, {_short(told['previous'])}, is there")
    missing = f"{number}: its predecessor, number {before}, {_short(told['previous'])}, is missing"
    if chained or any(one["sequence"] < told["sequence"] for one in seals):
        return Finding("broken", "chain", missing)
    return Finding("open", "chain", f"{missing} here: give its record too, or --chain chain.jsonl", decides=False)


def _links(path: Path) -> list[Link]:
    links = parse(_read(path))[0]
    if not links:
        raise UserError(f"--chain {path} asked for", "no line of a chain in it", "the chain.jsonl of a station")
    return links


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} asked for", (error.strerror or str(error)).lower()) from error


def _short(digits: str | None) -> str:
    return f"{digits[:SHOWN]}…" if digits else "none"
