"""Which history is meant: what was said, else HIL_HISTORY, else what the station names, else a file among the reports."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "HIL_HISTORY"
FILE = "history.sqlite"


def where(said: str | None, station: str | None = None, reports: Path = Path("reports")) -> str:
    """The URL or path. `said`: of an option; `station`: the URL that station.toml names."""
    return said or os.environ.get(VARIABLE) or station or str(reports / FILE)
