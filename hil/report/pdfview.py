"""What the certificate shows of a record, as texts for its template: the first page, the table, the pictures.

Everything is words and figures by now; the template only sets them. Nothing here looks at the clock, the machine or the folder.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from hil.report import runfacts, svg
from hil.report.figures import Figures, duration
from hil.report.headline import about, headline, limits_explain, lines, measured
from hil.report.jsontext import number
from hil.report.pictures import gallery
from hil.report.quantity import coverage as factor
from hil.report.quantity import label
from hil.report.rows import Row
from hil.report.table import sections

Told = Mapping[str, Any]
LONGEST_GROUP = 100
"""Rows of one name on paper; the largest full plan has 45. Of more, those that did not pass and the first are shown."""
_LONGEST = 14
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_IS_NUMBER = re.compile(r"[-\u2212]?\d+(\.\d+)?(e[+-]?\d+)?")
WORDS = {"COND_PASS": "CONDITIONAL PASS"}
MEANINGS = {
    "PASS": "Every required measurement was made, and every one that has limits is inside them.",
    "COND_PASS": "Inside the limits, but closer to one than the measurement's uncertainty can tell.",
    "FAIL": "The item does not meet its limits.",
    "ERROR": "The test equipment is at fault. Nothing is said about the item.",
    "INVALID": "The station may not judge. Nothing is said about the item.",
    "INCOMPLETE": "Not everything that is required was measured. This is not a pass.",
}
"""What a verdict means, on paper and on the page alike."""


def first_page(record: Told) -> dict[str, Any]:
    """Title, verdict, what explains it, and the facts beside it."""
    certificate = record.get("certificate") or {}
    counts, time = record["counts"], record["time"]
    told = lines(record)
    return {
        "title": "Acceptance certificate" if certificate.get("number") else "Acceptance report",
        "number": certificate.get("number") or "",
        "refused": certificate.get("refused") or "",
        "issuer": runfacts.issuer(record),
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
        "item": _named(runfacts.item(record)),
        "test": _named([*runfacts.tested(record), ("Took", duration(time["rig_s"]) if time["rig_s"] is not None else "")]),
        "measured": measured(record),
    }


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


def minus(text: str, digits: int = 5) -> str:
    """A number with a real minus sign, and in powers of ten where no column would hold it."""
    if len(text) > _LONGEST and _NUMBER.fullmatch(text):
        text = min(f"{Decimal(text):.{digits}e}", text, key=len)
    return text.replace("-", "\u2212") if text[:1] == "-" else text


def narrow(texts: Figures) -> tuple[str, str, str]:
    """Lower limit, value and upper limit for their columns, with so many digits that the value stays on its side of the limits."""
    whole = (texts.lower, texts.value, texts.upper)
    for digits in range(5, 17):
        lower, value, upper = (minus(text, digits) for text in whole)
        if _order((lower, value, upper)) == _order(whole):
            return lower, value, upper
    return whole


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
    lower, value, upper = narrow(texts)
    if " .. " in value:
        value = " .. ".join(minus(text) for text in value.split(" .. "))
    why = "" if not told or row.verdict in ("PASS", None) or limits_explain(told) else str(told["reason"] or "")
    return {
        "what": what,
        "full": ", ".join(text for text in (row.label, row.what) if text),
        "detail": "",
        "why": why,
        "lower": lower,
        "value": value,
        "upper": upper,
        "u": minus(texts.U),
        "k": coverage(told),
        "unit": svg.pretty(texts.unit),
        "margin": minus(margin(texts)),
        "at": position(told),
        "verdict": verdict,
        "range": " .. " in texts.value,
    }


def coverage(one: Told) -> str:
    """The coverage factor behind U: "2", "2.13"; nothing for an exact value."""
    return f"{factor(one):.2f}".rstrip("0").rstrip(".") if one and number(one["u"]) > 0 else ""


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
    return [round(min(1.5, max(-0.5, (value + way * factor(one) * u - lower) / width)), 4) for way in (-1, 0, 1)]


def _clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _order(texts: Iterable[str]) -> tuple[bool, bool, bool]:
    """Below its lower limit, above its upper one, and whether these two are one."""
    lower, value, upper = (float(text.replace("\u2212", "-")) if _IS_NUMBER.fullmatch(text) else math.nan for text in texts)
    return value < lower, value > upper, lower == upper


def _places(text: str) -> int:
    return 0 if "e" in text else len(text.partition(".")[2])


def _named(facts: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in facts if text]
