"""Databases that are new, old, newer than we are, locked, read-only, or none at all."""

import sqlite3

import pytest
import sqlalchemy as sa

from hil.errors import UserError
from hil.history import database, tables
from hil.history.store import History


def test_the_migrations_make_the_tables_that_the_code_has(url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with History.open(url) as history, history.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == tables.HEAD


def test_the_newest_migration_is_the_one_that_the_code_knows(tmp_path):
    from alembic.script import ScriptDirectory

    with History.open(str(tmp_path / "h.sqlite")) as history, history.engine.connect() as connection:
        assert ScriptDirectory.from_config(database.alembic(connection)).get_current_head() == tables.HEAD


def test_going_down_leaves_nothing(url):
    from alembic import command

    with History.open(url) as history:
        with database.writing(history.engine) as connection:
            command.downgrade(database.alembic(connection), "base")
        with history.engine.connect() as connection:
            assert sa.inspect(connection).get_table_names() == ["alembic_version"]


def test_opening_again_does_not_need_alembic(tmp_path, monkeypatch):
    History.open(str(tmp_path / "h.sqlite")).close()
    monkeypatch.setattr(database, "_upgrade", None)
    History.open(str(tmp_path / "h.sqlite")).close()


def test_what_was_committed_is_on_the_disk_and_readers_do_not_wait(tmp_path):
    with History.open(str(tmp_path / "h.sqlite")) as history, history.engine.connect() as connection:
        asked = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert asked == ["wal", 2, 1]


def test_a_newer_shape_is_left_alone(url):
    with History.open(url) as history, history.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match=r"version 9999, newer than .*\n.*pip install -U"):
        History.open(url)


def test_a_locked_database_is_said_in_one_line(tmp_path, record):
    path = tmp_path / "h.sqlite"
    with History.open(str(path), busy_s=0.01) as history:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match=r"cannot be written\n.*locked\n.*somebody else is writing"):
            history.add(record())
        other.execute("ROLLBACK")
        other.close()
        assert history.add(record()).what == "added"


def test_one_in_a_folder_that_may_only_be_read_answers_and_takes_nothing(tmp_path, record, monkeypatch):
    path = tmp_path / "h.sqlite"
    with History.open(str(path)) as history:
        history.add(record())
    monkeypatch.setattr(database.os, "access", lambda folder, mode: False)  # root may write anywhere

    with History.open(str(path), create=False) as history:
        assert history.record(1) == record()
        with pytest.raises(UserError, match=r"cannot be written\n.*readonly.*\n.*a folder and file that can be written to"):
            history.add(record("another"))
    assert [file.name for file in tmp_path.iterdir()] == ["h.sqlite"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mysql://me:secret@host/db", "mysql asked for"),
        ("postgresql://me:secret@/db?host=/nowhere", "cannot be opened"),
        ("://", "not the URL of a database"),
        ("sqlite://", "no file is named"),
        ("/proc/nowhere/h.sqlite", "cannot be made"),
        ("/proc/h.sqlite", "unable to open"),
        ("/tmp", "it is a folder"),
    ],
)
def test_a_url_that_leads_nowhere_is_one_clear_error_without_its_password(given, said):
    with pytest.raises(UserError, match=said) as raised:
        History.open(given)
    assert "secret" not in str(raised.value)
    assert "try" in str(raised.value)


def test_what_is_no_database_is_said(tmp_path):
    (tmp_path / "h.sqlite").write_text("a letter, not a database, and long enough to be looked at" * 20)
    with pytest.raises(UserError, match="not a database"):
        History.open(str(tmp_path / "h.sqlite"))


def test_asking_does_not_make_a_database(tmp_path):
    with pytest.raises(UserError, match="no history at"):
        History.open(str(tmp_path / "h.sqlite"), create=False)
    assert not list(tmp_path.iterdir())


def test_a_password_in_the_query_is_not_shown_either():
    assert database.shown(database.parsed("postgresql://me@/db?host=h&password=secret")).endswith("host=h&password=...")


def test_tables_of_a_version_that_never_was_are_left_alone(url):
    with History.open(url) as history, history.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(UserError, match="version 0000, which this hil does not know"):
        History.open(url)
