"""Facts about a run as name and text, the same on paper and on the web page: the item, the test, who, where and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hil.report.quantity import label

Told = Mapping[str, Any]
Facts = list[tuple[str, str]]


def date(started: str | None) -> str:
    """A date to read: "22 November 2026, 14:03 UTC"; the text as it is if it is no such time."""
    try:
        return f"{datetime.fromisoformat((started or '').replace('Z', '+00:00')):%-d %B %Y, %H:%M} UTC"
    except ValueError:
        return started or "not known"


def issuer(record: Told) -> str:
    """Who answers for the report."""
    station = record.get("station") or {}
    return " · ".join(text for text in (station.get("issuer"), station.get("address")) if text)


def item(record: Told) -> Facts:
    """What was tested."""
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
    """What was said about one part in one go: "source: HQ Camera, imx477"."""
    told: dict[str, list[str]] = {}
    for text in found:
        subject, _, words = text.partition(": ")
        told.setdefault(subject, []).append(words)
    return [f"{subject}: {', '.join(words)}" if subject else ", ".join(words) for subject, words in told.items()]


def tested(record: Told) -> Facts:
    """When, by whom, where and by what it was tested."""
    station, plan, procedure = (record.get(key) or {} for key in ("station", "plan", "procedure"))
    at = " · ".join(text for text in (station.get("id"), station.get("name"), station.get("fixture")) if text)
    attempt = record.get("attempt") or 1
    titled = " ".join(
        str(text) for text in (procedure.get("id"), f"version {procedure['version']}" if procedure.get("version") else "") if text
    )
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
    """In one line: "23.1 °C · 41 % r.h. · light: box closed"."""
    told = dict(record.get("environment") or {})
    texts = []
    if (heat := told.pop("temperature_c", None)) is not None:
        texts.append(f"{heat:g} °C" if isinstance(heat, int | float) else f"{heat} °C")
    if (damp := told.pop("humidity_percent", None)) is not None:
        texts.append(f"{damp:g} % r.h." if isinstance(damp, int | float) else f"{damp} % r.h.")
    return " · ".join([*texts, *(f"{label(key)}: {value}" for key, value in told.items() if value not in (None, ""))])
