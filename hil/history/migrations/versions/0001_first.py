"""The first tables: records, units, runs, characteristics, measurements, diagnoses, evidence.

Written out and not taken from `hil.history.tables`: what a migration does must not change when the tables do.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make them."""
    _records()
    _runs()
    _measurements()
    _of_a_run("diagnoses", _text("severity"), _text("cause"), _text("where"), _text("says"))
    digest = sa.Column("sha256", sa.String(64), nullable=False)
    _of_a_run("evidence", _text("name"), _text("mime"), sa.Column("size", sa.BigInteger, nullable=False), digest)


def downgrade() -> None:
    """Drop them, and all that is in them."""
    for name in ("evidence", "diagnoses", "measurements", "characteristics", "runs", "units", "records"):
        op.drop_table(name)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _run_id() -> sa.Column[int]:
    return sa.Column("run_id", Key, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("id", Key, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("station", sa.String),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("certificate", sa.String, unique=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("station", "sequence"),
    )
    op.create_table(
        "units",
        sa.Column("id", Key, primary_key=True, autoincrement=False),
        sa.Column("serial", sa.String, nullable=False, unique=True),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", Key, sa.ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("unit_id", Key, sa.ForeignKey("units.id")),
        sa.Column("started_s", sa.BigInteger, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        *map(_text, ("rig", "plan", "plan_version", "procedure", "station", "operator", "part", "batch")),
        sa.Column("attempt", sa.Integer, nullable=False),
        _text("verdict"),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("interrupted", sa.Boolean, nullable=False),
        *map(_text, ("cause", "headline", "certificate", "purpose", "appraiser")),
    )
    op.create_index("ix_runs_started_s", "runs", ["started_s"])
    op.create_index("ix_runs_unit_id_started_s", "runs", ["unit_id", "started_s"])


def _measurements() -> None:
    op.create_table(
        "characteristics",
        sa.Column("id", Key, primary_key=True),
        *map(_text, ("name", "subject", "mode")),
        sa.Column("nth", sa.Integer, nullable=False),
        *map(_text, ("unit", "conditions")),
        sa.UniqueConstraint("name", "subject", "mode", "nth", "unit"),
    )
    op.create_table(
        "measurements",
        sa.Column("characteristic_id", Key, sa.ForeignKey("characteristics.id"), primary_key=True, autoincrement=False),
        _run_id(),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Double) for name in ("value", "u", "lower", "upper")),
        sa.Column("verdict", sa.String),
        sqlite_with_rowid=False,
    )


def _of_a_run(name: str, *columns: sa.Column[Any]) -> None:
    """A table whose rows belong to a run, in order."""
    position = sa.Column("position", sa.Integer, primary_key=True, autoincrement=False)
    op.create_table(name, _run_id(), position, *columns, sqlite_with_rowid=False)
