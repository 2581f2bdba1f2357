"""From one shape of the tables to the next (alembic). A migration that was released is never changed."""
