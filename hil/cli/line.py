"""`hil line`: whether the line is open, and what the factory's system has not taken yet."""

from __future__ import annotations

from pathlib import Path

from hil.clock import utc_now
from hil.errors import UserError
from hil.line.around import outbox, told, watch
from hil.report.jsontext import document
from hil.station import Station, find
from hil.station.station import FILE, default_folder


def status(folder: Path | None, *, simulated: bool, as_json: bool) -> tuple[str, int]:
    """How the line stands, in words or as JSON, and the exit status: 3 while it is locked."""
    station = _there(folder)
    watched, now = watch(station), utc_now()
    rigs = watched.rigs(simulated=simulated) or ["every rig"] * bool(watched.expected)
    locks = {rig: watched.locked(rig, now, simulated=simulated) for rig in rigs}
    box = outbox(station)
    waiting, refused = [path.name for path in box.waiting()], [path.name for path in box.refused()]
    locked = any(locks.values())
    if as_json:
        told = {"station": station.id, "locked": locked, "locks": locks, "waiting": waiting, "refused": refused}
        return document(told).rstrip("\n"), 3 if locked else 0
    lines = [f"{station.id}   {'LOCKED' if locked else 'open'}"]
    for rig, reasons in locks.items():
        lines += [f"  {rig:<18}{reason}" for reason in reasons] or [f"  {rig:<18}golden units behaved"]
    lines += [] if watched.expected else ["  golden units      none are demanded ([[golden]] and golden_every_h in station.toml)"]
    lines += [f"  messages          {len(waiting)} waiting, {len(refused)} refused   {box.folder}"] if waiting or refused else []
    return "\n".join(lines), 3 if locked else 0


def send(folder: Path | None) -> tuple[str, int]:
    """Tell the factory's system what waits; what became of it, and the exit status: 4 if something still waits."""
    station = _there(folder)
    mes, box = station.file.mes, outbox(station)
    if mes.after is None:
        asked = "the factory's system asked for"
        raise UserError(asked, f"no [mes] after in {station.folder / FILE}", 'after = "command" that takes the record as JSON')
    before = len(box.waiting())
    lines = told(box, mes.after, mes.timeout_s)
    left = len(box.waiting())
    sent = f"{before - left} of {before} messages are no longer waiting" if before else "no message is waiting"
    return "\n".join([sent, *lines]), 4 if left else 0


def _there(folder: Path | None) -> Station:
    station = find(folder)
    if station is None:
        asked = "the line of this machine asked for"
        raise UserError(asked, f"no {FILE} in {default_folder()}", "hil station init --id ST-01 --name NAME")
    return station
