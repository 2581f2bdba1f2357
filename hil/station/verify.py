"""What of a record holds: its bytes, its hash, its signature, its place in the station's chain; each with a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.station import keys
from hil.station.canonical import document
from hil.station.chain import Chain, Link, parse
from hil.station.finding import Finding, Key, Known, content_at, known, short
from hil.station.seal import BLANK, FORMAT, content_of, intact, sealed_bytes, sha256_of

__all__ = ["Finding", "Key", "Known", "known", "of_bytes", "of_chain", "of_record", "of_text", "parsed"]


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
    except (ValueError, RecursionError) as error:
        return Finding("broken", "bytes", f"no record has such a value: {error}")
    if text == content:
        return Finding("ok", "bytes", "laid out as hil writes records, to the byte")
    pairs = enumerate(zip(content.split(b"\n"), text.split(b"\n"), strict=False), 1)
    where = next((f"in line {number}" for number, (is_, was) in pairs if is_ != was), "at its end")
    return Finding("broken", "bytes", f"the file is not as hil writes it: changed, if only in its spaces, {where}")


def of_record(record: Any, known: Known, beside: Sequence[Mapping[str, Any]] = ()) -> list[Finding]:
    """Findings about hash, signature and chain of a record that was read."""
    problem = _no_seal(record)
    if problem:
        return [Finding("broken", "seal", problem)]
    try:
        found = [_hash(record), _signature(record, known)]
    except (ValueError, TypeError, RecursionError) as error:  # lone surrogates, numbers that are none, lists in lists in lists
        return [Finding("broken", "hash", f"no record has such a value: {error}")]
    return [*found, *_place(record), *_chain(record, known, beside)]


def of_chain(path: Path) -> list[Finding]:
    """Findings about a chain by itself: a line that is none, a gap, a number twice, a predecessor that does not fit, an end cut off."""
    content = content_at(path)
    links, bad = parse(content)
    found = [Finding("broken", "chain", f"line {number} is no line of a chain") for number in bad]
    for before, link in zip([None, *links], links, strict=False):
        found += _step(before, link)
    cut = Chain(path.parent).cut() if path.name == Chain(path.parent).path.name else ""
    if cut:
        found.append(Finding("broken", "chain", cut))
    torn = content.rpartition(b"\n")[2]
    if torn and Link.of(torn) is None:
        says = "its last line was broken off, as by a power cut: no record was written after it"
        found.append(Finding("open", "chain", says, decides=not links))
    if not links and not found:
        return [Finding("open", "chain", "there is no record in it")]
    return found or [Finding("ok", "chain", f"{len(links)} record{'' if len(links) == 1 else 's'}, each named by the next")]


def _step(before: Link | None, link: Link) -> Iterator[Finding]:
    number, expected = link.sequence, before.sequence + 1 if before else 1
    if before is not None and link.station != before.station:
        yield Finding("broken", "chain", f"number {number} is of station {link.station}, the one before of {before.station}")
    if before is not None and number == before.sequence:
        yield Finding("broken", "chain", f"number {number} was used twice: {short(before.sha256)} and {short(link.sha256)}")
    elif number < expected:
        yield Finding("broken", "chain", f"number {number} comes after {expected - 1}: lines were put in another order")
    elif number == expected + 1:
        yield Finding("broken", "chain", f"number {expected} is missing before {number}")
    elif number != expected:
        yield Finding("broken", "chain", f"numbers {expected} to {number - 1} are missing before {number}")
    elif link.previous != (before.sha256 if before else None):
        says = f"number {number} names another record before it than number {expected - 1}: {short(link.previous)}"
        yield Finding("broken", "chain", says)


def _no_seal(record: Any) -> str:
    """Why there is nothing to look at, or nothing."""
    if not isinstance(record, Mapping):
        return "this is no record"
    told = record.get("seal")
    if not isinstance(told, Mapping) or told.get("sha256") is None:
        return "it has no seal: nothing shows that it is as it was written"
    if told.get("format") != FORMAT:
        return f"its seal is {told.get('format')!r}; this version knows {FORMAT}"
    return "" if _well_formed(told, record) else "its seal is not as hil writes seals"


def _well_formed(told: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether what is looked at below is text, and a station's record has its number."""
    beside = [record.get(key) or {} for key in ("certificate", "station")]
    if not all(isinstance(one, Mapping) for one in beside) or not told.keys() >= BLANK.keys():
        return False
    texts = [told[key] for key in ("station", "previous", "key", "signature", "sha256", "content")]
    texts += [one.get(key) for one, key in zip(beside, ("number", "id"), strict=True)]
    sequence = (int,) if told["station"] is not None else (int, type(None))
    return all(text is None or isinstance(text, str) for text in texts) and type(told["sequence"]) in sequence


def _hash(record: Mapping[str, Any]) -> Finding:
    told = record["seal"]
    if told["sha256"] == sha256_of(record) and told.get("content") == content_of(record):
        return Finding("ok", "hash", f"sha256 {short(told['sha256'])}: nothing in it was changed since")
    return Finding("broken", "hash", "its content does not have the hash in its seal: something in it was changed")


def _signature(record: Mapping[str, Any], known: Known) -> Finding:
    told = record["seal"]
    if told["signature"] is None or told["key"] is None:
        return _unsigned(record, known)
    named = f"key {short(told['key'])}"
    if told["key"] not in known.keys:
        if known.asked:
            given = ", ".join(f"{short(name)} ({one.origin})" for name, one in known.keys.items())
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
    # A record that does not hold itself says nothing against another.
    whole = [one["seal"] for one in beside if not _no_seal(one) and one["seal"]["sequence"] == told["sequence"] and _holds(one)]
    twins = _places(here, [one for one in whole if one["station"] == told["station"]])
    twin = next((sha for seq, sha in twins if seq == told["sequence"] and sha != told["sha256"]), None)
    if twin is not None:
        yield Finding("broken", "chain", f"{number} is another record too: {short(twin)}")
    if told["station"] in known.chained and told["sha256"] not in {link.sha256 for link in here} and twin is None:
        yield Finding("broken", "chain", f"{number} is not in the chain: never sealed there, or the chain was cut")
    yield _predecessor(told, number, here, others, chained=told["station"] in known.chained)


def _holds(record: Mapping[str, Any]) -> bool:
    try:
        return intact(record)
    except (ValueError, TypeError, RecursionError):
        return False


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
        return Finding("ok", "chain", f"{number}: the one before it, {short(told['previous'])}, is there")
    missing = f"{number}: its predecessor, number {before}, {short(told['previous'])}, is missing"
    if chained or any(one["sequence"] < told["sequence"] for one in seals):
        return Finding("broken", "chain", missing)
    return Finding("open", "chain", f"{missing} here: give its record too, or --chain chain.jsonl", decides=False)
