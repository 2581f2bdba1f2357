"""What the certificate shows of a record, as texts for its template: the first page, the table, the pictures.

Everything is words and figures by now; the template only sets them. Nothing here looks at the clock, the machine or the folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from hil.report import svg
from hil.report.figures import Figures, duration
from hil.report.headline import about, headline, limits_explain, lines, measured
from hil.report.jsontext import number
from hil.report.pictures import gallery
from hil.report.quantity import label
from hil.report.rows import Row
from hil.report.table import sections

Told = Mapping[str, Any]
LONGEST_GROUP = 200
WORDS = {"COND_PASS": "CONDITIONAL PASS"}
MEANINGS = {
    "PASS": "Every required measurement was made, and every one that has limits is inside them.",
    "COND_PASS": "Inside the limits, but closer to one than the measurement's uncertainty can tell.",
    "FAIL": "The item does not meet its limits.",
    "ERROR": "The test equipment is at fault. Nothing is said about the item.",
    "INVALID": "The station may not judge. Nothing is said about the item.",
    "INCOMPLETE": "Not everything that is required was measured. This is not a pass.",
}


def first_page(record: Told) -> dict[str, Any]:
    """Title, verdict, what explains it, and the facts beside it."""
    certificate = record.get("certificate") or {}
    counts, time = record["counts"], record["time"]
    told = lines(record)
    return {
        "title": "Acceptance certificate" if certificate.get("number") else "Acceptance report",
        "number": certificate.get("number") or "",
        "refused": certificate.get("refused") or "",
        "issuer": _issuer(record),
        "verdict": record["verdict"],
        "word": WORDS.get(record["verdict"], record["verdict"]),
        "meaning": MEANINGS.get(record["verdict"], ""),
        "about": about(record),
        "about_size": next((size for longest, size in ((30, 14.0), (60, 11.0)) if len(about(record)) <= longest), 9.0),
        "running": _clipped(about(record), 70),
        "unit": record["unit"] or "",
        "rig": record["rig"] or "",
        "headline": "" if record["verdict"] == "PASS" else headline(record),
        "why": [{"key": one.key, "items": list(one.items)} for one in told],
        "tally": [
            {"count": str(counts["measured"]), "of": f"of {counts['planned']} measured"},
            {"count": str(counts["passed"]), "of": "inside limits"},
            {"count": str(counts["failed"]), "of": "outside", "bad": counts["failed"] > 0},
            {"count": str(counts["recorded"]), "of": "recorded only"},
        ],
        "simulated": bool(record["simulated"]),
        "seed": "" if record["seed"] is None else str(record["seed"]),
        "item": _named(_item(record)),
        "test": _named([*_test(record), ("Took", duration(time["rig_s"]) if time["rig_s"] is not None else "")]),
        "measured": measured(record),
    }


def date(started: str | None) -> str:
    """A date to read: "22 November 2026, 14:03 UTC"; the text as it is if it is no such time."""
    try:
        return f"{datetime.fromisoformat((started or '').replace('Z', '+00:00')):%-d %B %Y, %H:%M} UTC"
    except ValueError:
        return started or "not known"


def table(record: Told) -> list[dict[str, Any]]:
    """The whole table, a group for each check; the figures of a group are set with their decimal points below each other."""
    made = sections(
        record["measurements"],
        record["statements"],
        record["tests"],
        unit_parts=record["unit_parts"],
        brief=True,
        longest=LONGEST_GROUP,
    )
    return [{"heading": one.heading or sentence(one.check), "parts": _parts(one.rows, one.check)} for one in made]


def coverage_of_all(record: Told) -> str:
    """The coverage factor if it is the same for all; nothing if each row has to tell its own."""
    used = {coverage(one) for one in record["measurements"]} - {""}
    return "2" if not used else used.pop() if len(used) == 1 else ""


def bad_rows(record: Told, most: int = 8) -> dict[str, Any]:
    """The measurements that did not pass, for the first page; empty where the whole table is short anyway."""
    if len(record["measurements"]) < 30:
        return {"rows": [], "more": 0}
    every = [row for group in table(record) for part in group["parts"] for row in part["rows"]]
    bad = [{**row, "what": row["full"]} for row in every if row["verdict"] not in ("PASS", "", "recorded") and "value" in row]
    aligned(bad[:most])
    return {"rows": bad[:most], "more": max(0, len(bad) - most)}


def pictures(record: Told) -> list[dict[str, Any]]:
    """The drawings, which take their letters from the certificate's own font."""
    return [{"title": one.title, "svg": one.svg, "wide": one.wide} for one in gallery(record)]


def sentence(check: str) -> str:
    """A check's name as a title: "frame_rate" -> "Frame rate"."""
    words = label(check)
    return words[:1].upper() + words[1:]


def aligned(rows: Iterable[dict[str, Any]]) -> None:
    """Tell each figure of a column how many digits and points it lacks behind its decimal point."""
    rows = list(rows)
    for column in ("lower", "value", "upper", "u", "margin"):
        texts = [row[column] for row in rows if row.get(column) and not row.get("range")]
        most = max((_places(text) for text in texts), default=0)
        for row in rows:
            if row.get(column) and not row.get("range"):
                places = _places(row[column])
                row[f"{column}_pad"] = [most - places, int(most > 0 and places == 0)]


def minus(text: str) -> str:
    """A number with a real minus sign."""
    return text.replace("-", "\u2212") if text[:1] == "-" else text


def _parts(rows: Iterable[Row], check: str) -> list[dict[str, Any]]:
    """Rows of one characteristic together, under its name if they are several."""
    parts = []
    for title, same in groupby(rows, key=lambda row: row.label):
        of_title = list(same)
        alone = len(of_title) == 1 or sentence(title) == sentence(check)
        made = [_row(row, title if alone and sentence(title) != sentence(check) else "") for row in of_title]
        aligned(made)
        parts.append({"title": "" if alone else title, "rows": made})
    return parts


def _row(row: Row, title: str) -> dict[str, Any]:
    what = ", ".join(text for text in (title, row.what) if text) or row.label
    verdict = row.verdict or "recorded"
    if row.figures is None:
        return {"what": what, "detail": row.detail, "verdict": verdict}
    texts, told = row.figures, row.told
    # The limits' own explanation is on the line already; what else made it fail is not.
    why = "" if not told or row.verdict in ("PASS", None) or limits_explain(told) else str(told["reason"] or "")
    return {
        "what": what,
        "full": ", ".join(text for text in (row.label, row.what) if text),
        "detail": "",
        "why": why,
        "lower": minus(texts.lower),
        "value": " .. ".join(minus(text) for text in texts.value.split(" .. ")),
        "upper": minus(texts.upper),
        "u": texts.U,
        "k": coverage(told),
        "unit": svg.pretty(texts.unit),
        "margin": minus(margin(texts)),
        "at": position(told),
        "verdict": verdict,
        "range": " .. " in texts.value,
    }


def coverage(one: Told) -> str:
    """The coverage factor behind U: "2", "2.13"; nothing for an exact value."""
    k = number(one.get("k") if one and one.get("k") is not None else 2.0)
    return f"{k:.2f}".rstrip("0").rstrip(".") if one and number(one["u"]) > 0 and k == k else ""


def margin(texts: Figures) -> str:
    """Distance to the nearer limit as it is printed, negative outside; nothing without limits."""
    try:
        value = Decimal(texts.value)
        rooms = [Decimal(texts.upper) - value] if texts.upper else []
        rooms += [value - Decimal(texts.lower)] if texts.lower else []
    except InvalidOperation:
        return ""
    return format(min(rooms), "f") if rooms else ""


def position(one: Told) -> list[float] | None:
    """Where value - U, value and value + U lie between the limits, which are 0 and 1; None without two limits."""
    if not one or one["lower"] is None or one["upper"] is None:
        return None
    lower, upper, value, u = (number(one[key]) for key in ("lower", "upper", "value", "u"))
    width = upper - lower
    if not width > 0 or value != value or u != u:
        return None
    return [round(min(1.5, max(-0.5, (value + way * 2 * u - lower) / width)), 4) for way in (-1, 0, 1)]


def _clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _named(facts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in facts if text]


def _issuer(record: Told) -> str:
    station = record.get("station") or {}
    return " · ".join(text for text in (station.get("issuer"), station.get("address")) if text)


def _item(record: Told) -> list[tuple[str, str]]:
    part = record.get("part") or {}
    found = dict.fromkeys(f"{one['subject']}: {one['text']}" for one in record["statements"] if one["check"] == "identity")
    subs = [f"{name} {serial}" for name, serial in (record.get("sub_units") or {}).items()]
    number_revision = " rev. ".join(str(text) for text in (part.get("number"), part.get("revision")) if text)
    return [
        ("Unit", record["unit"] or "not given"),
        ("Part", number_revision),
        ("Batch", part.get("batch") or ""),
        ("Order", record.get("order") or ""),
        ("Sub-units", " · ".join(subs)),
        ("Found to be", " · ".join(_together(found))),
        ("Judged parts", ", ".join(record["unit_parts"]) or "all"),
    ]


def _together(found: Iterable[str]) -> list[str]:
    """"source: HQ Camera, imx477": what was said about one part in one go."""
    told: dict[str, list[str]] = {}
    for text in found:
        subject, _, words = text.partition(": ")
        told.setdefault(subject, []).append(words)
    return [f"{subject}: {', '.join(words)}" if subject else ", ".join(words) for subject, words in told.items()]


def _test(record: Told) -> list[tuple[str, str]]:
    station, plan, procedure = (record.get(key) or {} for key in ("station", "plan", "procedure"))
    at = " · ".join(text for text in (station.get("id"), station.get("name"), station.get("fixture")) if text)
    attempt = record.get("attempt") or 1
    titled = " ".join(str(text) for text in (procedure.get("id"), f"version {procedure['version']}" if procedure.get("version") else "") if text)
    return [
        ("Tested", date(record["started"])),
        ("Operator", record.get("operator") or "not given"),
        ("Station", at or "none: not run at a set-up station"),
        ("Place", station.get("place") or ""),
        ("Procedure", ", ".join(text for text in (titled, procedure.get("title") or "") if text)),
        ("Plan", f"{plan.get('name', '?')}/{plan.get('version', '?')}"),
        ("Rig", record["rig"] or "unknown"),
        ("Attempt", str(attempt) if attempt != 1 else ""),
        ("Environment", environment(record)),
    ]


def environment(record: Told) -> str:
    """"23.1 °C · 41 % r.h. · light: box closed"."""
    told = dict(record.get("environment") or {})
    texts = []
    if (heat := told.pop("temperature_c", None)) is not None:
        texts.append(f"{heat:g} °C" if isinstance(heat, int | float) else f"{heat} °C")
    if (damp := told.pop("humidity_percent", None)) is not None:
        texts.append(f"{damp:g} % r.h." if isinstance(damp, int | float) else f"{damp} % r.h.")
    return " · ".join([*texts, *(f"{label(key)}: {value}" for key, value in told.items() if value not in (None, ""))])
