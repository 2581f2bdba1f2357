"""A rig while its rules are applied: what pydantic could make of it, beside the file it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from hil import catalog
from hil.catalog import Board, Module
from hil.errors import UserError
from hil.rig.document import Document
from hil.rig.locate import Where
from hil.rig.model import Camera, Rig
from hil.rig.words import meant, nearest, quoted


@dataclass(frozen=True)
class Draft:
    """A rig that may still be faulty. Look-ups give None where the file makes no sense, which is reported elsewhere."""

    rig: Rig
    document: Document

    def declared(self, section: str) -> tuple[str, ...]:
        """The names a section has in the file, also those whose lines are faulty."""
        table = self.document.data.get(section)
        return tuple(table) if isinstance(table, dict) else ()

    def value(self, where: Where) -> Any:
        """What the file says at a place; None where it says nothing."""
        value: Any = self.document.data
        for key in where:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def lacks(self, where: Where) -> bool:
        """Whether the file says nothing at a place, not even under a misspelt key, which is reported elsewhere."""
        table = self.value(where[:-1])
        keys = list(table) if isinstance(table, dict) else []
        return where[-1] not in keys and not any(nearest(key, [str(where[-1])]) for key in keys)

    def names(self, where: Where) -> list[str]:
        """The names in a list of the file, also where other items of it are faulty."""
        value = self.value(where)
        return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]

    def board(self, host: str) -> Board | None:
        """The board of a host."""
        return board_of(self.rig.hosts[host].board) if host in self.rig.hosts else None

    def stranger(self, host: str) -> str:
        """What is wrong with a device's `host`; "" where it is one of the rig's."""
        hosts = self.declared("hosts")
        if host in hosts or not hosts:
            return ""
        return f"{quoted(host)} is not a host of this rig{meant(host, hosts)}  (hosts: {', '.join(hosts)})"


def module_of(camera: Camera) -> Module | None:
    """The catalog's module, None where there is none of that name."""
    try:
        return catalog.module(camera.module)
    except UserError:
        return None


def board_of(name: str) -> Board | None:
    """The catalog's board, None where there is none of that name."""
    try:
        return catalog.board(name)
    except UserError:
        return None


class Named(Protocol):
    """An entry of the catalog."""

    @property
    def name(self) -> str:
        """The name it is listed by."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names it goes by."""


def unknown(name: str, what: str, entries: Iterable[Named]) -> str:
    """The message for a name that the catalog lacks: the nearest one, or all there are."""
    known = {written: entry.name for entry in entries for written in (entry.name, *entry.aliases)}
    everything = ", ".join(dict.fromkeys(known.values()))
    return quoted(name) + (meant(name, known) or f" is not a {what} of the catalog  ({everything})")
