"""Setting up a station: its folder, its file, its key; and reading the file with every fault in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hil.errors import Faults, UserError
from hil.rig.document import raise_all
from hil.rig.document import read as document_at
from hil.rig.faults import checked
from hil.rig.words import written
from hil.station import keys
from hil.station.station import FILE, KEY, PUBLIC
from hil.station.stationfile import StationFile

_EXAMPLES = """
# What surrounds it, what it measures with: written into every record. A record with overdue equipment is INVALID.
# [environment]
# temperature_c = 23.0
# humidity_percent = 45.0
# light = "closed box, LED panel 5000 K"
#
# [[equipment]]
# id = "EQ-7"
# name = "frequency counter"
# serial = "MY5012"
# calibrated = 2026-03-31
# due = 2027-03-31
# certificate = "K-2026-0815"
"""


def lay(folder: Path, facts: Mapping[str, str]) -> None:
    """Make the folder, station.toml with `facts`, and the key pair. Nothing that is there is overwritten."""
    there = [name for name in (FILE, KEY, PUBLIC, "chain.jsonl") if (folder / name).exists()]
    if there:
        asked = f"a new station in {folder} asked for"
        raise UserError(asked, f"{', '.join(there)} is there already", "hil station show, or another folder: --station DIR")
    with keys.needs_cryptography("a new station"):
        import cryptography  # noqa: F401 - before anything is written
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        _write(folder / FILE, "".join(f"{name} = {written(value)}\n" for name, value in facts.items()) + _EXAMPLES)
        keys.make(folder / KEY, folder / PUBLIC)
    except OSError as error:
        raise UserError(f"a new station in {folder} asked for", f"{error.filename}: {(error.strerror or str(error)).lower()}") from error


def read(path: Path) -> StationFile:
    """station.toml, checked; UserError, `Faults` with every fault of it."""
    document = document_at(path, "station", "id and name")
    file, faults = checked(StationFile, document)
    if file is not None:
        names = [one.id for one in file.equipment]
        twice = [(at, name) for at, name in enumerate(names) if name in names[:at]]
        faults += [document.fault(("equipment", at, "id"), f'"{name}" is the id of another one already') for at, name in twice]
    raise_all(faults)
    assert file is not None, "a station without faults is there"
    return file


def _write(path: Path, text: str) -> None:
    """The file, if what it says is a station; else nothing stays."""
    path.write_text(text, encoding="utf-8")
    try:
        read(path)
    except Faults:
        path.unlink()
        raise
