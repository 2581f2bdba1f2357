"""A gauge study of a station: the same units put in again and again, and what that says of every characteristic.

The study's runs are ordinary records, each with its place in the study (part, appraiser, trial). What stands for the appraiser, the person
of AIAG's examples, is the seating: the unit was taken out and put in again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hil.errors import UserError
from hil.history.stats.gauge import Gauge, study
from hil.report import Record, load
from hil.report.files import replace, unit_dir
from hil.report.jsontext import document, number

FOLDER = "gauge"
"""Of studies, in the station's folder."""

PLACE = ("part", "appraiser", "trial")
Place = tuple[str, str, int]
"""Which run of a study: the unit, the seating, and the trial of it."""


@dataclass(frozen=True, slots=True)
class Key:
    """What was measured: the same in every run of a study."""

    name: str
    subject: str
    mode: str
    nth: int
    unit: str


@dataclass(frozen=True, slots=True)
class Result:
    """What the study says of one characteristic."""

    key: Key
    gauge: Gauge

    @property
    def dof(self) -> float:
        """Degrees of freedom of the repeatability."""
        return float(self.gauge.parts * self.gauge.appraisers * (self.gauge.trials - 1))


def place_of(record: Record) -> Place:
    """Of a run of a study."""
    place = record["gauge"]
    return place["part"], place["appraiser"], place["trial"]


def is_whole(record: Record) -> bool:
    """Whether a run came to a verdict on the unit; any other is made again."""
    return record["verdict"] in ("PASS", "COND_PASS", "FAIL") and not record["interrupted"]


def runs(reports: Path, name: str, units: Iterable[str]) -> list[Record]:
    """The whole runs of the study `name` that lie in `reports`, the newest of each place."""
    found: dict[Place, Record] = {}
    for unit in units:
        for path in sorted(unit_dir(reports, unit).glob("*/record.json")):
            for record in load(path):
                if (record["gauge"] or {}).get("study") == name and is_whole(record):
                    found[place_of(record)] = record
    return list(found.values())


def results(records: Sequence[Record]) -> tuple[list[Result], list[str]]:
    """Of every characteristic that all runs of a study measured; and those left out, each with the reason."""
    read: dict[Key, dict[tuple[str, str, int], float]] = {}
    width: dict[Key, float | None] = {}
    for record in records:
        for key, one in _numbered(record["measurements"]):
            read.setdefault(key, {})[place_of(record)] = number(one["value"])
            low, high = one["lower"], one["upper"]
            width[key] = None if low is None or high is None else high - low
    parts, appraisers, trials = (sorted({record["gauge"][name] for record in records}) for name in PLACE)
    done, left = [], []
    for key, values in read.items():
        missing = [(p, a, t) for p in parts for a in appraisers for t in trials if (p, a, t) not in values]
        if missing:
            left.append(f"{_title(key)}: not measured in {len(missing)} of {len(records)} runs")
            continue
        try:
            cube = [[[values[p, a, t] for t in trials] for a in appraisers] for p in parts]
            done.append(Result(key, study(cube, width[key])))
        except ValueError as error:
            left.append(f"{_title(key)}: {error}")
    return done, left


def _numbered(measurements: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Key, Mapping[str, Any]]]:
    """With those of one name told apart by their order, which the plan makes the same in every run."""
    seen: Counter[tuple[str, ...]] = Counter()
    for one in measurements:
        if one["attempt"] not in (None, 1):
            continue
        what = (one["name"], one["subject"] or "", one["mode"] or "")
        seen[what] += 1
        yield Key(*what, seen[what], one["unit"]), one


def _title(key: Key) -> str:
    return " ".join(part for part in (key.name, key.subject, key.mode, f"#{key.nth}" if key.nth > 1 else "") if part)


def keep(folder: Path, name: str, records: Sequence[Record], found: Iterable[Result]) -> Path:
    """Write a study into the station's `folder`; the newest of a rig is what its budgets take."""
    first = records[0]
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    told = {
        "format": "hil.gauge/1",
        "study": name,
        "rig": first["rig"],
        "simulated": first["simulated"],
        "started": min(record["started"] for record in records),
        "runs": [record["seal"]["sha256"] for record in records],
        "results": [{**asdict(one.key), "u": one.gauge.grr, "dof": one.dof, "gauge": asdict(one.gauge)} for one in found],
    }
    path = folder / FOLDER / f"{name}.json"
    replace(path, document(told))
    return path


def repeatability(folder: Path, rig: str, *, simulated: bool) -> list[dict[str, Any]]:
    """For the traveller of a run on `rig`: what the newest study of it found, of characteristics that are measured once in a run."""
    studies = [told for path in sorted((folder / FOLDER).glob("*.json")) if (told := _read(path))["rig"] == rig]
    newest = max((told for told in studies if told["simulated"] == simulated), key=lambda told: told["started"], default=None)
    if newest is None:
        return []
    rows = newest["results"]
    often = Counter((row["name"], row["subject"], row["mode"]) for row in rows)
    once = [row for row in rows if often[row["name"], row["subject"], row["mode"]] == 1 and row["u"] > 0]
    says = f"gauge study {newest['study']}"
    return [{**{key: row[key] for key in ("name", "subject", "mode", "unit", "u", "dof")}, "study": says} for row in once]


def _read(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if told["format"] == "hil.gauge/1":
            return told
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise UserError(f"{path}: not a gauge study", "something else stands there", "`hil gauge` writes it; take it away or make it anew")
