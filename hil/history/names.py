"""Keys of units and characteristics: looked up once, made where there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from hil.history import tables
from hil.history.flat import Characteristic

_UNITS_REMEMBERED = 100_000


class Names:
    """What has been looked up so far. It must forget when a transaction is rolled back."""

    def __init__(self) -> None:
        self._units: dict[str, int] = {}
        self._characteristics: dict[Characteristic, int] = {}

    def look_up_units(self, connection: Connection, serials: Set[str]) -> None:
        """Learn the keys of these units, as far as they have any; `unit` tells them."""
        if len(self._units) >= _UNITS_REMEMBERED:
            self._units.clear()
        wanted = list(serials - self._units.keys())
        if wanted:
            u = tables.units.c
            self._units.update({serial: key for key, serial in connection.execute(sa.select(u.id, u.serial).where(u.serial.in_(wanted)))})

    def unit(self, serial: str) -> int | None:
        """The key of a unit that was looked up; None for one that has none yet."""
        return self._units.get(serial)

    def remember_unit(self, serial: str, key: int) -> None:
        """A unit that gets its key now."""
        self._units[serial] = key

    def characteristics(self, connection: Connection, of: Sequence[Characteristic], conditions: Callable[[], Sequence[str]]) -> list[int]:
        """Their keys; `conditions`, in words, are kept of the first of a kind."""
        known = self._characteristics
        if None in (keys := list(map(known.get, of))):
            for one, told in zip(of, conditions(), strict=True):
                if one not in known:
                    known[one] = _key(connection, tables.characteristics, one._asdict(), {"conditions": told})
            keys = list(map(known.get, of))
        return cast("list[int]", keys)


def _key(connection: Connection, table: sa.Table, identity: dict[str, object], more: dict[str, object]) -> int:
    same = sa.and_(*(table.c[name] == value for name, value in identity.items()))
    found = connection.execute(sa.select(table.c.id).where(same)).scalar()
    if found is None:
        insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
        connection.execute(insert.values(**identity, **more).on_conflict_do_nothing())
        found = connection.execute(sa.select(table.c.id).where(same)).scalar_one()
    return int(found)
