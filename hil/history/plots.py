"""The plots of `hil history`, as SVG: each says what is measured, in which unit, and between which limits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hil.history.drawing import AMBER, BLUE, GREY, RED, Plot, cut, days, span, stacked
from hil.history.readings import Readings
from hil.history.stats.capability import Capability
from hil.history.stats.compare import Comparison
from hil.history.stats.control import Chart as Control
from hil.history.stats.gauge import GOOD, POOR, Gauge
from hil.history.stats.spread import Floats
from hil.history.yields import Yield
from hil.report.svg import pretty, round_step

_MOST_CAUSES = 10


def histogram(found: Readings, capable: Capability, *, simulated: bool) -> str:
    """How often each value, its limits, and the normal distribution with the same mean and deviation."""
    limits = [limit for limit in (found.lower, found.upper) if limit is not None]
    edges, counts = _bins(found.values, limits)
    width = float(edges[1] - edges[0])
    x = span([*edges.tolist(), *limits], 0.05)
    plot = Plot(
        x, (0.0, max(1.0, float(counts.max()) * 1.15)), f"{found.title}, n = {capable.n}", _axis(found), "units", simulated=simulated
    )
    plot.bars(((edges[:-1] + edges[1:]) / 2).tolist(), counts.tolist(), width, BLUE)
    if capable.s > 0:
        at = np.linspace(*x, 200)
        bell = np.exp(-(((at - capable.mean) / capable.s) ** 2) / 2) * capable.n * width / (capable.s * math.sqrt(2 * math.pi))
        plot.curve(at.tolist(), bell.tolist(), GREY)
    for limit, name in ((found.lower, "lower limit"), (found.upper, "upper limit")):
        if limit is not None:
            plot.upright(limit, name, RED)
    plot.upright(capable.mean, "mean", GREY, dashed=True)
    return str(plot)


def trend(found: Readings, control: Control, *, simulated: bool) -> str:
    """The readings one after the other with control limits, and below them the ranges from each to the next."""
    values, n = found.values.tolist(), len(found.values)
    number = [float(at) for at in range(1, n + 1)]
    lines = [(control.high, "+3σ", AMBER), (control.low, "−3σ", AMBER)] if control.sigma > 0 else []
    limits = [(limit, name, RED) for limit, name in ((found.lower, "lower limit"), (found.upper, "upper limit")) if limit is not None]
    reach = max(values) - min(values)
    near = [one for one in limits if min(abs(one[0] - value) for value in (min(values), max(values))) <= 3 * max(reach, 6 * control.sigma)]
    y = span([*values, *(line[0] for line in (*lines, *near))])
    above = Plot((0.0, n + 1.0), y, found.title, "", _axis(found), simulated=simulated, height=300, x_names=days(found.started_s.tolist()))
    for at, name, colour in (*near, *lines):
        above.across(at, name, colour, dashed=colour == AMBER)
    above.across(control.mean, "mean", GREY)
    above.curve(number, values, BLUE, 'stroke-opacity="0.55"')
    bad = sorted({at for one in control.violations for at in range(one.first, one.last + 1)})
    above.dots(number, values, BLUE, 1.6 if n > 300 else 2.2)
    above.dots([number[at] for at in bad], [values[at] for at in bad], RED, 2.2 if n > 300 else 3.0)
    return stacked([above, _ranges(found, control, number)])


def _ranges(found: Readings, control: Control, number: Sequence[float]) -> Plot:
    ranges = np.abs(np.diff(found.values)).tolist()
    top = max([*ranges, control.range_high if control.range_high > 0 else 0.0], default=1.0) or 1.0
    unit = pretty(found.of.unit)
    axis = f"moving range{f', {unit}' if unit else ''}"
    names = days(found.started_s.tolist())
    plot = Plot((0.0, len(number) + 1.0), (0.0, top * 1.1), "", "run", axis, height=200, x_names=names)
    if control.range_high > 0:
        plot.across(control.range_high, "limit", AMBER, dashed=True)
        plot.across(control.range_mean, "mean", GREY)
    plot.curve(list(number[1:]), ranges, BLUE, 'stroke-opacity="0.55"')
    plot.dots(list(number[1:]), ranges, BLUE, 1.6)
    return plot


def pareto(found: Yield, *, simulated: bool) -> str:
    """Causes, the most frequent first, and what share of all they make together."""
    causes = found.causes[:_MOST_CAUSES]
    total = sum(cause.count for cause in found.causes)
    names = [(at + 1.0, cut(cause.cause, 84 // max(1, len(causes)) + 4)) for at, cause in enumerate(causes)]
    title = f"first failures of {total} units, by cause"
    plot = Plot((0.4, len(causes) + 0.6), (0.0, max(1.0, total * 1.08)), title, "", "units", simulated=simulated, x_names=names)
    plot.across(total, "100 %", GREY, dashed=True)
    plot.across(total / 2, "50 %", GREY, dashed=True)
    plot.bars([at for at, _ in names], [cause.count for cause in causes], 0.7, BLUE)
    together = [cause.cumulative * total for cause in causes]
    plot.curve([at for at, _ in names], together, AMBER)
    plot.dots([at for at, _ in names], together, AMBER, 3)
    for (at, _), cause in zip(names, causes, strict=True):
        plot.words(at, cause.count, str(cause.count), up=-14.0 if cause.count > 0.1 * total else 5.0)
    return str(plot)


def groups(first: Readings, second: Readings, names: tuple[str, str], found: Comparison, *, simulated: bool) -> str:
    """Two groups of readings as histograms, one above the other, on the same scale."""
    limits = [limit for limit in (first.lower, first.upper) if limit is not None]
    values = np.concatenate([first.values, second.values])
    edges, _ = _bins(values, limits)
    x, width = span([*edges.tolist(), *limits], 0.05), float(edges[1] - edges[0])
    plots = []
    for readings, name, group, colour in ((first, names[0], found.first, BLUE), (second, names[1], found.second, AMBER)):
        counts, _ = np.histogram(readings.values, edges)
        title = f"{first.title}: {cut(name, 40)}, n = {group.n}"
        plot = Plot(x, (0.0, max(1.0, float(counts.max()) * 1.15)), title, _axis(first), "units", simulated=simulated, height=240)
        plot.bars(((edges[:-1] + edges[1:]) / 2).tolist(), counts.tolist(), width, colour)
        for limit in limits:
            plot.upright(limit, "limit", RED)
        plot.upright(group.mean, "mean", GREY, dashed=True)
        plots.append(plot)
    return stacked(plots)


def components(found: Gauge, title: str) -> str:
    """What share of the study's variation, and of the tolerance, each source has."""
    rows = [
        ("repeatability", found.ev),
        ("reproducibility", math.hypot(found.av, found.interaction)),
        ("gauge", found.grr),
        ("parts", found.pv),
    ]
    study = [found.of_study(deviation) for _, deviation in rows]
    tolerance = [found.of_tolerance(deviation) for _, deviation in rows] if found.tolerance else []
    top = max([110.0, *(value * 1.1 for value in (*study, *tolerance) if math.isfinite(value))])
    names = [(at + 1.0, name) for at, (name, _) in enumerate(rows)]
    title += " · blue: of the study, amber: of the tolerance" if tolerance else ""
    plot = Plot((0.4, 4.6), (0.0, top), title, "", "standard deviation, % of all", x_names=names)
    plot.across(GOOD, "10 %", GREY, dashed=True)
    plot.across(POOR, "30 %", RED, dashed=True)
    shift = 0.19 if tolerance else 0.0
    for values, at, colour in ((study, -shift, BLUE), (tolerance, shift, AMBER)):
        if values:
            plot.bars([1 + number + at for number in range(4)], [value if math.isfinite(value) else 0.0 for value in values], 0.36, colour)
            for number, value in enumerate(values):
                plot.words(1 + number + at, value if math.isfinite(value) else 0.0, f"{value:.1f} %")
    return str(plot)


def _bins(values: Floats, limits: Sequence[float]) -> tuple[Floats, Floats]:
    """Edges at round values and counts; about as many as Freedman and Diaconis would have, never more than 60."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        room = max((abs(limit - low) for limit in limits), default=abs(low) * 1e-3) / 10 or 0.5
        return np.array([low - room / 2, low + room / 2]), np.array([float(len(values))])
    quartiles = np.percentile(values, [25, 75])
    wanted = 2 * float(quartiles[1] - quartiles[0]) / len(values) ** (1 / 3) or (high - low) / 10
    step = round_step(max(wanted, (high - low) / 60))
    first = math.floor(low / step)
    edges: Floats = (first + np.arange(math.floor(high / step) - first + 2, dtype=np.float64)) * step
    counts, _ = np.histogram(values, edges)
    return edges, counts.astype(np.float64)


def _axis(found: Readings) -> str:
    from hil.report.quantity import label

    unit = pretty(found.of.unit)
    return label(found.of.name, found.of.unit) + (f", {unit}" if unit else "")
