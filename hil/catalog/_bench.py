"""What a bench is built of beside cameras: boards and lenses."""

from __future__ import annotations

from typing import Any

from hil.catalog._toml import Table, facts, load
from hil.catalog.facts import Fact
from hil.catalog.types import Board, FieldOfView, Lens, Port


def boards() -> tuple[Board, ...]:
    """The Raspberry Pis, those without a camera connector last."""
    table = load("boards.toml")
    return tuple(_board(entry, table) for entry in table["board"])


def lenses() -> tuple[Lens, ...]:
    """The lenses that the page recommends."""
    table = load("lenses.toml")
    return tuple(_lens(entry, table) for entry in table["lens"])


def _board(entry: dict[str, Any], table: Table) -> Board:
    known = facts(entry["name"], entry, table["source"], table["evidence"])
    connectors = tuple(Port(name.removeprefix("ports."), known.text(name)) for name in known if name.startswith("ports."))
    return Board(
        name=entry["name"],
        aliases=tuple(entry["aliases"]),
        soc=known.text("soc"),
        platform=known.text("platform"),
        ports=tuple(port.name for port in connectors),
        connector_pins=known.integer("connector_pins"),
        cameras_at_once=known.integer("cameras_at_once"),
        connectors=connectors,
        model_text=known.text("model_text"),
        why_not=known.text("why_not", ""),
        facts=known,
    )


def _lens(entry: dict[str, Any], table: Table) -> Lens:
    known = facts(entry["name"], entry, table["source"], table["evidence"])
    return Lens(
        name=entry["name"],
        aliases=tuple(entry["aliases"]),
        mount=known.text("mount"),
        focal_mm=known.number("focal_mm", 0.0),
        resolution_mp=known.number("resolution_mp"),
        image_format=known.text("image_format"),
        aperture=known.text("aperture"),
        fov={name.removeprefix("fov."): _fov(known[name]) for name in known if name.startswith("fov.")},
        facts=known,
    )


def _fov(fact: Fact) -> FieldOfView:
    degrees = fact.value if isinstance(fact.value, tuple) else ()
    horizontal, vertical, diagonal = (float(part) for part in degrees if isinstance(part, int | float))
    return FieldOfView(horizontal, vertical, diagonal, fact)
