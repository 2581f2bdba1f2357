"""Histories to ask: an empty one on SQLite, an empty one on PostgreSQL, and records as a station files them."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hil.history import tables
from hil.history.store import History

from . import made, postgres


@pytest.fixture(scope="session")
def postgresql():
    """A server for this session, and what to ask it for: a new database, or the shared one with our tables, emptied."""
    with postgres.server() as home:
        count = iter(range(1000))

        def new():
            name = f"new{next(count)}"
            postgres.execute(home, f"CREATE DATABASE {name}")
            return f"postgresql://postgres@/{name}?host={home}"

        shared = new()
        yield SimpleNamespace(new=new, shared=shared, home=home)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A database that is not there yet, of either kind."""
    return str(tmp_path / "history.sqlite") if request.param == "sqlite" else request.getfixturevalue("postgresql").new()


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request, tmp_path):
    """An empty history, of either kind."""
    shared = str(tmp_path / "history.sqlite") if request.param == "sqlite" else request.getfixturevalue("postgresql").shared
    with History.open(shared, evidence_folder=tmp_path / "evidence") as opened:
        if request.param == "postgresql":
            with opened.engine.begin() as connection:
                names = ", ".join(f'"{table.name}"' for table in tables.metadata.sorted_tables)
                connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
        yield opened


@pytest.fixture
def record():
    """Makes a record: see `made.record`."""
    return made.record
