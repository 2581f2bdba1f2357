"""Kinds of values in a rig file: names, lists of names, pins, how a host is reached; and what is said of wrong ones."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from hil.rig.wiring import WiringError, pin
from hil.rig.words import kind, quoted


def plain(said: str) -> PydanticCustomError:
    """A finding of ours, in our words."""
    return PydanticCustomError("plain", "{said}", {"said": said})


def _names(value: Any) -> Any:
    """One name or a list of names, as a tuple."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)):
        raise plain(f"{quoted(value)} is {kind(value)}; write a name in quotes, or a list of them")
    if not value:
        raise plain("the list is empty; write at least one name")
    _refuse_twice([item for item in value if isinstance(item, str)])
    return tuple(value)


def _refuse_twice(names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise plain(f"{quoted(twice)} is in the list twice")


def _pin(value: Any) -> Any:
    """A pin's text, "pi-a.GPIO17"."""
    if isinstance(value, str):
        try:
            return str(pin(value))
        except WiringError as error:
            raise plain(str(error)) from error
    return value


def _connect(value: Any) -> Any:
    """How to reach a host: "local" or "ssh:host"."""
    if isinstance(value, str) and value != "local" and not _SSH.fullmatch(value):
        raise plain(f'{quoted(value)}; write "local", or "ssh:" and a host name, for example "ssh:pi-a.local"')
    return value


_SSH = re.compile(r"ssh:([A-Za-z_][\w.-]*@)?[A-Za-z0-9][\w.-]*")

DeviceName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Names = Annotated[tuple[str, ...], BeforeValidator(_names, json_schema_input_type=str | list[str])]
PinName = Annotated[str, BeforeValidator(_pin)]
Pins = Annotated[tuple[PinName, ...], BeforeValidator(_names, json_schema_input_type=str | list[str])]
Connect = Annotated[str, BeforeValidator(_connect)]
