"""The few shapes that the catalog's pages are made of."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hil.catalog.facts import Fact
from hil.catalog.sensor_types import Sensor
from hil.catalog.types import Module

STYLES = {"derived": "yellow", "general": "yellow"}


def heading(module: Module, sensor: Sensor) -> RenderableType:
    """The name of a module and the line a reader wants first."""
    kinds = [word for word, so in (("Wide", module.wide), ("NoIR", module.noir)) if so]
    said = " · ".join([sensor.title, f"{sensor.shutter} shutter", f"libcamera says {module.libcamera_model}", *kinds])
    known = Text(f"also known as {', '.join(module.aliases)}", style="dim")
    return Padding(Group(Text.assemble((module.name, "bold cyan"), "   ", said), known), (0, 0, 1, 0))


def section(title: str, *parts: RenderableType) -> RenderableType:
    """A titled part of a page with a blank line after it."""
    return Padding(Group(Text(title, style="bold cyan"), *(Padding(part, (0, 0, 0, 2)) for part in parts)), (0, 0, 1, 0))


def cells(*headers: str, right: tuple[int, ...] = (), gap: int = 2) -> Table:
    """A table without lines, `gap` blanks between its columns; those numbered in `right` are set to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for number, header in enumerate(headers):
        table.add_column(header, justify="right" if number in right else "left", overflow="fold", no_wrap=number == 0)
    return table


def definition(style: str = "") -> Table:
    """Two columns: a word and what it means."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style=style or "dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def tag(fact: Fact) -> Text:
    """Where a fact is from: "driver, imx708.c"; yellow where a unit cannot fail by it."""
    return Text(fact.source if fact.source == fact.evidence else f"{fact.evidence}, {fact.source}", style=STYLES.get(fact.evidence, "dim"))
