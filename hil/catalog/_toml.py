"""Reading the data files: TOML in, facts with source and evidence out.

A table's `source` and `evidence` hold for everything below it until a deeper table or a single value says otherwise:
`key = 3` inherits, `key = { value = 3, source = "page", evidence = "page" }` does not. The unit is the suffix of the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hil.catalog.facts import EVIDENCE, Fact, Facts, Value

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

UNITS: Final = {
    "_hz": "Hz", "_mhz": "MHz", "_us": "us", "_ns": "ns", "_s": "s", "_um": "um", "_mm": "mm", "_m": "m", "_g": "g", "_v": "V", "_mp": "MP",
    "_lines": "lines", "_pix": "pixels", "_frames": "frames", "_dpt": "dioptres", "_deg": "degrees", "_e": "e-", "_stops": "stops",
    "_16": "DN (16 bits)", "_dn12": "DN (12 bits)", "_dn_per_e": "DN/e-", "_ppm": "ppm", "_pins": "pins",
}  # fmt: skip
LABELS: Final = frozenset({"source", "evidence", "name", "title", "aliases"})
"""Keys that name things rather than claim them."""


def _data() -> Traversable:
    """A plain path where there is one, as importlib.resources would cost every start 15 ms; not so in a host process, which runs a zip."""
    beside = Path(__file__).parent / "data"
    if beside.is_dir():
        return beside
    from importlib.resources import files

    return files(__package__) / "data"


DATA: Final = _data()

Table = Mapping[str, Any]


def load(*path: str) -> dict[str, Any]:
    """One data file, parsed."""
    return tomllib.loads(DATA.joinpath(*path).read_text(encoding="utf-8"))


def names(folder: str) -> list[str]:
    """The data files of a folder, sorted."""
    return sorted(entry.name for entry in (DATA / folder).iterdir() if entry.name.endswith(".toml"))


def unit(key: str) -> str:
    """The unit that a key's suffix names; the longest suffix wins."""
    return next((UNITS[suffix] for suffix in sorted(UNITS, key=len, reverse=True) if key.endswith(suffix)), "")


def frozen(raw: Any) -> Value:
    """A TOML value with its lists as tuples."""
    if isinstance(raw, list):
        return tuple(frozen(part) for part in raw)
    if isinstance(raw, bool | int | float | str):
        return raw
    raise TypeError(f"{raw!r} is no value of a fact")


def fact(key: str, raw: Any, source: str, evidence: str) -> Fact:
    """One fact from `key = raw`; `source` and `evidence` are those inherited."""
    table = raw if isinstance(raw, dict) else {"value": raw}
    evidence = table.get("evidence", evidence)
    if evidence not in EVIDENCE:
        raise ValueError(f"{key}: evidence {evidence!r} is none of {', '.join(EVIDENCE)}")
    value = frozen(table["value"])
    return Fact(value, table.get("unit", unit(key)), table.get("source", source), evidence, table.get("text", ""), table.get("note", ""))


def facts(subject: str, table: Table, source: str = "", evidence: str = "") -> Facts:
    """All facts of a table and of the tables in it, by dotted name; arrays of tables are left to the caller."""
    return Facts(subject, dict(_walk(table, "", source, evidence)))


def _walk(table: Table, prefix: str, source: str, evidence: str) -> Iterator[tuple[str, Fact]]:
    source, evidence = table.get("source", source), table.get("evidence", evidence)
    for key, raw in table.items():
        if key in LABELS or (isinstance(raw, list) and raw and isinstance(raw[0], dict)):
            continue
        if isinstance(raw, dict) and "value" not in raw:
            yield from _walk(raw, f"{prefix}{key}.", source, evidence)
        else:
            yield f"{prefix}{key}", fact(key, raw, source, evidence)
