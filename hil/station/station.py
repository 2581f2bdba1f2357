"""A test station: a folder with station.toml, its key and its chain."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import UserError
from hil.station.chain import Chain

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from hil.station.stationfile import StationFile

FILE, KEY, PUBLIC = "station.toml", "station.key", "station.pub"
VARIABLE = "HIL_STATION"
FACTS = ("id", "name", "issuer", "address", "place", "fixture")


@dataclass(frozen=True)
class Station:
    """A station that is set up."""

    folder: Path

    @cached_property
    def file(self) -> StationFile:
        """station.toml, checked; `Faults` with every fault of it."""
        from hil.station.setup import read

        return read(self.folder / FILE)

    @cached_property
    def id(self) -> str:
        """Its id, with which certificates are numbered. Read without looking at the rest: sealing takes no more."""
        return str(tomllib.loads((self.folder / FILE).read_text("utf-8"))["id"])

    @property
    def chain(self) -> Chain:
        """All it has sealed."""
        return Chain(self.folder)

    @property
    def public(self) -> Path:
        """The file of its public key."""
        return self.folder / PUBLIC

    @cached_property
    def key(self) -> Ed25519PrivateKey:
        """Its private key; UserError if there is none, or others may read it."""
        from hil.station import keys

        return keys.private(self.folder / KEY)

    def refuse_another_id(self) -> None:
        """UserError if its chain is that of a station with another id: certificates would be numbered in somebody else's name."""
        last = self.chain.last()
        if last is not None and last.station != self.id:
            asked = f"{self.folder / FILE}: station {self.id} asked for"
            hint = f'id = "{last.station}": an id is for good; another station has a folder of its own'
            raise UserError(asked, f"what was sealed here was sealed by station {last.station}", hint)

    def facts(self) -> dict[str, str | None]:
        """Who it is, as a record has it: id, name, issuer, address, place, fixture."""
        return {name: getattr(self.file, name) for name in FACTS}

    def environment(self) -> dict[str, Any]:
        """What surrounds it, as a record has it: temperature_c, humidity_percent, light; what is not known is left out."""
        return self.file.environment.model_dump(exclude_none=True)

    def equipment(self) -> list[dict[str, str | None]]:
        """What it measures with, as a record has it: id, name, serial, calibrated, due, certificate; days as 2027-03-31."""
        return [
            {name: value.isoformat() if isinstance(value, date) else value for name, value in one.model_dump().items()}
            for one in self.file.equipment
        ]

    def equipment_problems(self, today: date) -> dict[str, str]:
        """Equipment that may not be used `today` (UTC), by id, each with a sentence."""
        return dict(_overdue(self.equipment(), today))

    @classmethod
    def init(cls, folder: Path, facts: Mapping[str, str]) -> Station:
        """Set up a station in `folder` with `facts` (id, name, ...); UserError if one is there, or a fact is refused."""
        from hil.station.setup import lay

        lay(folder, facts)
        return cls(folder)


def find(given: Path | None = None, *, checked: bool = True) -> Station | None:
    """The station of this machine: `given`, else $HIL_STATION, else ~/.config/hil/station; None if there is none and none was named.

    `checked`: UserError for any fault in its file; without, only what sealing takes is read. (Where a twin gives programs its own calendar,
    as in a simulated run, the file's days could not be checked.)
    """
    named = named_folder(given)
    folder = named or default_folder()
    if not (folder / FILE).exists():
        if named is None:
            return None
        asked = f"the station in {folder} asked for"
        raise UserError(asked, f"no {FILE} there", f"hil station init --station {folder}, or another {'--station' if given else VARIABLE}")
    station = Station(folder)
    _ = station.file if checked else None
    return station


def named_folder(given: Path | None) -> Path | None:
    """`given`, else $HIL_STATION; None if there is neither."""
    return given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)


def default_folder() -> Path:
    """$XDG_CONFIG_HOME/hil/station, usually ~/.config/hil/station."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "hil" / "station"


def _overdue(equipment: list[dict[str, str | None]], today: date) -> Iterator[tuple[str, str]]:
    for one in equipment:
        if one["due"] is not None and date.fromisoformat(one["due"]) < today:
            yield str(one["id"]), f"{one['id']} ({one['name']}) was due for calibration on {one['due']}"
