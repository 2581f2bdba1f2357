"""Keys of units and characteristics: looked up once, made where there are none."""

from __future__ import annotations

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

    def unit(self, connection: Connection, serial: str) -> int:
        """The key of a unit."""
        if serial not in self._units:
            if len(self._units) >= _UNITS_REMEMBERED:
                self._units.clear()
            self._units[serial] = _key(connection, tables.units, {"serial": serial}, {})
        return self._units[serial]

    def characteristic(self, connection: Connection, of: Characteristic, conditions: str) -> int:
        """The key of a characteristic; `conditions` are kept of the first."""
        if of not in self._characteristics:
            self._characteristics[of] = _key(connection, tables.characteristics, of._asdict(), {"conditions": conditions})
        return self._characteristics[of]


def _key(connection: Connection, table: sa.Table, identity: dict[str, object], more: dict[str, object]) -> int:
    same = sa.and_(*(table.c[name] == value for name, value in identity.items()))
    found = connection.execute(sa.select(table.c.id).where(same)).scalar()
    if found is None:
        insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
        connection.execute(insert.values(**identity, **more).on_conflict_do_nothing())
        found = connection.execute(sa.select(table.c.id).where(same)).scalar_one()
    return int(found)
