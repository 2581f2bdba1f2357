"""What makes a record one and the same wherever it is: the hash that its seal states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hil.station.canonical import canonical

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record's text, and what it hashes to."""

    document: bytes
    """Compact JSON with keys and numbers as the record has them: `document` of the parsed text gives record.json's bytes again."""
    sha256: str
    stated: str
    """The hash that the record says it has; empty for one without a seal."""

    @property
    def holds(self) -> bool:
        """Whether nothing was changed since it was sealed. Who sealed it, its signature says: `hil verify`."""
        return self.sha256 == self.stated


def sealed(record: Told, text: bytes | None = None) -> Sealed:
    """Hashes a record; `text`: the compact JSON that it was read from."""
    seal = record.get("seal") or {}
    inner = {key: value for key, value in seal.items() if key not in ("sha256", "signature")}
    sha256 = hashlib.sha256(canonical({**record, "seal": inner} if seal else dict(record))).hexdigest()
    document = text if text is not None else json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return Sealed(document, sha256, str(seal.get("sha256") or ""))
