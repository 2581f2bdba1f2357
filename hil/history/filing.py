"""What happens to a run when it has ended: its record is filed, where a history can be kept.

With the extra [factory] every run is filed, with a serial number or without one: a bench that measures one camera every day asks for its
drift too. Simulated runs are filed as such, and are in no answer about real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hil.errors import HilError
from hil.history.needs import missing
from hil.history.where import where


def file(folder: Path, station: Any = None, *, db: str | None = None, reports: Path = Path("reports")) -> str:
    """File the record of the run in `folder`; a line about what went wrong, or nothing. It never raises: the run is over.

    `station` is a `hil.station.Station`, or None; `db` what the caller was told to use.
    """
    record = folder / "record.json"
    if missing() or not record.exists():
        return ""
    from hil.report import load

    try:
        return _filed(load(record)[0], folder, where(db, getattr(getattr(station, "file", None), "history", None), reports))
    except HilError as error:
        return f"not filed in the history: {'; '.join(line.strip() for line in str(error).splitlines())}"
    except OSError as error:
        return f"not filed in the history: {error}"


def make_ready() -> None:
    """Load what filing needs, if it can be had: a third of a second."""
    if not missing():
        import hil.history.store  # noqa: F401


def _filed(record: Mapping[str, Any], folder: Path, target: str) -> str:
    from hil.history.store import History

    with History.open(target) as history:
        done = history.add(dict(record), folder)
    return f"not filed in the history: {done.says}" if done.what in ("conflict", "refused") else ""
