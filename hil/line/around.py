"""What happens around a unit at a test station: what may keep it from running, and who is told when it has run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import UserError
from hil.line.golden import Watch
from hil.line.mes import ask
from hil.line.outbox import Outbox
from hil.line.study import repeatability
from hil.report import Record
from hil.station.station import FILE

if TYPE_CHECKING:
    from hil.station import Station

RETEST, GOLDEN = "retest", "golden"
"""What can be waived beside equipment: a further attempt, and golden units that have not run."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a station may not judge now: nothing is driven, and a record says so (INVALID)."""

    cause: str
    """Short and stable."""
    where: str
    says: str
    do: Sequence[str]


def overdue(name: str, says: str) -> Bar:
    """Equipment `name` whose calibration has run out."""
    do = [f"have {name} calibrated, and write the new date into {FILE}", f'or say why not:   --waive {name}="REASON"']
    return Bar("calibration overdue", name, says, do)


def watch(station: Station) -> Watch:
    """The golden units of a station."""
    return Watch(station.folder, station.file.golden, station.file.golden_every_h)


def outbox(station: Station) -> Outbox:
    """What the factory's system has not taken yet."""
    return Outbox(station.folder / "outbox")


def locks(station: Station | None, unit: str | None, rig: str, now: str, *, simulated: bool) -> list[Bar]:
    """What golden units have against a run of `unit` on `rig`; nothing against their own."""
    if station is None or watch(station).of(unit, rig):
        return []
    ask = "hil line --sim" if simulated else "hil line"
    do = [f"run the golden units first:   {ask}", f'or say why not:   --waive {GOLDEN}="REASON"']
    return [Bar("line locked", rig, f"the line is locked: {says}", do) for says in watch(station).locked(rig, now, simulated=simulated)]


def refuse_another_attempt(unit: str | None, attempt: int, allowed: int | None, plan: str, waived: frozenset[str]) -> None:
    """UserError for more attempts than the plan allows, unless that was waived."""
    if unit is None or allowed is None or attempt <= allowed or RETEST in waived:
        return
    asked = f"attempt {attempt} of {unit} by plan {plan} asked for"
    raise UserError(asked, f"the plan allows {allowed}", f'{unit} is for repair or scrap; repaired: --waive {RETEST}="REASON"')


def refuse_if_told_so(station: Station | None, job: Mapping[str, Any]) -> None:
    """Ask the factory's system whether the unit of `job` may run here. UserError if not, or if nobody answers and that means no.

    Golden units are not the system's business. Of simulated ones it is asked too, and told that they are.
    """
    if station is None or station.file.mes.before is None or not job["unit"] or watch(station).of(job["unit"], job["rig"]):
        return
    mes = station.file.mes
    answer = ask(station.file.mes.before, job, mes.timeout_s)
    if answer.may_run is False:
        raise UserError(f"{job['unit']} on {job['rig']} asked for", answer.says, "the factory's system says no ([mes] before)")
    if answer.may_run is None and mes.when_offline == "refuse":
        hint = f'when the system is back; or when_offline = "run" in [mes] of {station.folder / FILE}'
        raise UserError(f"{job['unit']} on {job['rig']}: the factory's system asked for", answer.says, hint)


def traveller(station: Station | None, unit: str | None, rig: str, *, simulated: bool) -> dict[str, Any]:
    """What the station adds to what accompanies a unit."""
    if station is None:
        return {}
    purpose = {"purpose": "golden"} if watch(station).of(unit, rig) else {}
    return {**purpose, "repeatability": repeatability(station.folder, rig, simulated=simulated)}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came of telling everybody."""

    lines: Sequence[str] = ()
    """For the operator."""
    golden: bool | None = None
    """Whether a golden unit behaved; None for any other unit."""


def make_ready() -> None:
    """Load what `after` needs, while there is nothing else to do."""
    from hil.history import make_ready as history

    history()


def after(station: Station | None, record: Record, folder: Path, reports: Path) -> Aftermath:
    """File the run, note a golden unit, tell the factory's system. What goes wrong is a line: the run is over, its record is there."""
    from hil.history import file

    lines = [line for line in [file(folder, station, reports=reports)] if line]
    if station is None:
        return Aftermath(lines)
    if refused := record["certificate"]["refused"]:
        lines.append(f"no certificate number: {refused}")
    try:
        return _told_at_the_station(station, record, lines)
    except OSError as error:  # a full disk, a folder that cannot be written to
        lines.append(f"not written down at the station: {error.filename or station.folder}: {error.strerror or error}")
        return Aftermath(lines, False if watch(station).of(record["unit"], record["rig"]) else None)


def _told_at_the_station(station: Station, record: Record, lines: list[str]) -> Aftermath:
    golden = watch(station).note(record)
    if golden is not None:
        lines.append(f"golden unit {golden.unit} {'behaved as expected' if golden.behaved else 'did not behave: the line is locked'}")
        return Aftermath(lines, golden.behaved)
    mes = station.file.mes
    if mes.after is not None and record["unit"] and record["purpose"] == "production":
        box = outbox(station)
        box.put(record)
        lines += told(box, mes.after, mes.timeout_s)
    return Aftermath(lines)


def told(box: Outbox, after: str, timeout_s: float) -> list[str]:
    """Send what waits; a line for whatever the operator should know."""
    done = box.send(after, timeout_s)
    lines = [f"the factory's system refused {one}" for one in done.refused]
    if done.waiting:
        lines.append(f"{done.waiting} message{'s' if done.waiting > 1 else ''} to the factory's system waiting ({done.trouble})")
    return lines
