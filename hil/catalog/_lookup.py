"""Finding things by the names people write: case, hyphens, underscores and spaces do not matter."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

from hil.errors import UserError


class Named(Protocol):
    """Something with a name and further names."""

    @property
    def name(self) -> str:
        """The name it is printed by."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names people write."""


T = TypeVar("T", bound=Named)


def folded(name: str) -> str:
    """The name as it is compared: "Camera-Module  3" and "camera module 3" are one."""
    return " ".join(re.sub(r"[-_\s]+", " ", name).casefold().split())


def find(things: Iterable[T], name: str, kind: str) -> T:
    """The thing of that name or alias; a UserError with the nearest name and those that exist otherwise."""
    known = {folded(written): thing for thing in things for written in (thing.name, *thing.aliases)}
    if folded(name) in known:
        return known[folded(name)]
    raise unknown(name, kind, known, dict.fromkeys(thing.name for thing in known.values()))


def unknown(name: str, kind: str, known: dict[str, T], exist: Iterable[str]) -> UserError:
    """The error for a name that is not there: `exist` are the names to list."""
    near = difflib.get_close_matches(folded(name), known, n=1, cutoff=0.5)
    hint = f'did you mean "{known[near[0]].name}"?' if near else ""
    return UserError(f'no {kind} "{name}"', f"the catalog has {', '.join(exist)}", hint)
