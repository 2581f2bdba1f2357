"""A summary in Markdown, as CI pages show it: one line a rig, then the reasons of what is not a PASS, then every table folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hil.report import headline
from hil.report.rows import Row
from hil.report.table import Section, sections

Told = Mapping[str, Any]
_SIGNS = {"PASS": "✅", "COND_PASS": "🟡", "INCOMPLETE": "🟡", "FAIL": "❌", "ERROR": "🛠️", "INVALID": "🛠️"}
_FIRST = "| | rig | unit | verdict | in a sentence |\n|---|---|---|---|---|"
_COLUMNS = "| | | measured | U(k=2) | limits | |\n|---|---|--:|--:|---|---|"


def markdown(records: Sequence[Told]) -> str:
    """The summary of one `hil accept`, rigs in the order given."""
    parts = [f"## Camera acceptance: {_sum(records)}", "\n".join([_FIRST, *(_line(record) for record in records)])]
    parts += [_why(record) for record in records if record["verdict"] != "PASS"]
    parts += [_folded(record) for record in records if record["measurements"] or record["statements"]]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sum(records: Sequence[Told]) -> str:
    verdicts = [record["verdict"] for record in records]
    return ", ".join(f"{verdicts.count(each)} {each}" for each in dict.fromkeys(verdicts)) or "nothing ran"


def _line(record: Told) -> str:
    simulated = " (simulated)" if record["simulated"] else ""
    cells = [_sign(record["verdict"]), f"{record['rig'] or 'unknown'}{simulated}", record["unit"] or "", record["verdict"]]
    return _row([*cells, headline.headline(record)])


def _why(record: Told) -> str:
    told = "\n".join(f"- **{line.key}** {_cell(' · '.join(line.items))}" for line in headline.lines(record))
    return f"### {_cell(str(record['rig']))}: {_cell(record['verdict'])}\n\n{_cell(headline.headline(record))}\n\n{told}".rstrip()


def _folded(record: Told) -> str:
    parts = (record["unit_parts"] or ()) if record["verdict"] in ("ERROR", "INVALID") else ()
    made = sections(record["measurements"], record["statements"], record["tests"], unit_parts=parts, brief=True)
    body = "\n".join([_COLUMNS, *(line for each in made for line in _rows(each))])
    unsaid = "\n".join(f"- {_cell(text)}" for text in record["not_said"])
    unsaid = f"\n\nDoes not say:\n\n{unsaid}" if unsaid else ""
    return f"<details><summary>{_cell(str(record['rig']))}: {headline.tally(record)}</summary>\n\n{body}{unsaid}\n\n</details>"


def _rows(section: Section) -> list[str]:
    heading = [_row([f"**{section.heading}**", "", "", "", "", ""])] if section.heading else []
    return [*heading, *(_measured(row) for row in section.rows)]


def _measured(row: Row) -> str:
    texts = row.figures
    if texts is None:
        return _row([row.label, " · ".join(part for part in (row.what, row.detail) if part), "", "", "", row.verdict or ""])
    return _row([row.label, row.what, f"{texts.value} {texts.unit}".strip(), texts.U, texts.limits, row.verdict or "recorded"])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """Text that neither ends a cell nor becomes HTML."""
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").split())


def _sign(verdict: str) -> str:
    return _SIGNS.get(verdict, "")
