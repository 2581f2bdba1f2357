"""Turns pydantic's findings into the house's one-line faults, and mends a document enough to go on looking.

All faults of a file are shown at once: what pydantic refused is taken out, what is missing becomes `UNKNOWN`, and the
rules that need the catalog then look at the rest.
"""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from hil.rig.document import Document, Fault
from hil.rig.locate import Where
from hil.rig.model import Strict
from hil.rig.words import kind, listed, meant, nearest, quoted, written

UNKNOWN = "\x00"
"""Stands where a required text is missing or wrong, in a rig that is only looked at for more faults."""

Model = TypeVar("Model", bound=Strict)


def checked(model: type[Model], document: Document) -> tuple[Model | None, list[Fault]]:
    """The document as `model`, with the faults of its shape; mended as far as needed, None when that is not possible."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    faults = [_fault(model, document, error) for error in errors if not _only_misspelt(error, errors)]
    try:
        return model.model_validate(_mended(model, document.data, errors)), faults
    except ValidationError:
        return None, faults


def _fault(model: type[Strict], document: Document, error: ErrorDetails) -> Fault:
    where = _without_marks(error["loc"])
    message = _MESSAGES.get(error["type"], _as_pydantic_says)(model, where, error)
    return document.fault(where, message)


def _only_misspelt(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """A required key is missing because the same table has it misspelt: one mistake, one fault."""
    *table, key = error["loc"]
    unknown = [str(other["loc"][-1]) for other in errors if other["type"] == "extra_forbidden" and list(other["loc"][:-1]) == table]
    return error["type"] == "missing" and any(nearest(name, [str(key)]) for name in unknown)


def _without_marks(where: Where) -> Where:
    """The location without pydantic's own marks, such as the "[key]" of a refused name."""
    return tuple(key for key in where if key != "[key]")


def _missing(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    example = _example(_field(model, where))
    if isinstance(example, dict):
        lines = ", ".join(f"{key} = {written(value)}" for key, value in example.items())
        return f"missing; write a section [{where[-1]}] with lines such as  {lines}"
    return f"missing; write {where[-1]} = {written(example)}"


def _unknown(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    parent = _model(model, where[:-1]) or model
    known = list(parent.model_fields)
    return f"no such {parent.entry}{meant(str(where[-1]), known)}  ({parent.noun} has: {', '.join(known)})"


def _wrong_kind(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    value = error["input"]
    is_what = "not a whole number" if error["type"] == "int_type" and isinstance(value, float) else kind(value)
    return f"{quoted(value)} is {is_what}; write {_instead(model, where, value, error['type'])}"


def _instead(model: type[Strict], where: Where, value: Any, wanted: str) -> str:
    if wanted == "bool_type":
        return "true or false"
    if wanted in ("int_type", "float_type") and isinstance(value, str) and _is_number(value):
        return value.strip()
    table = _model(model, where)
    if table is not None:
        return f"a table: {where[-1]} = {written(_table_example(table))}"
    example = _example(_field(model, where))
    if isinstance(example, dict):
        return _inside_table(example, where, wanted)
    return written(example[0] if isinstance(example, list) and wanted == "string_type" else example)


def _inside_table(example: dict[str, Any], where: Where, wanted: str) -> str:
    if wanted == "string_type":
        return written(next(iter(example.values())))
    return f"a section [{where[-1]}] with lines such as  " + ", ".join(f"{key} = {written(item)}" for key, item in example.items())


def _table_example(table: type[BaseModel]) -> dict[str, Any]:
    required = {name: _example(field) for name, field in table.model_fields.items() if field.is_required()}
    return required or {name: _example(field) for name, field in list(table.model_fields.items())[:1]}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _not_one_of(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    field = _field(model, where)
    known = _choices(field.annotation if field else None)
    value = error["input"]
    if not isinstance(value, str):
        return f"{quoted(value)} is {kind(value)}; write {listed(map(quoted, known), 'or')}"
    return f"{quoted(value)}; write {listed(map(quoted, known), 'or')}{meant(value, known) if len(known) > 3 else ''}"


def _choices(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return list(typing.get_args(annotation))
    return [choice for part in typing.get_args(annotation) for choice in _choices(part)]


def _bad_name(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    return f"{quoted(error['input'])} is not a name; write letters, digits, - and _, a letter first"


def _empty(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    return f"{quoted(error['input'])} is empty; write {_instead(model, where, '', 'string_type')}"


def _bound(words: str, key: str) -> Callable[[type[Strict], Where, ErrorDetails], str]:
    return lambda model, where, error: f"{quoted(error['input'])}; must be {words} {error['ctx'][key]:g}"


def _said(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    return str(error["ctx"]["said"])


def _as_pydantic_says(model: type[Strict], where: Where, error: ErrorDetails) -> str:
    return f"{quoted(error['input'])}; {error['msg'][:1].lower()}{error['msg'][1:]}"


_MESSAGES: dict[str, Callable[[type[Strict], Where, ErrorDetails], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _not_one_of,
    "string_pattern_mismatch": _bad_name,
    "string_too_short": _empty,
    "plain": _said,
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    **{f"{kind}_type": _wrong_kind for kind in ("string", "int", "float", "bool", "dict", "model", "model_attributes", "tuple", "list")},
}


def _model(model: type[Strict], where: Where) -> type[Strict] | None:
    """The table type at a place of the file; None where a plain value stands."""
    annotation: Any = model
    for key in where:
        annotation = _step(annotation, key)
    return _table(annotation)


def _field(model: type[Strict], where: Where) -> FieldInfo | None:
    """The nearest field at or around a place of the file."""
    for length in range(len(where), 0, -1):
        parent = _model(model, where[: length - 1])
        if parent is not None and where[length - 1] in parent.model_fields:
            return parent.model_fields[str(where[length - 1])]
    return None


def _step(annotation: Any, key: str | int) -> Any:
    table = _table(annotation)
    if table is not None:
        return table.model_fields[str(key)].annotation if key in table.model_fields else None
    origin = typing.get_origin(annotation)
    if origin is tuple and isinstance(key, int):
        return typing.get_args(annotation)[0]  # an item of [[equipment]]
    return typing.get_args(annotation)[1] if origin is dict else None


def _table(annotation: Any) -> type[Strict] | None:
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, Strict) else None
    if typing.get_origin(annotation) in (dict, tuple, list, typing.Literal):
        return None
    return next((table for part in typing.get_args(annotation) if (table := _table(part))), None)


def _example(field: FieldInfo | None) -> Any:
    return field.examples[0] if field and field.examples else {}


def _mended(model: type[Strict], data: dict[str, Any], errors: list[ErrorDetails]) -> dict[str, Any]:
    mended = copy.deepcopy(data)
    for error in errors:
        _mend(model, mended, _without_marks(error["loc"]))
    return mended


def _mend(model: type[Strict], data: dict[str, Any], where: Where) -> None:
    """Take the value at `where` out; put something harmless there when the file cannot do without it."""
    top = str(where[0])
    field = model.model_fields.get(top)
    if field is None or (not field.is_required() and typing.get_origin(field.annotation) is not dict):
        data.pop(top, None)
    elif typing.get_origin(field.annotation) is not dict:
        data[top] = UNKNOWN if top == "unit" else _example(field)
    elif len(where) == 1 or not isinstance(data[top], dict):
        data[top] = {}
    else:
        _mend_entry(model, data[top], where)


def _mend_entry(model: type[Strict], section: dict[str, Any], where: Where) -> None:
    """Mend one line of a section of tables: `cameras.cm3` goes as a whole, `cameras.cm3.port` alone."""
    name = str(where[1])
    if len(where) == 2 or not isinstance(section.get(name), dict):
        section.pop(name, None)
        return
    section[name].pop(where[2], None)
    parent = _model(model, where[:2])
    if parent and where[2] in parent.model_fields and parent.model_fields[str(where[2])].is_required():
        section[name][where[2]] = UNKNOWN
