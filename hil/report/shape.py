"""Whether a record has the shape that its schema publishes, by as much of JSON Schema as the schema uses; and if not, where it has not.

Views are made of older and of odd records as long as they can be. This is asked when one cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hil.report.record import schema

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip


def problem(record: Any) -> str:
    """The first place where a record is not as its schema has it: "measurements.3.value is missing"; nothing if it is one."""
    return next(_problems(record, schema(), ""), "")


def _problems(value: Any, wanted: Mapping[str, Any], where: str) -> Iterator[str]:
    if "$ref" in wanted:
        wanted = schema()["$defs"][wanted["$ref"].rpartition("/")[2]]
    if "anyOf" in wanted:
        tried = [list(_problems(value, one, where)) for one in wanted["anyOf"]]
        yield from [] if [] in tried else tried[-1]
        return
    if not _fits(value, wanted):
        yield f"{where or 'the record'} is {str(value)[:40]!r}"
    elif isinstance(value, dict):
        yield from (f"{_at(where, key)} is missing" for key in wanted.get("required", ()) if key not in value)
        for key, inner in wanted.get("properties", {}).items():
            yield from _problems(value[key], inner, _at(where, key)) if key in value else ()
    elif isinstance(value, list) and "items" in wanted:
        for number, one in enumerate(value):
            yield from _problems(one, wanted["items"], _at(where, str(number)))


def _fits(value: Any, wanted: Mapping[str, Any]) -> bool:
    if "const" in wanted and value != wanted["const"]:
        return False
    if "enum" in wanted and value not in wanted["enum"]:
        return False
    if "type" not in wanted:
        return True
    named = [wanted["type"]] if isinstance(wanted["type"], str) else wanted["type"]
    return any(isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in named)


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
