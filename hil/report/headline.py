"""What a run comes to, in sentences: the headline, then why, what it is not, what to do, what was not run.

Everything here is words from a record, without colour or layout, so that the terminal, the web page and JUnit say the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hil.report import naming, verdict
from hil.report.figures import duration
from hil.report.jsontext import number
from hil.report.quantity import called, figures_of, label
from hil.report.table import subjects

Told = Mapping[str, Any]
_AT_A_GLANCE = 400
_SEVERITY = {"ERROR": "error", "INVALID": "invalid", "FAIL": "fail"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line under the headline: "seen", then what."""

    key: str
    items: tuple[str, ...]
    """Shown joined by " · ", or as a list where there is room."""


def about(record: Told) -> str:
    """Whom the verdict is about: the unit, or the rig where the unit is not judged."""
    unit, rig = record["unit"], record["rig"] or "unknown rig"
    if record["verdict"] in ("ERROR", "INVALID"):
        return f"rig {rig}; {unit or 'the unit'} is not judged"
    return str(unit) if unit else f"rig {rig}"


def headline(record: Told) -> str:
    """The verdict's sentence: the first diagnosis that decided it, else the first measurement, else how far it got."""
    decisive = _decisive(record)
    if decisive is not None:
        return _readable(decisive["says"])
    bad = _bad(record)
    if bad:
        return _sentence(bad[0], record) + _and_more(len(bad) - 1)
    return measured(record) if record["verdict"] == "PASS" else f"{measured(record)}{_why_incomplete(record)}"


def measured(record: Told) -> str:
    """How much was measured: "22 of 22 measured"."""
    return f"{record['counts']['measured']} of {record['counts']['planned']} measured"


def tally(record: Told) -> str:
    """How much, and in what time on the rig's clock if that is known: "22 of 22 measured, 47 s"; for a twin, how long it took for it."""
    rig_s, wall_s = record["time"]["rig_s"], record["time"]["wall_s"]
    if rig_s is None:
        return measured(record)
    simulated = f", simulated in {duration(wall_s)}" if record["simulated"] and wall_s is not None else ""
    return f"{measured(record)}, {duration(rig_s)}{simulated}"


def lines(record: Told) -> list[Line]:
    """What stands under the headline, in reading order; lines without words are left out."""
    told = [*_explained(record), *_policy(record), *_not_run(record)]
    if record["verdict"] == "ERROR" or record["interrupted"]:
        told.append(Line("left safe", tuple(record["left_safe"])))
    told += [_finding(one) for one in record["diagnoses"] if one["severity"] == "finding"]
    return [one for one in told if one.items]


def others(record: Told) -> list[Told]:
    """Diagnoses that count but are not the headline's."""
    first = _decisive(record)
    return [one for one in record["diagnoses"] if one["severity"] in ("error", "invalid", "fail") and one is not first]


def _decisive(record: Told) -> Told | None:
    wanted = _SEVERITY.get(record["verdict"])
    told = [one for one in record["diagnoses"] if one["severity"] in ("error", "invalid", "fail")]
    exact = [one for one in told if one["severity"] == wanted]
    return next(iter(exact), next(iter(told), None)) if wanted else None


def _explained(record: Told) -> list[Line]:
    one = _decisive(record)
    if one is None:
        return [Line("also", _first_few([_sentence(bad, record) for bad in _bad(record)[1:]]))]
    rest = _first_few([other["says"] for other in others(record)])
    told = [
        Line("seen", tuple(map(_readable, one["seen"] or ()))),
        Line("so", (one["so"],) if one["so"] else ()),
        Line("so not", tuple(one["so_not"] or ())),
    ]
    return [*told, Line("do", tuple(one["do"] or ())), Line("also", rest)]


def _policy(record: Told) -> list[Line]:
    """Whether a conditional pass is one is the plan's to say."""
    if record["verdict"] != "COND_PASS":
        return []
    plan = f"plan {record['plan'].get('name', '?')}/{record['plan'].get('version', '?')}"
    if verdict.counts_as(record) == "PASS":
        return [Line("so", (f"accepted: {plan} takes a conditional pass for a pass",))]
    return [Line("so", (f"not accepted: {plan} does not take a conditional pass for a pass",))]


def _first_few(texts: Sequence[str], few: int = 3) -> tuple[str, ...]:
    """The first different texts, and how many more there are: one cause may stop every test of a run, or fail every mode."""
    different = list(dict.fromkeys(texts))
    more = (f"and {len(different) - few} more",) if len(different) > few else ()
    return (*map(_readable, different[:few]), *more)


def _readable(text: str) -> str:
    """Both ends of a text too long to be read at a glance, as an exception's may be; the diagnosis in the record has all of it."""
    return text if len(text) <= _AT_A_GLANCE else f"{text[: _AT_A_GLANCE - 60]} … {text[-50:]}"


def _not_run(record: Told) -> list[Line]:
    """One line for all that is missing; a reason is given if it is the same for all."""
    missing = record["not_run"]
    if not missing:
        return []
    named = sum(1 for one in missing if one["name"])
    counted = " and ".join(text for text in (_plural(named, "measurement"), _plural(len(missing) - named, "test")) if text)
    why = _why_not_run(missing)
    reason = f" ({why})" if why and why not in record["headline"] else ""
    does = "it does not count as passed" if len(missing) == 1 else "they do not count as passed"
    return [Line("not run", (f"{counted}{reason}; {does}",))]


def _why_not_run(missing: Sequence[Told]) -> str:
    """The reason, if there is one for all of them; else which ones, if they are few."""
    reasons, names = {one["reason"] for one in missing}, dict.fromkeys(label(one["name"]) for one in missing)
    if len(reasons) == 1 and any(reasons):
        return str(reasons.pop()).splitlines()[0]
    return ", ".join(names) if all(names) and len(names) <= 4 else ""


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""


def _finding(one: Told) -> Line:
    what = f"{one['where']}: {one['says']}" if one["where"] and one["where"] not in one["says"] else one["says"]
    return Line("finding", (what, *(one["seen"] or ()), *(one["do"] or ())))


def _bad(record: Told) -> list[Told]:
    """Measurements that decided the verdict."""
    return [
        one for one in record["measurements"] if one["verdict"] == record["verdict"] and record["verdict"] not in ("PASS", "INCOMPLETE")
    ]


def _sentence(one: Told, record: Told) -> str:
    """A measurement in a sentence: "frame rate at 2304x1296 is 55.9012 ± 0.0034 Hz; limits 56.0117 .. 56.0341"."""
    texts = figures_of(one)
    where = f" at {one['mode']}" if one["mode"] else ""
    where += f" in {naming.function(one['test'])}" if _own(one, record) else ""
    subject = f" of {one['subject']}" if one["subject"] and _many(record) else ""
    uncertainty = f" ± {texts.U}" if texts.U else ""
    unit = f" {texts.unit}" if texts.unit else ""
    limits = f"; limits {texts.limits}" if texts.limits else ""
    reason = f" ({one['reason']})" if one.get("reason") and not limits_explain(one) else ""
    return f"{called([one])}{subject}{where} is {texts.value}{uncertainty}{unit}{limits}{reason}"


def _own(one: Told, record: Told) -> bool:
    """Whether a user's own test measured it: then its name says which."""
    return any(test["test"] == one["test"] and not test["check"] for test in record["tests"])


def _many(record: Told) -> bool:
    return len(subjects(record["measurements"])) > 1


def limits_explain(one: Told) -> bool:
    """Whether the value is plainly outside its limits; inside them, without a number, or conditionally, the reason has to say why."""
    value, lower, upper = (number(one[key]) for key in ("value", "lower", "upper"))
    if one.get("rule") == "nonbinary":  # as far outside as its acceptance limits are inside
        lower, upper = 2 * lower - number(one["accept_lower"]), 2 * upper - number(one["accept_upper"])
    return math.isfinite(value) and (value < lower or value > upper)


def _and_more(count: int) -> str:
    return f", and {count} more" if count else ""


def _why_incomplete(record: Told) -> str:
    if record["interrupted"]:
        return ": interrupted"
    if not record["complete"]:
        return ": the run ended before its plan"
    if not record["measurements"]:
        return ": nothing was measured"
    why = _why_not_run(record["not_run"])
    return f"; not run: {why}" if why else ""
