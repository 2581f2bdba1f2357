"""Changing a module just after its own body has run, whoever imports it and whenever; no source is touched."""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

Change = Callable[[ModuleType], None]


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, change: Change) -> None:
        self._loader, self._change = loader, change

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._change(module)


class AfterImport(importlib.abc.MetaPathFinder):
    """A finder that lets the usual one find the module, and applies the change once it is loaded."""

    def __init__(self) -> None:
        """No module is to be changed yet."""
        self._changes: dict[str, Change] = {}

    def change(self, name: str, change: Change) -> None:
        """Apply `change` to module `name`: now if it is imported, else after it will have been."""
        self._changes[name] = change
        module = sys.modules.get(name)
        if module is not None:
            change(module)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The usual spec with a loader that also applies the change; None for modules that are left alone."""
        change = self._changes.get(name)
        if change is None:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, change)
        return spec
