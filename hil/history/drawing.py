"""What plots of a history need beyond a chart of one run: lines with names, days along an axis, and whose runs these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hil.report import svg
from hil.report.svg import Chart

BLUE, RED, GREY, AMBER, BAND = "#2f6fb2", "#c0392b", "#8794a1", "#b9770e", "#eef3f8"
SIMULATED = "SIMULATED RUNS"
_HEAD = 22.0


@dataclass
class Plot(Chart):
    """A chart with a heading. Lines and bands lie under what is drawn after them."""

    width: float = 720.0
    height: float = 360.0
    simulated: bool = False
    x_names: Sequence[tuple[float, str]] | None = None
    """Names along the horizontal axis, instead of numbers."""
    _names: list[tuple[float, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._y.stop += _HEAD
        self._x.stop -= 70.0  # names of lines stand there

    def across(self, y: float, name: str, colour: str, *, dashed: bool = False) -> None:
        """A horizontal line with its name at its right end."""
        at = self._y.at(y)
        self._body.append(svg.line(self._x.start, at, self._x.stop, at, colour, _dashes(dashed)))
        self._names.append((at, name, colour))

    def upright(self, x: float, name: str, colour: str, *, dashed: bool = False) -> None:
        """A vertical line with its name above it."""
        at = self._x.at(x)
        self._body.append(svg.line(at, self._y.start, at, self._y.stop, colour, _dashes(dashed)))
        self._body.append(svg.text(at, self._y.stop - 4, name, "middle").replace(svg.INK, colour))

    def band(self, low: float, high: float, colour: str = BAND) -> None:
        """What lies between two heights, shaded."""
        top, bottom = self._y.at(high), self._y.at(low)
        self._body.append(svg.rect(self._x.start, top, self._x.stop - self._x.start, bottom - top, colour))

    def dots(self, x: Sequence[float], y: Sequence[float], colour: str, radius: float = 2.2) -> None:
        """Points without uncertainty, all in one element: there may be thousands."""
        step = "".join(f"M{self._x.at(a):.1f} {self._y.at(b):.1f}h0" for a, b in zip(x, y, strict=True))
        if step:
            self._body.append(f'<path d="{step}" stroke="{colour}" stroke-width="{2 * radius:g}" stroke-linecap="round" fill="none"/>')

    def words(self, x: float, y: float, words: str, anchor: str = "middle", up: float = 5.0) -> None:
        """Text at a point of the chart, a little above it."""
        halo = 'stroke="#ffffff" stroke-width="3" paint-order="stroke"'
        self._body.append(svg.text(self._x.at(x), self._y.at(y) - up, words, anchor, halo))

    def __str__(self) -> str:
        whose = svg.text(self.width - 14, 16, SIMULATED, "end", 'font-weight="bold"').replace(svg.INK, RED) if self.simulated else ""
        title = svg.text(self._x.start, 16, self.title, "start", 'font-weight="bold"')
        names = [svg.text(self._x.stop + 5, at + 4, name, "start").replace(svg.INK, colour) for at, name, colour in _apart(self._names)]
        paper = svg.rect(0, 0, self.width, self.height, "#ffffff")
        parts = [paper, *self._grid(), *self._body, *self._frame(), title, whose, *names]
        return svg.document("".join(parts), self.width, self.height, f"{self.title}{' (simulated runs)' if self.simulated else ''}")

    def _grid(self) -> list[str]:
        if self.x_names is None:
            return super()._grid()
        return [svg.line(self._x.start, self._y.at(tick), self._x.stop, self._y.at(tick), svg.GRID) for tick in self._y.ticks()]

    def _frame(self) -> list[str]:
        if self.x_names is None:
            return super()._frame()
        parts = [
            svg.line(self._x.start, self._y.start, self._x.stop, self._y.start, svg.INK),
            svg.line(self._x.start, self._y.start, self._x.start, self._y.stop, svg.INK),
        ]
        parts += [svg.text(self._x.start - 7, self._y.at(tick) + 4, name, "end") for tick, name in svg.labelled(self._y.ticks())]
        parts += [svg.text(self._x.at(at), self._y.start + 16, name, "middle") for at, name in self.x_names]
        parts.append(svg.text((self._x.start + self._x.stop) / 2, self.height - 7, self.x_label, "middle"))
        middle = (self._y.start + self._y.stop) / 2
        return [*parts, svg.text(13, middle, self.y_label, "middle", f'transform="rotate(-90 13 {middle:.1f})"')]


def stacked(plots: Sequence[Plot]) -> str:
    """Several plots one below the other."""
    height, body = 0.0, []
    for plot in plots:
        inner = str(plot)
        body.append(f'<g transform="translate(0 {height:g})">{inner}</g>')
        height += plot.height
    return svg.document("".join(body), max(plot.width for plot in plots), height, plots[0].title)


def days(started_s: Sequence[int], about: int = 5) -> list[tuple[float, str]]:
    """Readings by number, named by the day on which they were made: about so many names, each day once."""
    count = len(started_s)
    named, last = [], ""
    for at in range(0, count, max(1, count // about)):
        day = datetime.fromtimestamp(started_s[at], UTC).strftime("%Y-%m-%d") if started_s[at] else "unknown"
        named.append((float(at + 1), f"{at + 1}" if day == last else f"{at + 1} · {day}"))
        last = day
    return named


def span(values: Sequence[float], margin: float = 0.08) -> tuple[float, float]:
    """A range that holds all values with some room."""
    low, high = min(values), max(values)
    room = (high - low) * margin or abs(high) * 1e-3 or 1.0
    return low - room, high + room


def cut(words: str, most: int) -> str:
    """Text that fits: its end gives way."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _dashes(dashed: bool) -> str:
    return 'stroke-dasharray="5 4" stroke-width="1.3"' if dashed else 'stroke-width="1.3"'


def _apart(names: Sequence[tuple[float, str, str]], least: float = 12.0) -> list[tuple[float, str, str]]:
    """Names of lines that lie close together, moved apart."""
    moved: list[tuple[float, str, str]] = []
    for at, name, colour in sorted(names):
        moved.append((max(at, moved[-1][0] + least) if moved else at, name, colour))
    return moved
