"""The characteristics that checks measure, with their bounds, rule and source, from `limits.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hil.judge.limit import Limit


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A named thing with limits, as `limits.toml` has it."""

    name: str
    title: str
    unit: str
    bounds: str
    """"ppm", "span", "exact", "at most", "at least" or "none"; see the head of `limits.toml`."""
    tolerance: float
    rule: str
    about: str
    source: str

    def limit(self, nominal: float = 0.0, *, span: float = 0.0, extra_ppm: float = 0.0, source: str = "") -> Limit | None:
        """The limit about a nominal value from the catalog, in `unit`; None where the characteristic is only recorded.

        `span`: half width, for bounds "span"; `extra_ppm`: what rounds the nominal value itself, for bounds "ppm";
        `source`: what the nominal value was got from, put before the characteristic's own.
        """
        if self.bounds == "none":
            return None
        lower, upper = self._range(nominal, span, extra_ppm)
        return Limit(lower, upper, self.unit, f"{source}; {self.source}" if source else self.source, self.rule, self.title, self.about)

    def _range(self, nominal: float, span: float, extra_ppm: float) -> tuple[float | None, float | None]:
        if self.bounds == "at least":
            return nominal, None
        if self.bounds == "at most":
            return None, self.tolerance
        half = {"ppm": nominal * (self.tolerance + extra_ppm) * 1e-6, "span": span, "exact": 0.0}[self.bounds]
        return nominal - half, nominal + half


def characteristic(name: str) -> Characteristic:
    """The characteristic of that name; KeyError names those that exist."""
    known = characteristics()
    if name not in known:
        raise KeyError(f"no characteristic {name!r}; there are {', '.join(known)}")
    return known[name]


@cache
def characteristics() -> dict[str, Characteristic]:
    """All of them by name, in the file's order."""
    return {name: _read(name, entry) for name, entry in tomllib.loads(_text()).items() if isinstance(entry, dict)}


def version() -> int:
    """The version that stands in the file."""
    return int(tomllib.loads(_text())["version"])


def sha256() -> str:
    """Hash of the file, for the record."""
    return hashlib.sha256(_text().encode()).hexdigest()


@cache
def _text() -> str:
    return resources.files("hil.judge").joinpath("limits.toml").read_text(encoding="utf-8")


def _read(name: str, entry: dict[str, object]) -> Characteristic:
    tolerance = entry.get("tolerance", 0.0)
    assert isinstance(tolerance, int | float)
    return Characteristic(
        name=name,
        title=str(entry["title"]),
        unit=str(entry["unit"]),
        bounds=str(entry["bounds"]),
        tolerance=float(tolerance),
        rule=str(entry.get("rule", "guard")),
        about=str(entry.get("about", "unit")),
        source=str(entry["source"]),
    )
