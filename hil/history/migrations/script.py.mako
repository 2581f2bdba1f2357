"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """What it adds."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """And takes away."""
    ${downgrades if downgrades else "pass"}
