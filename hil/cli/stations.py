"""What `hil station` does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from hil.clock import utc_now
from hil.errors import UserError
from hil.report.jsontext import document
from hil.station import Station, find, keys
from hil.station.station import FILE, default_folder, named_folder


def init(folder: Path | None, facts: Mapping[str, str]) -> str:
    """Set the station up; what to say of it."""
    made = Station.init(named_folder(folder) or default_folder(), facts)
    return (
        f"station {made.id} in {made.folder}\n"
        f"  key    {keys.name(keys.public(made.public))}\n"
        f"  next   write equipment and environment into {made.folder / FILE}; keep a copy of station.key where nobody else can read it"
    )


def show(folder: Path | None, *, as_json: bool) -> tuple[str, int]:
    """The station in words or as JSON, and the exit status."""
    station = _there(folder)
    overdue = station.equipment_problems(date.fromisoformat(utc_now()[:10]))
    last = station.chain.last()
    status = 3 if overdue else 0
    if as_json:
        told = {
            **station.facts(),
            "environment": station.environment(),
            "equipment": station.equipment(),
            "overdue": list(overdue),
            "key": keys.name(keys.public(station.public)),
            "sealed": last.sequence if last else 0,
        }
        return document(told).rstrip("\n"), status
    rows = [(name, text) for name, text in station.facts().items() if text]
    rows += [(name.replace("_", " "), str(value)) for name, value in station.environment().items()]
    rows += [("equipment", _equipment(one, overdue)) for one in station.equipment()]
    rows += [("key", keys.name(keys.public(station.public))), ("sealed", _chain(station))]
    return "\n".join(f"{name:<18}{text}" for name, text in rows), status


def key(folder: Path | None) -> str:
    """The public key in PEM."""
    return keys.public_pem(keys.public(_there(folder).public)).decode()


def _there(folder: Path | None) -> Station:
    station = find(folder)
    if station is None:
        raise UserError(
            "the station of this machine asked for", f"no {FILE} in {default_folder()}", "hil station init --id ST-01 --name NAME"
        )
    return station


def _equipment(one: Mapping[str, str | None], overdue: Mapping[str, str]) -> str:
    due = f"due {one['due']}" if one["due"] else "needs no calibration"
    late = "   OVERDUE" if one["id"] in overdue else ""
    return " · ".join(text for text in (one["id"], one["name"], one["serial"], due) if text) + late


def _chain(station: Station) -> str:
    last = station.chain.last()
    cut = station.chain.cut()
    return f"{last.sequence} records, the last {last.started}{f'   BROKEN: {cut}' if cut else ''}" if last else "nothing yet"
