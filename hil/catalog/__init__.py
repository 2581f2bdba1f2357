"""Facts with sources: camera modules, sensors and their driver generations, lenses, boards, radio bands.

Data in hil/catalog/data (TOML), frozen types here, standard library only. Every fact carries where it was read and what
that is worth; where the documentation page and the drivers disagree both are kept, as a `Discrepancy`.

    module("cm3").sensor                         "imx708"
    sensor("imx708").usual.mode("2304x1296")     line time, rates and exposures of a mode
    board("Raspberry Pi 5").ports                ("CAM0", "CAM1")
"""

from __future__ import annotations

from functools import cache

from hil.catalog import _bench, _modules, _sensors
from hil.catalog._lookup import find
from hil.catalog._toml import load
from hil.catalog.facts import EVIDENCE, Fact, Facts, Value
from hil.catalog.gain import GainModel
from hil.catalog.mounts import Fit, fit
from hil.catalog.rf import Band, Harmonic, band, bands, harmonic_near
from hil.catalog.sensor_types import Delays, ExposureModel, Generation, Mode, Sensor, Startup
from hil.catalog.types import (
    Board,
    Discrepancy,
    Document,
    FieldOfView,
    Lens,
    Module,
    PageRate,
    PageWarning,
    Port,
    Source,
)

__all__ = [
    "EVIDENCE",
    "Band",
    "Board",
    "Delays",
    "Discrepancy",
    "Document",
    "ExposureModel",
    "Fact",
    "Facts",
    "FieldOfView",
    "Fit",
    "GainModel",
    "Generation",
    "Harmonic",
    "Lens",
    "Mode",
    "Module",
    "PageRate",
    "PageWarning",
    "Port",
    "Sensor",
    "Source",
    "Startup",
    "Value",
    "band",
    "bands",
    "board",
    "boards",
    "discrepancies",
    "documents",
    "fit",
    "harmonic_near",
    "lens",
    "lenses",
    "module",
    "modules",
    "sensor",
    "sensors",
    "source",
    "sources",
    "warnings",
]


@cache
def modules() -> tuple[Module, ...]:
    """The eleven camera products of the page, in its order."""
    return _modules.modules()


def module(name: str) -> Module:
    """The product of that name or alias; an unknown one is a UserError with the nearest name."""
    return find(modules(), name, "camera module")


@cache
def sensors() -> tuple[Sensor, ...]:
    """The five sensors, by name."""
    return _sensors.sensors()


def sensor(name: str) -> Sensor:
    """The sensor of that name ("imx708") or model string ("imx708_wide"); an unknown one is a UserError."""
    return find(sensors(), name, "sensor")


@cache
def boards() -> tuple[Board, ...]:
    """The Raspberry Pi boards, those without a camera connector included."""
    return _bench.boards()


def board(name: str) -> Board:
    """The board of that name or alias; an unknown one is a UserError with the nearest name."""
    return find(boards(), name, "board")


@cache
def lenses() -> tuple[Lens, ...]:
    """The lenses that the page recommends for HQ and GS cameras."""
    return _bench.lenses()


def lens(name: str) -> Lens:
    """The lens of that name or alias; an unknown one is a UserError with the nearest name."""
    return find(lenses(), name, "lens")


@cache
def discrepancies() -> tuple[Discrepancy, ...]:
    """Where page and established facts differ."""
    return _modules.discrepancies()


@cache
def documents() -> tuple[Document, ...]:
    """What the page links to: drawings, schematics, guides."""
    return _modules.documents(modules())


@cache
def warnings() -> tuple[PageWarning, ...]:
    """What the page warns of."""
    return _modules.warnings(modules())


@cache
def sources() -> dict[str, Source]:
    """Where facts were read, by key."""
    return {key: Source(key, entry["title"], entry["where"]) for key, entry in load("sources.toml").items()}


def source(key: str) -> Source:
    """The source of that key; KeyError where there is none, which is a fault of the data files."""
    return sources()[key]
