"""The canonical form of a record (RFC 8785, JSON Canonicalization Scheme): the bytes that are hashed and signed.

The package `rfc8785` is the oracle in tests and writes the rare numbers; the rest is written here, several times as fast, because a history
checks the seal of every record that it takes in.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

EXACT = 2**53
"""From here on a double, which is what JSON's numbers are to most readers, does not tell all integers apart."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of plain JSON; an integer of 2**53 or more is written as a text of its digits, as the RFC's appendix D has it."""
    return _text(value).encode()


def document(value: Any) -> str:
    """Plain JSON as record.json has it, byte for byte: the same as `hil.report.jsontext.document`."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _text(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is float:
        return _float(value)
    if kind is dict:
        return "{" + ",".join([f"{encode_basestring(key)}:{_text(value[key])}" for key in _sorted(value)]) + "}"
    if kind is list or kind is tuple:
        return "[" + ",".join([_text(item) for item in value]) + "]"
    return _constant(value)


def _sorted(value: dict[str, Any]) -> list[str]:
    """Keys in the order of their UTF-16 units, which differs from Python's own only beyond the first 65536 characters."""
    return sorted(value) if all(map(str.isascii, value)) else sorted(value, key=lambda key: key.encode("utf-16be"))


def _constant(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -EXACT < value < EXACT else f'"{value}"'
    raise TypeError(f"{type(value).__name__} is no JSON: {value!r}")


def _float(value: float) -> str:
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2] if value else "0"
    if "e" not in text:
        return text
    import rfc8785

    return rfc8785.dumps(value).decode()
