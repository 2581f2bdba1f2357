"""What a look at a record or a chain finds, and what it is held against: keys and chains that are known here.

A key that only the record names proves nothing: anybody can make one. Keys come from the caller, or from the station of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hil.errors import UserError
from hil.station import keys
from hil.station.chain import Link, parse
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


def _links(path: Path) -> list[Link]:
    links = parse(content_at(path))[0]
    if not links:
        raise UserError(f"--chain {path} asked for", "no line of a chain in it", "the chain.jsonl of a station")
    return links


def content_at(path: Path) -> bytes:
    """The bytes of a file that was named; UserError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} asked for", (error.strerror or str(error)).lower()) from error


def short(digits: str | None) -> str:
    """A hash or a key's name for reading: its first digits."""
    return f"{digits[:SHOWN]}…" if digits else "none"
