"""Strict JSON, the same bytes for the same content.

RFC 8259 has no NaN and no infinity: a number that is not finite is written as the string "NaN", "Infinity" or "-Infinity", and
`number` reads it back. Floats are written by `repr`, which is exact; keys keep the order in which the record lists them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: dicts with text keys, lists, text, finite numbers, booleans and None."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value.value if isinstance(value, Enum) else value)
    if isinstance(value, int | float):
        return _number(value)
    return _compound(value)


def number(value: Any) -> float:
    """The number behind a JSON value; "NaN" and the infinities are read back, whatever is no number is NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    if isinstance(value, str) and value not in NOT_FINITE:
        return math.nan
    return float(value)


def line(event: Mapping[str, Any]) -> bytes:
    """One journal line: compact JSON in UTF-8 with its newline."""
    return (json.dumps(plain(event), ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()


def document(value: Any) -> str:
    """A whole file: indented by one space, a newline at the end."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _text(value: str) -> str:
    """Lone surrogates (bytes of a file name that are no UTF-8) cannot be written as UTF-8: they become escapes."""
    return str(value) if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def _number(value: float) -> int | float | str:
    if isinstance(value, int):
        return int(value)
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _compound(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_text(str(key.value if isinstance(key, Enum) else key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        # A curve of a thousand points is looked at once, not a thousand times: a sum is finite only if all its terms are.
        curve = set(map(type, value)) == {float} and math.isfinite(sum(value))
        return list(value) if curve else [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    return _foreign(value)


def _foreign(value: Any) -> Any:
    """Enums, paths, dataclasses, and numpy's scalars and arrays, known by their `tolist` so that numpy need not be imported."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, PurePath):
        return _text(str(value))
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if callable(getattr(value, "tolist", None)):
        return plain(value.tolist())
    return _text(str(value))
