"""How alembic reaches the database: over the connection that `hil.history.database` hands it."""

from __future__ import annotations

from alembic import context

from hil.history.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
