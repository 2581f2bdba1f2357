"""`hil diff A B`: what differs between two records, apart from the parts that may differ between equal runs.

Those parts are marked "x-varies" in the published schema, so this file knows none of them by name. Measurements are compared with the one
of the same name, subject, mode, conditions and attempt, not with the one in the same place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.report.record import load, schema

_KEYS = {
    "measurements": ("name", "subject", "mode", "conditions", "attempt", "test"),
    "tests": ("test",),
    "diagnoses": ("cause", "where", "test"),
    "statements": ("check", "subject"),
    "not_run": ("test", "name"),
    "monitors": ("host",),
}


def diff(a: Path, b: Path) -> list[str]:
    """Differences as lines to read, none if the records are equal: each path is a record, an array of them or a run's folder."""
    return differences(_records(a), _records(b))


def _records(path: Path) -> list[dict[str, Any]]:
    """At least one: two files that say nothing are not equal runs."""
    found = load(path)
    if not found:
        asked = f"{path}: a record to compare asked for"
        raise UserError(asked, "no record in it", "give a run's folder, its record.json, or a file that --json wrote after a run")
    return found


def differences(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> list[str]:
    """Differences of two lists of records, compared in order."""
    found: list[str] = []
    for one, other in zip_longest(a, b):
        if one is None or other is None:
            found.append(f"{(one or other)['rig']}: only in {'A' if other is None else 'B'}")
            continue
        where = f"{one['rig']}: " if max(len(a), len(b)) > 1 else ""
        found += [where + line for line in _compare("", constant(one), constant(other))]
    return found


def constant(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without the parts that may differ between equal runs."""
    kept = _without_varying(dict(record), schema(), schema())
    assert isinstance(kept, dict)
    return kept


def _without_varying(value: Any, about: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if "$ref" in about:
        about = root["$defs"][about["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        known = about.get("properties", {})
        return {
            key: _without_varying(item, known.get(key, {}), root)
            for key, item in value.items()
            if not known.get(key, {}).get("x-varies", False)
        }
    if isinstance(value, list):
        return [_without_varying(item, about.get("items", {}), root) for item in value]
    return value


def _compare(path: str, a: Any, b: Any) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for key in dict.fromkeys([*a, *b]):
            yield from _compare_member(f"{path}.{key}" if path else key, a, b, key)
    elif isinstance(a, list) and isinstance(b, list):
        yield from _compare_lists(path, a, b)
    elif a != b or type(a) is not type(b):
        yield f"{path}: {_shown(a)} -> {_shown(b)}"


def _compare_member(path: str, a: dict[str, Any], b: dict[str, Any], key: str) -> Iterator[str]:
    if key not in b or key not in a:
        yield f"{path}: only in {'A' if key in a else 'B'}: {_shown(a.get(key, b.get(key)))}"
    else:
        yield from _compare(path, a[key], b[key])


def _compare_lists(path: str, a: list[Any], b: list[Any]) -> Iterator[str]:
    """Lists of named things by name; others, and long curves, in order, where only the first difference is told."""
    if path in _KEYS:
        yield from _compare_named(path, _named(path, a), _named(path, b))
        return
    if len(a) != len(b):
        yield f"{path}: {len(a)} -> {len(b)} entries"
    differing = [index for index, (one, other) in enumerate(zip(a, b, strict=False)) if one != other]
    if differing:
        more = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
        yield from (line + more for line in _compare(f"{path}[{differing[0]}]", a[differing[0]], b[differing[0]]))


def _compare_named(path: str, a: dict[str, Any], b: dict[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*a, *b]):
        if name not in a or name not in b:
            yield f"{path} {name}: only in {'A' if name in a else 'B'}"
        else:
            yield from _compare(f"{path} {name}", a[name], b[name])
    common = [name for name in a if name in b]
    if common != [name for name in b if name in a]:
        yield f"{path}: in another order"


def _named(path: str, items: list[Any]) -> dict[str, Any]:
    """Items by what identifies them; a second one with the same name is "#2"."""
    named: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for item in items:
        name = " ".join(text for text in (_word(item.get(key)) for key in _KEYS[path]) if text)
        seen[name] += 1
        named[f"{name} #{seen[name]}" if seen[name] > 1 else name] = item
    return named


def _word(value: Any) -> str:
    if value in (None, "", 1, {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:197] + "..."
