"""The measurements as CSV (RFC 4180): a row for each, figures as they were measured and judged, unrounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

Told = Mapping[str, Any]
RUN = ("serial", "rig", "started", "simulated", "attempt", "certificate", "run_verdict")
COLUMNS = (
    *("name", "subject", "mode", "conditions", "value", "unit", "u", "k", "lower", "upper", "accept_lower", "accept_upper", "verdict"),
    *("rule", "tur", "p_nonconform", "dof", "n", "repeat", "method", "source", "reason", "test"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV injection")."""


def csv_table(*records: Told) -> str:
    """The whole file, with its header; lines end in CR LF."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([*RUN, *COLUMNS])
    for record in records:
        writer.writerows(_rows(record))
    return made.getvalue()


def _rows(record: Told) -> list[Sequence[str]]:
    certificate = (record.get("certificate") or {}).get("number")
    run = {**record, "serial": record["unit"], "certificate": certificate, "run_verdict": record["verdict"]}
    first = [csv_cell(run.get(key)) for key in RUN]
    return [[*first, *(csv_cell(_told(one, key)) for key in COLUMNS)] for one in record["measurements"]]


def _told(one: Told, key: str) -> Any:
    if key == "conditions":
        return ", ".join(f"{name}={value}" for name, value in (one["conditions"] or {}).items())
    return one.get("attempt" if key == "repeat" else key)


def csv_cell(value: Any) -> str:
    """Numbers as they are, yes and no in lower case; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    # What is not finite is a word in a record; as a number it would be a number here too.
    return f"'{text}" if text.startswith(_FORMULA) and text != "-Infinity" else text
