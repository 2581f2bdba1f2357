"""The tables, one set for SQLite and PostgreSQL.

A run's numbers lie by characteristic, in the order of the runs: a question about one characteristic then reads one stretch of the table,
and inserting a unit of 60 measurements touches the end of 60 stretches. Instants are whole seconds since 1970, UTC (0 where the record
tells none): neither database then has an opinion about time zones.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

HEAD = "0001"
"""The newest migration: what `hil history` writes and reads. A test compares it with alembic's."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in an INTEGER key."""

records = Table(
    "records",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("station", String),
    Column("sequence", BigInteger),
    Column("certificate", String, unique=True),
    Column("document", LargeBinary, nullable=False),  # the record's JSON, deflated (zlib)
    UniqueConstraint("station", "sequence"),
)

units = Table(
    "units",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("serial", String, nullable=False, unique=True),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Key, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("unit_id", Key, ForeignKey("units.id")),
    Column("started_s", BigInteger, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("rig", String, nullable=False),
    Column("plan", String, nullable=False),
    Column("plan_version", String, nullable=False),
    Column("procedure", String, nullable=False),
    Column("station", String, nullable=False),
    Column("operator", String, nullable=False),
    Column("part", String, nullable=False),
    Column("batch", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("verdict", String, nullable=False),
    Column("accepted", Boolean, nullable=False),  # exit status 0
    Column("interrupted", Boolean, nullable=False),
    Column("cause", String, nullable=False),  # what decided it, short and stable: for counting
    Column("headline", String, nullable=False),
    Column("certificate", String, nullable=False),
    Column("purpose", String, nullable=False),  # production, golden, gauge: only the first counts in yields
    Column("appraiser", String, nullable=False),  # of a gauge study: the seating
    Index(None, "started_s"),
    Index(None, "unit_id", "started_s"),
)

characteristics = Table(
    "characteristics",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("nth", Integer, nullable=False),  # 1, or more where a run measures it under several conditions
    Column("unit", String, nullable=False),
    Column("conditions", String, nullable=False),  # as first seen, in words
    UniqueConstraint("name", "subject", "mode", "nth", "unit"),
)

measurements = Table(
    "measurements",
    metadata,
    Column("characteristic_id", Key, ForeignKey("characteristics.id"), primary_key=True, autoincrement=False),
    Column("run_id", Key, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("value", Double),  # NULL: not a finite number; the record says what it was
    Column("u", Double),
    Column("lower", Double),  # limits of the specification, never guard-banded
    Column("upper", Double),
    Column("verdict", String),  # NULL: recorded, not judged
    sqlite_with_rowid=False,
)

diagnoses = Table(
    "diagnoses",
    metadata,
    Column("run_id", Key, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("severity", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("where", String, nullable=False),
    Column("says", String, nullable=False),
    sqlite_with_rowid=False,
)

evidence = Table(
    "evidence",
    metadata,
    Column("run_id", Key, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("mime", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # where it lies: aa/aabb...
    sqlite_with_rowid=False,
)
