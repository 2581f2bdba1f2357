"""Opens a database and brings its tables to the present shape; whatever is wrong with it is one clear error."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from hil.errors import UserError
from hil.history.tables import HEAD

BUSY_S = 10.0
"""How long a writer waits for another one."""
_URLS = "sqlite:///FOLDER/history.sqlite, postgresql://USER@HOST/DATABASE, or the path of an SQLite file"
_VERSION = sa.text("SELECT version_num FROM alembic_version")
_WRITING = 7405
"""PostgreSQL: the advisory lock (any number that is ours) that a writer holds."""


def parsed(given: str) -> URL:
    """The URL behind what a user gave: a URL, or the path of an SQLite file."""
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise UserError("--db: not the URL of a database", _without_password(given), _URLS) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise UserError(f"--db: {url.get_backend_name()} asked for", "not a database that is known here", _URLS)
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url.set(drivername="sqlite")


def opened(url: URL, *, create: bool, busy_s: float = BUSY_S) -> Engine:
    """An engine whose tables are there and of the present shape. `create`: a database that is not there yet is made."""
    engine = _sqlite(url, create=create, busy_s=busy_s) if url.get_backend_name() == "sqlite" else _postgresql(url, busy_s)
    try:
        with plainly(engine.url, "opened"):
            _migrate(engine, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextlib.contextmanager
def plainly(url: URL, done: str) -> Iterator[None]:
    """What the database objects to, as UserError: "cannot be opened"."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines() or [type(error).__name__]
        raise UserError(f"the history {shown(url)} cannot be {done}", said[0], _advice(said[0])) from None


def shown(url: URL) -> str:
    """The database in words; never its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    secret = {key: "..." for key in url.query if "password" in key.lower()}  # libpq takes them there, too
    return url.update_query_dict(secret).render_as_string(hide_password=True).replace("+psycopg", "")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout."""
    still = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with plainly(engine.url, "read"), engine.connect().execution_options(**still) as connection:
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it is durable afterwards, or nothing. It waits for other writers at its beginning, never later.

    On PostgreSQL, too, one station files at a time: a unit takes some milliseconds, and two that name new units in another order would
    otherwise wait for each other.
    """
    with plainly(engine.url, "written"), engine.connect().execution_options(hil_writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITING)))
        yield connection


def _advice(said: str) -> str:
    if "locked" in said or "timeout" in said:
        return "somebody else is writing; try again when they are done"
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return "a folder and file that can be written to: --db FILE; where another station writes, SQLite needs that for reading too"
    if "not a database" in said or "malformed" in said:
        return "give the history's own file, or a copy from before it was damaged"
    if "no such" in said or "already exists" in said or said.startswith("relation"):
        return "these tables are none of ours: name another database"
    return "see that it runs and that the URL names host, user and database"


def _sqlite(url: URL, *, create: bool, busy_s: float) -> Engine:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise UserError("--db: no file is named", shown(url), _URLS)
    if path.is_dir():
        raise UserError(f"--db {path}: not a database", "it is a folder", "name the file in it: history.sqlite")
    if not create and not path.exists():
        raise UserError(f"no history at {path}", "no such file", "`hil accept` and `hil history import` make one; or say --db FILE or URL")
    if create:
        with _refused(path):
            path.parent.mkdir(parents=True, exist_ok=True)
    if not create and not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        engine = sa.create_engine(url, poolclass=NullPool, creator=lambda: _immutable(path))
    else:
        engine = sa.create_engine(url, poolclass=NullPool if not create else None, connect_args={"timeout": busy_s})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _immutable(path: Path) -> sqlite3.Connection:
    """A file in a folder where SQLite can make no lock: nobody writes it from here, and it is read as it is (sqlite.org/uri.html)."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)


@contextlib.contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"the history {path} cannot be made", f"{error.filename}: {error.strerror}", "a folder that can be written to"
        ) from None


def _prepare_sqlite(dbapi: Any, _record: object) -> None:
    """WAL: readers never wait; FULL: what was committed is on the disk."""
    dbapi.isolation_level = None  # BEGIN is ours: see `_begin_sqlite`
    cursor = dbapi.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hil_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL, busy_s: float) -> Engine:
    try:
        arguments = {"connect_timeout": max(2, int(busy_s)), "options": f"-c lock_timeout={int(1000 * busy_s)}"}
        return sa.create_engine(url, connect_args=arguments)
    except (ImportError, NoSuchModuleError) as error:
        raise UserError(f"the history {shown(url)} asked for", str(error), "pip install 'rpi-camera-hil[postgres]'") from None


def _migrate(engine: Engine, *, create: bool) -> None:
    """Nothing where the tables are of the present shape: alembic is imported only when there is something to do."""
    with engine.connect() as connection:
        found = _version(connection)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        asked = f"the history {shown(engine.url)} asked for"
        raise UserError(
            asked, f"its tables are of version {found}, newer than {HEAD}, which this hil knows", "pip install -U rpi-camera-hil"
        )
    if found is None and not create:
        raise UserError(f"no history at {shown(engine.url)}", "a database without our tables", "`hil history import` makes them")
    with writing(engine) as connection:
        if _version(connection) != HEAD:  # another process may have done it meanwhile
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(_VERSION).scalar()
    return str(found) if found is not None else None


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.util.exc import CommandError

    try:
        command.upgrade(alembic(connection), "head")
    except CommandError:
        found = f"its tables are of version {_version(connection)}, which this hil does not know"
        raise UserError(f"the history {shown(connection.engine.url)} asked for", found, "name another database: --db FILE or URL") from None


def alembic(connection: Connection) -> Any:
    """Alembic's configuration for the migrations that come with hil."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _without_password(given: str) -> str:
    scheme, _, rest = given.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
