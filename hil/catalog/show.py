"""What `hil catalog` and `hil catalog MODULE` print: everything known about the cameras, with where it is from.

`render` gives something rich can print, `as_json` the same facts for scripts.
"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hil import catalog
from hil.catalog import _show_sensor
from hil.catalog._as_json import as_json
from hil.catalog._show_parts import cells, definition, heading, section, tag
from hil.catalog._units import seconds, size
from hil.catalog.facts import Fact
from hil.catalog.types import Discrepancy, Document, Lens, Module

__all__ = ["as_json", "render"]

MOUNTS = "CS lenses go on HQ Camera (CS) and GS Camera, C lenses too with the C-CS adapter, M12 lenses on HQ Camera (M12)"


def render(module: str | None = None) -> RenderableType:
    """All about one module, or an overview of modules, boards and lenses; an unknown name is a UserError."""
    return _overview() if module is None else _module(catalog.module(module))


# -- overview ----------------------------------------------------------------------------------------------------------


def _overview() -> Group:
    usual = Text("rates and exposures with each sensor's usual driver · * link frequency selectable", style="dim")
    return Group(
        section("Cameras", _modules(), usual),
        section("Lenses", _lenses(), Text(MOUNTS, style="dim")),
        section("Boards", _boards(), *_without()),
        Text.assemble(("all about one: ", "dim"), 'hil catalog "Camera Module 3"', ("   for scripts: ", "dim"), "hil catalog --json"),
    )


def _modules() -> Table:
    table = cells("", "sensor", "pixels", "shutter", "fastest", "longest", "link", right=(4, 5, 6), gap=1)
    for module in catalog.modules():
        sensor = catalog.sensor(module.sensor)
        modes = sensor.usual.modes
        fastest = max(modes, key=lambda mode: mode.nominal_fps)
        longest = max(mode.exposure_max_tested_us for mode in modes)
        link = f"{sensor.link_freq_default_hz / 1e6:g} MHz" + ("*" if sensor.link_freq_selectable else " ")
        row = (sensor.name, size(*sensor.active_size), sensor.shutter, f"{fastest.fps_reported:.2f} Hz", seconds(longest), link)
        table.add_row(Text(module.name, style="bold"), *row)
    return table


def _lenses() -> Table:
    table = cells("", "mount", "field of view on HQ", "on GS", "aperture", "format")
    for lens in catalog.lenses():
        table.add_row(Text(lens.name, style="bold"), lens.mount, _fov(lens, "HQ"), _fov(lens, "GS"), lens.aperture, lens.image_format)
    return table


def _fov(lens: Lens, family: str) -> str:
    return str(lens.fov[family].fact) if family in lens.fov else "not stated"


def _boards() -> Table:
    table = cells("", "camera ports", "ribbon", "at once", "pipeline")
    for board in (board for board in catalog.boards() if board.ports):
        name = Text(board.name, style="bold")
        table.add_row(name, ", ".join(board.ports), f"{board.connector_pins} pins", str(board.cameras_at_once), board.platform)
    return table


def _without() -> list[Text]:
    return [Text(f"no camera on a {board.name}: {board.why_not}", style="yellow") for board in catalog.boards() if board.why_not]


# -- one module --------------------------------------------------------------------------------------------------------


def _module(module: Module) -> Group:
    sensor = catalog.sensor(module.sensor)
    parts = [
        heading(module, sensor),
        section("On the documentation page", _page(module)),
        *_show_sensor.sections(module, sensor),
    ]
    if module.mounts:
        parts.append(section("Lenses", _fitting(module)))
    parts += [section("Where the page and the drivers disagree", _discrepancies(module.discrepancies)), *_references(module)]
    return Group(*parts, section("Sources", _sources(module)))


def _page(module: Module) -> Table:
    table = definition()
    contested = {one.row for one in module.discrepancies}
    for title, fact in module.page.items():
        table.add_row(title, Text.assemble(fact.text, ("   see the disagreements below" if title in contested else "", "yellow")))
    return table


def _fitting(module: Module) -> Table:
    table = cells("", "mount", "field of view", "aperture", "format", "")
    for lens in catalog.lenses():
        found = catalog.fit(module, lens, adapter=lens.mount == "C")
        if found.ok:
            note = "needs the C-CS adapter" if found.adapter_needed else ""
            table.add_row(Text(lens.name, style="bold"), lens.mount, _fov(lens, module.lens_family), lens.aperture, lens.image_format, note)
    return table


def _discrepancies(found: tuple[Discrepancy, ...]) -> RenderableType:
    parts: list[RenderableType] = []
    for one in found:
        lines = definition("dim")
        lines.add_row("page", _with_note(one.page))
        lines.add_row("established", Text.assemble(_with_note(one.established), "  ", tag(one.established)))
        lines.add_row("so", one.consequence)
        parts += [Text(one.topic, style="bold"), Padding(lines, (0, 0, 0, 2))]
    return Group(*parts)


def _with_note(fact: Fact) -> str:
    return f"{fact}; {fact.note}" if fact.note else str(fact)


def _references(module: Module) -> list[RenderableType]:
    warnings = definition()
    for warning in catalog.warnings():
        if warning.concerns(module):
            warnings.add_row(Text(warning.kind.lower(), style="yellow" if warning.kind == "WARNING" else ""), warning.text)
    documents = [_link(document) for document in catalog.documents() if document.concerns(module)]
    return [section("The page warns", warnings), section("Documents", *documents)]


def _link(document: Document) -> RenderableType:
    url = Text(document.url, style=f"dim link {document.url}", overflow="fold")
    return Group(Text(document.title), Padding(url, (0, 0, 0, 2)))


def _sources(module: Module) -> Table:
    table = definition()
    for key in sorted(_show_sensor.sources_of(module), key=str.casefold):
        source = catalog.source(key)
        table.add_row(key, Text.assemble(source.title, "  ", (source.where, "dim")))
    return table
