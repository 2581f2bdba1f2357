"""What makes a record one and the same wherever it is: the hash of its seal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hil.station.seal import sha256_of

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record's text, and what it hashes to."""

    document: bytes
    """Compact JSON with keys and numbers as the record has them: `document` of the parsed text gives record.json's bytes again."""
    sha256: str
    """Empty for a record that is not sealed."""
    stated: str
    """The hash that the seal says."""

    @property
    def objection(self) -> str:
        """Why it is not taken, in a sentence, or nothing. Who sealed it, its signature says: `hil verify`."""
        if not self.stated:
            return "it is not sealed"
        if self.sha256 == self.stated:
            return ""
        return f"it was changed since it was sealed: its hash is {self.sha256[:12]}…, its seal says {self.stated[:12]}…"


def sealed(record: Told, text: bytes | None = None) -> Sealed:
    """Hashes a record; `text`: the compact JSON that it was read from."""
    seal = record.get("seal")
    stated = str(seal.get("sha256") or "") if isinstance(seal, Mapping) else ""
    document = text if text is not None else json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return Sealed(document, sha256_of(record) if stated else "", stated)
