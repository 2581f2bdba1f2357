"""What many records say together: units, yield, capability, drift.

`hil.history.store.History` keeps records, once each, in SQLite or PostgreSQL; `units`, `yields`, `readings` ask; `stats` are functions over
arrays; `exchange` carries records from one history to another. Importing this imports no database.
"""

from hil.history.filing import file, make_ready
from hil.history.where import where

__all__ = ["file", "make_ready", "where"]
