"""The pictures of a record: frame rates against their limits, interval histograms, level over exposure.

All of them are SVG text made from the record alone; a run without curves has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from hil.report import naming, svg
from hil.report.jsontext import number
from hil.report.quantity import called, coverage

Told = Mapping[str, Any]
COLOURS = {"PASS": "#1a7f45", "COND_PASS": "#9a6700", "FAIL": "#b42318", "ERROR": "#86198f", "INVALID": "#86198f"}
NEUTRAL = "#2a5f9e"
BAND = "#dcefe2"
BINS = 24
MOST_CURVES = 24
MOST_ROWS = 30
"""Of one drawing: what goes on a page."""
_ROW, _CHARACTER = 24.0, 6.7
_WIDE, _NARROW = 640.0, 350.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its caption."""

    title: str
    svg: str
    wide: bool = False
    narrow: str = ""
    """The same drawn for a phone, where a wide one would be too small to read."""


def gallery(record: Told) -> list[Picture]:
    """All pictures of a record in reading order; at most `MOST_CURVES` curves, those that did not pass first."""
    measurements = record["measurements"]
    own = {test["test"] for test in record["tests"] if not test["check"]}  # limits of a user's own would set the scale for all
    rates = [one for one in measurements if one["name"] == "frame_rate" and _nominal(one) and one["test"] not in own]
    many = len({one["subject"] for one in measurements}) > 1
    title = "Frame rates against their limits"
    reach = _reach(rates)
    pieces = [rates[at : at + MOST_ROWS] for at in range(0, len(rates), MOST_ROWS)]
    first = [
        Picture(
            title + (f", {index} of {len(pieces)}" if len(pieces) > 1 else ""),
            deviations(piece, many, reach=reach),
            wide=True,
            narrow=deviations(piece, many, _NARROW, reach),
        )
        for index, piece in enumerate(pieces, 1)
    ]
    chosen = sorted(_with_curves(measurements), key=lambda one: one["verdict"] in ("PASS", None))[:MOST_CURVES]
    return first + [Picture(_caption(one, many), curve(one, verdict_of_curve(one, measurements))) for one in chosen]


def deviations(rates: Sequence[Told], many: bool = False, width: float = _WIDE, reach: float | None = None) -> str:
    """Each frame rate's deviation from nominal (the middle of its limits) in ppm, with U and its limits as a band."""
    rows = [_deviation(one) for one in rates]
    reach = reach or _reach(rates)
    names = _row_names(rates, many, 36 if width >= _WIDE else 22)
    axis = svg.Axis(-reach, reach, max(map(len, names)) * _CHARACTER + 12, width - 14)
    foot = len(rows) * _ROW + 6
    ticks = axis.ticks(width / 80)
    body = [svg.line(axis.at(tick), 2, axis.at(tick), foot, svg.GRID if tick else svg.INK) for tick in ticks]
    body += [_deviation_row(one, row, axis, index, names[index]) for index, (one, row) in enumerate(zip(rates, rows, strict=True))]
    body += [svg.text(axis.at(tick), foot + 16, text, "middle") for tick, text in svg.labelled(ticks)]
    body.append(svg.text(width / 2, foot + 36, "deviation from nominal / ppm; bar: U, shaded: limits", "middle"))
    return svg.document("".join(body), width, foot + 44, "Deviation of each frame rate from nominal, in ppm, with its limits")


def _reach(rates: Iterable[Told]) -> float:
    """Half the width of the axis, in ppm."""
    return max((max(abs(ppm) + u, half) for ppm, u, half in map(_deviation, rates)), default=1.0) * 1.15


def _row_names(rates: Sequence[Told], many: bool, longest: int) -> list[str]:
    """Subject and mode, and the rate itself where a mode was measured at several."""
    bare = [" · ".join(part for part in (one["subject"] if many else "", one["mode"]) if part) for one in rates]
    named = [f"{name} · {number(one['value']):.3g} Hz" if bare.count(name) > 1 else name for name, one in zip(bare, rates, strict=True)]
    return [name if len(name) <= longest else name[: longest - 1] + "…" for name in named]


def curve(one: Told, verdict: str | None = None) -> str:
    """The curve behind a measurement: intervals as a histogram, counts as bars, anything else as points with their straight line.

    `verdict` is that of what the curve shows, which need not be the measurement's: a wrong rate can be perfectly steady.
    """
    series, colour = one["series"], COLOURS.get(verdict or "", NEUTRAL)
    x, y = ([number(value) for value in series[axis]] for axis in ("x", "y"))
    title = _caption(one, many=True)
    if _is_intervals(one):
        return histogram(y, title, series["y_label"], colour)
    if (series.get("y_label") or "").split(",")[0] in ("frames", "count"):
        return _bars(x, y, title, (_axis_label(series.get("x_label")), _axis_label(series["y_label"])), colour)
    return _points(x, y, [number(value) for value in series["u"]], title, series)


def _is_intervals(one: Told) -> bool:
    return "interval" in (one["series"].get("y_label") or "")


def verdict_of_curve(one: Told, measurements: Iterable[Told]) -> str | None:
    """The verdict of what a curve shows: intervals show the jitter of the same frames, all others the measurement itself."""
    if not _is_intervals(one):
        return None if one["verdict"] is None else str(one["verdict"])
    same = ("test", "subject", "mode", "conditions", "attempt")
    jitter = (each for each in measurements if "jitter" in each["name"] and all(each[key] == one[key] for key in same))
    return next((each["verdict"] for each in jitter), None)


def histogram(values: Sequence[float], title: str, x_label: str, colour: str = NEUTRAL) -> str:
    """How often each value occurs, about the median; the label says what is counted ("interval, us")."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return svg.document(svg.text(20, 30, "no finite value", "start"), 420, 60, title)
    middle = median(finite)
    away = [value - middle for value in finite]
    low, high = min(away), max(away)
    width = (high - low) / BINS or 1.0
    counts = [0] * BINS
    for value in away:
        counts[min(BINS - 1, int((value - low) / width))] += 1
    centres = [low + (index + 0.5) * width for index in range(BINS)]
    name, _, unit = x_label.partition(", ")
    return _bars(centres, counts, title, (f"{name} less {middle:.9g} {svg.pretty(unit)} / {svg.pretty(unit)}", "count"), colour)


def _bars(x: Sequence[float], y: Sequence[float], title: str, labels: tuple[str, str], colour: str) -> str:
    width = min((b - a for a, b in pairwise(x) if b > a), default=1.0)
    chart = svg.Chart((min(x) - width, max(x) + width), (0.0, max(y, default=1.0) * 1.08 or 1.0), title, *labels)
    chart.bars(x, y, width, colour)
    return str(chart)


def _points(x: Sequence[float], y: Sequence[float], u: Sequence[float], title: str, series: Told) -> str:
    kept = [(a, b, c) for a, b, c in zip(x, y, u or [0.0] * len(x), strict=True) if math.isfinite(a) and math.isfinite(b)]
    if not kept:
        return svg.document(svg.text(20, 30, "no finite value", "start"), 420, 60, title)
    xs, ys, us = (list(column) for column in zip(*kept, strict=True))
    log = min(xs) > 0 and min(ys) > 0 and max(xs) / min(xs) > 100
    big_u = [2 * each for each in us]
    barred = [each if len(xs) <= svg.CROWD and math.isfinite(each) else 0.0 for each in big_u]
    ends = ys if log else [end for high, each in zip(ys, barred, strict=True) for end in (high - each, high + each)]
    labels = _axis_label(series.get("x_label")), _axis_label(series.get("y_label"))
    chart = svg.Chart(_range(xs, log), _range(ends, log), title, *labels, log=log)
    notes = []
    if len(xs) > 2 and max(xs) > min(xs):
        slope, start = _line_through(xs, ys)
        along = _along(min(xs), max(xs), log)
        drawn = [(at, start + slope * at) for at in along if not log or start + slope * at > 0]
        chart.curve([at for at, _ in drawn], [high for _, high in drawn], NEUTRAL)
        start = start if abs(start) > 1e-9 * max(map(abs, ys)) else 0
        notes.append(f"straight line: {start:.4g} {'-' if slope < 0 else '+'} {abs(slope):.4g} x".replace("-", "\N{MINUS SIGN}"))
    if len(xs) > svg.CROWD and max(big_u) > 0:
        notes.append(f"U of a point: {median(big_u):.2g}{_unit_of(series.get('y_label'))}")
    chart.note(" · ".join(notes))
    chart.points(xs, ys, barred, [NEUTRAL] * len(xs))
    return str(chart)


def _deviation(one: Told) -> tuple[float, float, float]:
    """Deviation, U and half the width of the limits, all in ppm of nominal."""
    nominal = _nominal(one)
    value, u, upper = (number(one[key] or 0.0) for key in ("value", "u", "upper"))
    return (value / nominal - 1) * 1e6, 1e6 * coverage(one) * u / nominal, (upper / nominal - 1) * 1e6


def _deviation_row(one: Told, row: tuple[float, float, float], axis: svg.Axis, index: int, name: str) -> str:
    ppm, u, half = row
    middle = index * _ROW + _ROW / 2 + 2
    colour = COLOURS.get(one["verdict"] or "", NEUTRAL)
    parts = [svg.rect(axis.at(-half), middle - 8, axis.at(half) - axis.at(-half), 16, BAND)]
    parts.append(svg.text(axis.start - 8, middle + 4, name, "end"))
    parts.append(svg.line(axis.at(ppm - u), middle, axis.at(ppm + u), middle, colour, 'stroke-width="2"'))
    parts += [svg.line(axis.at(end), middle - 4, axis.at(end), middle + 4, colour, 'stroke-width="2"') for end in (ppm - u, ppm + u)]
    return "".join(parts) + f'<circle cx="{axis.at(ppm):.1f}" cy="{middle:.1f}" r="4" fill="{colour}"/>'


def _nominal(one: Told) -> float:
    """The middle of two limits; 0 where there is none or no number was measured."""
    if one["lower"] is None or one["upper"] is None or not math.isfinite(number(one["value"])):
        return 0.0
    return (number(one["lower"]) + number(one["upper"])) / 2


def _with_curves(measurements: Iterable[Told]) -> list[Told]:
    """Measurements with a curve; several that share one (rate and period) are shown once, under the first judged one."""
    ranked = sorted((one for one in measurements if one["series"] and one["series"]["y"]), key=lambda one: one["verdict"] is None)
    shown: dict[tuple[str, str, int, str], Told] = {}
    for one in ranked:
        series = one["series"]
        shown.setdefault((one["subject"], one["mode"], len(series["y"]), f"{series['x'][:3]}{series['y'][:3]}{series['y'][-3:]}"), one)
    return list(shown.values())


def _caption(one: Told, many: bool) -> str:
    name, mode, rate = called([one]), one["mode"], ""
    if _is_intervals(one):
        name, mode = "intervals of frames", mode or naming.function(one["test"] or "")
        rate = f"{number(one['value']):.4g} Hz" if one["unit"] == "Hz" else ""
    parts = (name, one["subject"] if many else "", mode, rate)
    return " · ".join(part for part in parts if part)


def _axis_label(text: str | None) -> str:
    """What an axis is called: "exposure set, us" -> "exposure set / µs"."""
    name, comma, unit = (text or "").rpartition(", ")
    return f"{name} / {svg.pretty(unit)}" if comma else unit


def _unit_of(text: str | None) -> str:
    """The unit on an axis, after a blank: "offset, us" -> " µs"."""
    unit = (text or "").rpartition(", ")[2] if ", " in (text or "") else ""
    return f" {svg.pretty(unit)}" if unit else ""


def _range(values: Sequence[float], log: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if log:
        return low / 1.5, high * 1.5
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return (0.0 if 0 <= low < 0.3 * high else low - room), high + room


def _line_through(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Least squares, only to guide the eye: the measurement's own fit is in its value."""
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((at - middle_x) ** 2 for at in x)
    slope = sum((at - middle_x) * (high - middle_y) for at, high in zip(x, y, strict=True)) / spread
    return slope, middle_y - slope * middle_x


def _along(low: float, high: float, log: bool) -> list[float]:
    steps = range(41) if log else (0, 40)
    return [low * (high / low) ** (step / 40) if log else low + (high - low) * step / 40 for step in steps]
