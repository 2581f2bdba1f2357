"""Camera products and what is bolted to them, as frozen values: modules, boards, lenses, and what the page says of them.

Plain attributes are for use; `facts` (and `page`) carry the same values with their source and evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hil.catalog.facts import Fact, Facts
from hil.catalog.sensor_types import Generation, Mode, Size


@dataclass(frozen=True, slots=True)
class PageRate:
    """A rate that the page claims: "1080p47" means at least 47 frames a second at 1920 x 1080."""

    text: str
    size: Size
    fps: float
    hdr: bool
    fact: Fact

    def modes(self, generation: Generation) -> tuple[Mode, ...]:
        """The modes of that size, whatever their rate."""
        return tuple(mode for mode in generation.modes if mode.size == self.size and mode.hdr == self.hdr)

    def reached_by(self, generation: Generation) -> tuple[Mode, ...]:
        """The modes that make the claim true."""
        return tuple(mode for mode in self.modes(generation) if mode.nominal_fps >= self.fps)

    def judged(self, generation: Generation) -> bool:
        """Whether a unit may fail by it: only where a catalogued mode of the driver reaches the page at all."""
        return bool(self.reached_by(generation))


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A place where the page and what is established differ. Both are kept; `consequence` says which one tests go by and why."""

    id: str
    topic: str
    modules: tuple[str, ...]
    """Names of the modules concerned; empty: a matter of the page as a whole."""
    page: Fact
    established: Fact
    consequence: str
    row: str
    """The row of the page's hardware table that it is about; "" for other parts of the page."""


@dataclass(frozen=True, slots=True)
class Module:
    """A camera product as the page's hardware table has it."""

    name: str
    aliases: tuple[str, ...]
    sensor: str
    libcamera_model: str
    """The model string of the camera under libcamera: "imx708_wide_noir"."""
    noir: bool
    wide: bool
    focus: str
    mounts: tuple[str, ...]
    """Lens mounts that fit without an adapter; empty where the lens is part of the module."""
    lens_family: str
    """Column of the lenses' fields of view: "HQ", "GS" or ""."""
    column: str
    """The page's column this product stands in."""
    page: Mapping[str, Fact]
    """The page's rows by their title."""
    page_rates: tuple[PageRate, ...]
    discrepancies: tuple[Discrepancy, ...]
    facts: Facts
    tuning_noir: str = ""
    """Tuning file to name by hand, because the driver cannot tell this NoIR module from the plain one."""


@dataclass(frozen=True, slots=True)
class Port:
    """A camera connector of a board."""

    name: str
    id_prefix: str
    """Start of the libcamera camera ids behind it; units in the path changed between kernels, so never compare whole ids."""

    @property
    def bus(self) -> str:
        """The last part of `id_prefix`, which did not change: "i2c@88000"."""
        return self.id_prefix.rstrip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Board:
    """A Raspberry Pi."""

    name: str
    aliases: tuple[str, ...]
    soc: str
    platform: str
    """"vc4" or "pisp": libcamera's pipeline handler."""
    ports: tuple[str, ...]
    connector_pins: int
    """15 or 22; 0 without a camera connector."""
    cameras_at_once: int
    connectors: tuple[Port, ...]
    model_text: str
    """What /proc/device-tree/model starts with."""
    why_not: str
    """Why no camera can be connected; "" where one can."""
    facts: Facts

    def port_of(self, camera_id: str) -> str | None:
        """The connector that a libcamera id belongs to, by its I2C bus alone: the path before it changed with kernels. None if unknown."""
        return next((port.name for port in self.connectors if f"/{port.bus}/" in camera_id), None)


@dataclass(frozen=True, slots=True)
class FieldOfView:
    """Degrees as documented; `fact` says where."""

    horizontal_deg: float
    vertical_deg: float
    diagonal_deg: float
    fact: Fact


@dataclass(frozen=True, slots=True)
class Lens:
    """A lens that the page recommends."""

    name: str
    aliases: tuple[str, ...]
    mount: str
    """"C", "CS" or "M12"."""
    focal_mm: float
    """0 where the page gives none (the fish eye)."""
    resolution_mp: float
    image_format: str
    aperture: str
    fov: Mapping[str, FieldOfView]
    """By camera: "HQ", "GS"."""
    facts: Facts


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the page links to."""

    title: str
    kind: str
    url: str
    modules: tuple[str, ...]
    """Names of the modules concerned; empty: all."""
    fact: Fact

    def concerns(self, module: Module) -> bool:
        """Whether it is about that module."""
        return not self.modules or module.name in self.modules


@dataclass(frozen=True, slots=True)
class PageWarning:
    """A warning or note of the page that a bench should heed."""

    id: str
    kind: str
    """"WARNING" or "NOTE", as on the page."""
    text: str
    modules: tuple[str, ...]
    """Names of the modules concerned; empty: all."""
    fact: Fact

    def concerns(self, module: Module) -> bool:
        """Whether it is about that module."""
        return not self.modules or module.name in self.modules


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts were read."""

    key: str
    title: str
    where: str
    """Repository, path and commit, or address."""
