"""Plain words for error messages: how a value is quoted, what it is, what it may have been meant to be."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable


def quoted(value: object) -> str:
    """A value as its author wrote it, near enough: text in quotes, true, 450; tables and lists by their kind."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 60 else value[:57] + "...", ensure_ascii=False)
    if isinstance(value, dict):
        return "{...}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[...]" if value else "[]"
    return str(value)


def kind(value: object) -> str:
    """What sort of value this is, to follow "is": "text", "a number", "a list", ..."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    names: dict[type, str] = {str: "text", list: "a list", tuple: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def listed(words: Iterable[object], last: str = "and") -> str:
    """`a, b and c`."""
    items = [str(word) for word in words]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else "nothing"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None. Case does not count, and a beginning is enough."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return by_lower[close[0]]
    return next((name for lower, name in by_lower.items() if len(word) > 1 and lower.startswith(word.lower())), None)


def meant(word: str, known: Iterable[str]) -> str:
    """`; did you mean "sink"?`, or nothing."""
    name = nearest(word, known)
    return f'; did you mean "{name}"?' if name else ""


def a(name: str) -> str:
    """The name with its article: "a Raspberry Pi 5", "an HQ Camera (CS)"."""
    return f"an {name}" if name[:1] in "AEIO" or name.startswith(("HQ", "M12")) else f"a {name}"


def written(value: object) -> str:
    """A value as TOML has it: `"CAM1"`, `["a", "b"]`, `{ board = "Raspberry Pi 5" }`."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return quoted(value)
