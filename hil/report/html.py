"""The record as one HTML file: verdict and cause first, then what it does not say, the table, the pictures and the facts.

Nothing in it asks the network for anything; everything from the record is escaped by the template engine. A simulated run says so at the
top and across every page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from hil.report import pdfannex, runfacts, svg
from hil.report.figures import duration, short
from hil.report.glyphs import visible
from hil.report.headline import about, headline, limits_explain, lines, measured
from hil.report.jsontext import document, number
from hil.report.pdfview import MEANINGS, coverage_of_all
from hil.report.pictures import BAND, COLOURS, NEUTRAL, Picture, gallery
from hil.report.quantity import called, coverage, figures_of, label
from hil.report.rows import Row
from hil.report.table import Section, sections, subjects

if TYPE_CHECKING:
    from jinja2 import Template

Told = Mapping[str, Any]
SYMBOLS = {"PASS": "✓", "COND_PASS": "✓", "FAIL": "✗", "ERROR": "!", "INVALID": "!", "INCOMPLETE": "…"}
_LARGEST_EMBEDDED = 2_000_000
_LONGEST_GROUP = 200
"""Rows of one name; the largest full plan has 45, and a page of thousands would be read by nobody."""
_SPARK_W, _SPARK_H = 116.0, 16.0


def html(record: Told, folder: Path | None = None) -> str:
    """The page. `folder` is the run's: pictures kept in it are linked, never read."""
    raw = document(record)
    page = _template().render(
        record=record,
        about=about(record),
        headline=headline(record),
        symbol=SYMBOLS.get(record["verdict"], "?"),
        meaning=MEANINGS.get(record["verdict"], ""),
        identity=_identity(record),
        many=len(subjects(record["measurements"])) > 1,
        not_run=_not_run(record),
        summary=_summary(record),
        told=lines(record),
        sections=_sections(record),
        pictures=_pictures(record),
        facts=_facts(record),
        k=coverage_of_all(record),
        budgets=pdfannex.budgets(record),
        equipment=pdfannex.equipment(record),
        deviations=[one for one in pdfannex.left_out(record)[:3:2] if one["items"]],
        raw=raw if len(raw) <= _LARGEST_EMBEDDED else "",
        links=[one for one in record["attachments"] if folder is not None and (folder / one["path"]).exists()],
    )
    return visible(page)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent / "data")
    engine = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    engine.filters |= {
        "spark": spark,
        "reason": _reason,
        "unit": svg.pretty,
        "called": lambda one: called([one]),
        "heading": heading,
        "percent": _percent,
        "how": _how,
        "value": _value,
    }
    return engine.get_template("report.html.j2")


def heading(check: str) -> str:
    """A check's name as a title: "frame_rate" -> "Frame rate"."""
    words = label(check)
    return words[:1].upper() + words[1:]


def _sections(record: Told) -> list[Section]:
    parts = record["unit_parts"]
    return sections(record["measurements"], record["statements"], record["tests"], unit_parts=parts, brief=True, longest=_LONGEST_GROUP)


def spark(row: Row) -> Markup:
    """A small picture of where the value lies between its two limits, with U; nothing for one limit or none."""
    told = row.told
    if not told or told["lower"] is None or told["upper"] is None or row.figures is None:
        return Markup()
    lower, upper, value, u = (number(told[key]) for key in ("lower", "upper", "value", "u"))
    half, big_u = (upper - lower) / 2, coverage(told) * u
    if not half > 0 or value != value:
        return Markup()
    axis = svg.Axis(lower - half * 0.5, upper + half * 0.5, 6, _SPARK_W - 6)
    colour = COLOURS.get(row.verdict or "", NEUTRAL)
    parts = [svg.rect(axis.at(lower), 2, axis.at(upper) - axis.at(lower), _SPARK_H - 4, BAND)]
    parts.append(svg.line(axis.at((lower + upper) / 2), 2, axis.at((lower + upper) / 2), _SPARK_H - 2, "#a9c9b4"))
    parts.append(svg.line(axis.at(value - big_u), _SPARK_H / 2, axis.at(value + big_u), _SPARK_H / 2, colour, 'stroke-width="2"'))
    parts.append(f'<circle cx="{axis.at(value):.1f}" cy="{_SPARK_H / 2}" r="3.2" fill="{colour}"/>')
    return Markup(svg.document("".join(parts), _SPARK_W, _SPARK_H, "where the value lies between its limits"))


def _summary(record: Told) -> list[str]:
    """The line under the verdict: how much, how long, by which plan, when."""
    plan, time = record["plan"], record["time"]
    told = [measured(record), f"plan {plan.get('name', '?')}/{plan.get('version', '?')}"]
    if time["rig_s"] is not None:
        took = f", simulated in {duration(time['wall_s'])}" if record["simulated"] and time["wall_s"] is not None else ""
        told.append(f"{duration(time['rig_s'])} on the rig's clock{took}")
    certificate = record["certificate"]["number"]
    told += [f"certificate {certificate}"] if certificate else []
    told += [f"attempt {record['attempt']}"] if record["attempt"] != 1 else []
    return [*told, runfacts.date(record["started"])]


def _identity(record: Told) -> str:
    """What the unit was found to be, in the words of the identity check, and the rig if it is not named above already."""
    found = list({one["subject"]: one["text"] for one in reversed(record["statements"]) if one["check"] == "identity"}.values())[::-1]
    return " · ".join(found if about(record).startswith("rig ") else [*found, f"rig {record['rig']}"])


def _reason(row: Row) -> str:
    """Why a row did not pass, where its limits do not show it."""
    told = row.told
    return "" if not told or row.verdict == "PASS" or limits_explain(told) else told["reason"] or ""


def _not_run(record: Told) -> list[str]:
    """What is missing, the same ones together: "12 × triggered frames · gs"."""
    told: Counter[str] = Counter()
    for one in record["not_run"]:
        what = " · ".join(part for part in (label(one["name"]), one["subject"], one["mode"]) if part) if one["name"] else one["test"]
        told[f"{what} ({one['reason']})" if one["reason"] else what] += 1
    return [f"{count} × {what}" if count > 1 else what for what, count in told.items()]


def _pictures(record: Told) -> list[tuple[Picture, Markup, Markup]]:
    return [(picture, Markup(picture.svg), Markup(picture.narrow)) for picture in gallery(record)]


def _facts(record: Told) -> list[tuple[str, str]]:
    """What identifies this run, as name and value."""
    told = [*runfacts.item(record), *runfacts.tested(record)]
    told += [(one["name"], one["text"]) for one in (*pdfannex.run_facts(record), *pdfannex.seal(record), *pdfannex.software(record))]
    return [(name, text) for name, text in dict.fromkeys(told) if text]


def _percent(probability: object) -> str:
    """A small probability for reading."""
    share = number(probability)
    if share != share:
        return ""
    return "under 0.01 %" if share < 1e-4 else f"{short(float(f'{100 * share:.2g}'))} %"


def _value(one: Told) -> str:
    """A measurement in one cell: "56.0229 ± 0.0034 Hz"."""
    texts = figures_of(one)
    return " ".join(part for part in (texts.value, f"± {texts.U}" if texts.U else "", svg.pretty(texts.unit)) if part)


def _how(one: Told) -> str:
    """Everything about a measurement that is words: method, conditions, and where its limits come from."""
    conditions = ", ".join(f"{label(key)} {value}" for key, value in (one["conditions"] or {}).items())
    return " · ".join(part for part in (one["method"], conditions, f"limits: {one['source']}" if one["source"] else "") if part)
