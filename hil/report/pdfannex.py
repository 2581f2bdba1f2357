"""The annexes of the certificate: decision rules with their risk, uncertainty budgets, equipment, software, what was left out, the seal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hil.errors import UserError
from hil.judge.rule import COVERAGE, Rule
from hil.report import monitors, runfacts, svg
from hil.report.figures import duration, rounded_up, short
from hil.report.jsontext import number
from hil.report.pdfview import coverage
from hil.report.quantity import called, figures_of, label

Told = Mapping[str, Any]
RULES = {
    "simple": "simple: accepted where the value is inside the limits (ILAC-G8:09/2019, 4.2.1); the risk at a limit is 50 %",
    "guard": "guard: accepted where the value is inside the limits by at least U (ILAC-G8:09/2019, 4.2.2, w = U); "
    "the risk of a false acceptance is at most 2.5 %",
    "nonbinary": "nonbinary: as guard, but inside the limits by less than U is a conditional pass, "
    "outside by less than U a conditional fail (ILAC-G8:09/2019, 4.2.3)",
}
_MOST_BUDGETS = 24
_HASH = re.compile("[0-9a-f]{16,}")
_MICRO = re.compile(r"(?<=\d )u(?=[sVm]\b)")


def rules(record: Told) -> list[str]:
    """Each decision rule of this record in words."""
    used = dict.fromkeys(one["rule"] for one in record["measurements"] if one["rule"])
    return [RULES.get(rule) or _narrower(rule) for rule in used]


def _narrower(rule: str) -> str:
    """A guard band of another width than U, with its risk at an acceptance limit for a normal distribution: "guard 0.82"."""
    try:
        r = Rule.parse(rule).r
    except UserError:
        return f"{rule}: see the record"
    risk = percent(0.5 * math.erfc(r * COVERAGE / math.sqrt(2.0)))
    return (
        f"{rule}: accepted where the value is inside the limits by at least {r:g} U (ILAC-G8:09/2019, 4.2.2, w = {r:g} U); "
        f"the risk of a false acceptance is at most {risk}"
    )


def rule_line(record: Told) -> str:
    """The decision rule in one line."""
    used = list(dict.fromkeys(str(one["rule"]) for one in record["measurements"] if one["rule"]))
    if not used:
        return "Decision rule: nothing was judged."
    bands = list(dict.fromkeys(f"{rule.partition(' ')[2]} U".lstrip() for rule in used if rule != "simple"))
    rest = f"limits moved inwards by {' or '.join(bands)}, on unrounded values" if bands else "on unrounded values"
    exact = "; counts have no uncertainty" if any(one["rule"] and not one["u"] for one in record["measurements"]) else ""
    return f"Decision rule: {', '.join(used)} (ILAC-G8): {rest}{exact}. Annex A."


def decisions(record: Told) -> list[dict[str, str]]:
    """One row for each characteristic: rule, the risk of its closest measurement, and where its limits come from."""
    groups: dict[tuple[str, str], list[Told]] = {}
    for one in record["measurements"]:
        if one["rule"]:
            groups.setdefault((one["name"], one["rule"]), []).append(one)
    return [_decision(rule, same) for (_, rule), same in groups.items()]


def budgets(record: Told) -> list[dict[str, Any]]:
    """The uncertainty budget of each characteristic that has one: of its measurement with the greatest u; the others are in the record."""
    chosen: dict[str, Told] = {}
    for one in record["measurements"]:
        if one["budget"] and (one["name"] not in chosen or number(one["u"]) > number(chosen[one["name"]]["u"])):
            chosen[one["name"]] = one
    return [_budget(one) for one in list(chosen.values())[:_MOST_BUDGETS]]


def equipment(record: Told) -> list[dict[str, str]]:
    """Calibrated equipment with its due dates."""
    keys = ("id", "name", "serial", "calibrated", "due", "certificate")
    return [{key: str(one.get(key) or "") for key in keys} for one in record.get("equipment") or ()]


def run_facts(record: Told) -> list[dict[str, Any]]:
    """What identifies the run: data files with their hashes, the twin, the hosts meanwhile."""
    plan, rig, limits, time = record["plan"], record["rig_file"], record.get("limits") or {}, record["time"]
    facts = [
        ("Run started", record["started"] or "not known"),
        ("Rig file", rig.get("path") or ""),
        ("Rig file sha256", rig.get("sha256") or ""),
    ]
    facts += [("Plan", f"{plan.get('name', '?')}/{plan.get('version', '?')}"), ("Plan sha256", str(plan.get("sha256") or ""))]
    facts += [
        ("Limits", f"version {limits['version']}" if limits.get("version") is not None else ""),
        ("Limits sha256", limits.get("sha256") or ""),
    ]
    facts += [("Simulated", f"yes, seed {record['seed']}" if record["simulated"] else "no, real hardware")]
    facts += [("Changed in twin", ", ".join(record["overrides"])), ("Environment", runfacts.environment(record))]
    facts += [("Time on the rig", duration(time["rig_s"]) if time["rig_s"] is not None else "")]
    facts += [("Wall time", duration(time["wall_s"]) if time["wall_s"] is not None else "")]
    facts += [(f"{one['host']} meanwhile", monitors.in_words(one)) for one in record.get("monitors") or ()]
    facts += [("Left safe", ", ".join(record["left_safe"]))]
    return [{"name": name, "text": text, "hash": bool(_HASH.fullmatch(text))} for name, text in facts if text]


def software(record: Told) -> list[dict[str, str]]:
    """Names and versions."""
    return [{"name": label(name), "text": _said(text)} for name, text in record["versions"].items() if text not in (None, "")]


def left_out(record: Told) -> list[dict[str, Any]]:
    """Deviations: waivers, skips, what was not run, what this run does not say. A heading that has nothing says so."""
    waived = [f"{one['what']}: {one['reason']}" + (f" ({one['by']})" if one.get("by") else "") for one in record.get("waivers") or ()]
    skipped = [f"{one['test']}: {one['reason']}" for one in record.get("skips") or ()]
    missing: dict[str, int] = {}
    for one in record["not_run"]:
        what = " · ".join(part for part in (label(one["name"]) if one["name"] else one["test"], one["subject"], one["mode"]) if part)
        what += f" ({one['reason']})" if one["reason"] else ""
        missing[what] = missing.get(what, 0) + 1
    not_run = [f"{count} × {what}" if count > 1 else what for what, count in missing.items()]
    return [
        {"name": "Waivers", "items": _few(waived), "none": "none"},
        {"name": "Required, not measured", "items": _few(not_run), "none": "none: everything that the plan requires was measured"},
        {"name": "Skipped tests", "items": _few(skipped), "none": "none"},
        {"name": "Not said by this test", "items": _few(record["not_said"]), "none": "nothing"},
    ]


def seal(record: Told) -> list[dict[str, Any]]:
    """What holds the record together."""
    told = record.get("seal") or {}
    signed = "no: the record is hashed, not signed" if not told.get("signature") else f"Ed25519, key {told.get('key') or 'unknown'}"
    facts = [
        ("SHA-256", told.get("sha256") or ""),
        ("Over", f"{told.get('canonical')}, {told.get('format')}" if told.get("canonical") else ""),
    ]
    facts += [("Signed", signed if told else ""), ("Sequence", "" if told.get("sequence") is None else str(told["sequence"]))]
    facts += [("Previous record", told.get("previous") or "")]
    return [{"name": name, "text": text, "hash": bool(_HASH.fullmatch(text))} for name, text in facts if text]


def _decision(rule: str, same: list[Told]) -> dict[str, str]:
    risks = [number(one["p_nonconform"]) for one in same if one["p_nonconform"] is not None]
    ratios = [ratio for one in same if (ratio := _tur(one)) is not None]
    sources = list(dict.fromkeys(one["source"] for one in same if one["source"]))
    more = f"; and {len(sources) - 1} more of its kind" if len(sources) > 1 else ""
    return {
        "name": called(same),
        "count": str(len(same)),
        "rule": rule,
        "risk": percent(max((risk for risk in risks if risk == risk), default=math.nan)),
        "tur": f"{min(ratios):.3g}" if ratios else "",
        "source": _set(f"{sources[0]}{more}") if sources else "",
    }


def _tur(one: Told) -> float | None:
    """The record's own, else the tolerance over 2 U."""
    if one.get("tur") is not None:
        return number(one["tur"])
    if one["lower"] is None or one["upper"] is None or not number(one["u"]) > 0:
        return None
    return (number(one["upper"]) - number(one["lower"])) / (4 * number(one["u"]))


def percent(share: float) -> str:
    """A small probability for reading."""
    if share != share:
        return ""
    if share == 0:
        return "0 %"
    return "< 0.01 %" if share < 1e-4 else f"{short(float(f'{100 * share:.2g}'))} %"


def _budget(one: Told) -> dict[str, Any]:
    texts, total = figures_of(one), number(one["u"])
    parts = sorted(one["budget"], key=lambda part: -number(part["u"]))
    where = " · ".join(text for text in (one["subject"], one["mode"]) if text)
    value = " ".join(text for text in (texts.value, f"± {texts.U}" if texts.U else "", svg.pretty(texts.unit)) if text)
    return {
        "name": called([one]),
        "where": where,
        "value": value,
        "unit": svg.pretty(one["unit"]),
        "u": _digits(total),
        "k": coverage(one),
        "dof": _dof(one.get("dof")),
        "method": _set(one["method"] or ""),
        "parts": [_part(part, total) for part in parts],
    }


def _part(part: Told, total: float) -> dict[str, Any]:
    u = number(part["u"])
    return {
        "source": _set(part["source"]),
        "type": part.get("type") or "",
        "shape": part.get("shape") or "",
        "dof": _dof(part["dof"]) if "dof" in part else "",
        "u": _digits(u),
        "share": round(min(1.0, (u / total) ** 2), 4) if total > 0 and u == u else 0.0,
    }


def _set(words: str) -> str:
    """Words of a record as they are set in print: "+/- 20 us" -> "± 20 µs"."""
    return _MICRO.sub("µ", words.replace("+/-", "±"))


def _digits(u: float) -> str:
    return rounded_up(u)[1] if math.isfinite(u) and u > 0 else short(u)


def _dof(value: Any) -> str:
    told = number(value) if value is not None else math.inf
    return "∞" if told == math.inf else "" if told != told else f"{told:.0f}" if told < 1e4 else "> 10 000"


def _few(texts: Iterable[str], most: int = 30) -> list[str]:
    told = list(texts)
    return [*told[:most], f"and {len(told) - most} more, all in the record"] if len(told) > most else told


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
