"""Camera modules with the page's rows, its claims about rates and its documents and warnings."""

from __future__ import annotations

from typing import Any

from hil.catalog._toml import Table, fact, facts, load
from hil.catalog.facts import Fact
from hil.catalog.types import Discrepancy, Document, Module, PageRate, PageWarning

PLAIN = ("name", "title", "aliases", "column", "columns", "modules", "id", "kind", "topic", "consequence", "url", "text")


def discrepancies() -> tuple[Discrepancy, ...]:
    """All places where page and established facts differ, in the order of the page."""
    return tuple(_discrepancy(entry) for entry in load("discrepancies.toml")["discrepancy"])


def modules() -> tuple[Module, ...]:
    """The eleven products, in the page's order."""
    table, page, known = load("modules.toml"), load("page.toml"), discrepancies()
    return tuple(_module(entry, table, page, known) for entry in table["module"])


def documents(products: tuple[Module, ...]) -> tuple[Document, ...]:
    """The documents that the page links to."""
    table = load("documents.toml")
    return tuple(
        Document(entry["title"], entry["kind"], entry["url"], _concerned(entry, products), _said("url", entry, table))
        for entry in table["document"]
    )


def warnings(products: tuple[Module, ...]) -> tuple[PageWarning, ...]:
    """The warnings and notes of the page."""
    table = load("documents.toml")
    return tuple(
        PageWarning(entry["id"], entry["kind"], entry["text"], _concerned(entry, products), _said("text", entry, table))
        for entry in table["warning"]
    )


def _said(key: str, entry: Table, table: Table) -> Fact:
    return fact(key, entry[key], table["source"], table["evidence"])


def _concerned(entry: Table, products: tuple[Module, ...]) -> tuple[str, ...]:
    if "modules" in entry:
        return tuple(entry["modules"])
    if not entry["columns"]:
        return ()
    return tuple(product.name for product in products if product.column in entry["columns"])


def _discrepancy(entry: dict[str, Any]) -> Discrepancy:
    page, established = (fact(key, entry[key], "", "") for key in ("page", "established"))
    return Discrepancy(entry["id"], entry["topic"], tuple(entry["modules"]), page, established, entry["consequence"], entry.get("row", ""))


def _module(entry: dict[str, Any], table: Table, page: Table, known: tuple[Discrepancy, ...]) -> Module:
    claims = {key: value for key, value in entry.items() if key not in PLAIN}
    about = facts(entry["name"], claims, table["source"], table["evidence"])
    rows = page_rows(page, entry["column"])
    return Module(
        name=entry["name"],
        aliases=tuple(entry["aliases"]),
        sensor=about.text("sensor"),
        libcamera_model=about.text("libcamera_model"),
        noir=about.flag("noir"),
        wide=about.flag("wide"),
        focus=str(rows["Focus"].value),
        mounts=about.strings("mounts"),
        lens_family=about.text("lens_family", ""),
        column=entry["column"],
        page=rows,
        page_rates=_rates(page, entry["column"]),
        discrepancies=tuple(one for one in known if entry["name"] in one.modules),
        facts=about,
        tuning_noir=about.text("tuning_noir", ""),
    )


def page_rows(page: Table, column: str) -> dict[str, Fact]:
    """The cells of one column of the page's table, by the title of their row."""
    index = page["columns"].index(column)
    return {row["title"]: _cell(row, index, page) for row in page["row"]}


def _cell(row: Table, index: int, page: Table) -> Fact:
    value = row["value"][index]
    raw = {"value": value, "text": row["text"][index], "unit": "" if isinstance(value, str) else row["unit"]}
    return fact(row["title"], raw, page["source"], page["evidence"])


def _rates(page: Table, column: str) -> tuple[PageRate, ...]:
    found = next(entry for entry in page["rate"] if entry["column"] == column)
    return tuple(_rate(entry, page) for entry in found["list"])


def _rate(entry: Table, page: Table) -> PageRate:
    width, height = entry["size"]
    claim = fact(entry["text"], {"value": entry["fps"], "unit": "Hz", "text": entry["text"]}, page["source"], page["evidence"])
    return PageRate(entry["text"], (width, height), float(entry["fps"]), entry.get("hdr", False), claim)
