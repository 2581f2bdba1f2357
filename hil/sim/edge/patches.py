"""Attributes and modules that are exchanged for the length of a simulated run, and put back afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

_ABSENT = object()


@dataclass(frozen=True)
class Seam:
    """One name that a simulated run replaces.

    name: dotted, with a colon after the module; what: what stands there instead; why: in one clause;
    signature: of the original, as `inspect.signature` prints its parameters' names, where the replacement relies on it.
    """

    name: str
    what: str
    why: str
    signature: tuple[str, ...] | None = None


class Patches:
    """A stack of exchanged attributes and modules."""

    def __init__(self) -> None:
        """Nothing is exchanged yet."""
        self._undo: list[Callable[[], None]] = []

    def attribute(self, owner: Any, name: str, value: Any) -> Any:
        """Set `owner.name`; returns what was there (None if nothing was)."""
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._undo.append(lambda: delattr(owner, name) if before is _ABSENT else setattr(owner, name, before))
        return None if before is _ABSENT else before

    def module(self, name: str, module: ModuleType) -> None:
        """Have `import name` give `module`."""
        before = sys.modules.get(name)
        sys.modules[name] = module
        self._undo.append(lambda: _put_back(name, before))

    def call(self, undo: Callable[[], None]) -> None:
        """Have `undo` called in its turn."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Put everything back, last change first."""
        while self._undo:
            self._undo.pop()()


def _put_back(name: str, module: ModuleType | None) -> None:
    if module is None:
        sys.modules.pop(name, None)
    else:
        sys.modules[name] = module
