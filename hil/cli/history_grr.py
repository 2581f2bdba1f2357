"""The answer of a gauge study."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hil.cli.answer import Answer, Cell, Sheet
from hil.cli.history_work import asking, counted, head
from hil.errors import UserError
from hil.history import readings, study
from hil.history.stats import gauge
from hil.history.stats.gauge import Gauge

if TYPE_CHECKING:
    from hil.cli.history import Asked
    from hil.cli.history_statistics import Which


def grr(asked: Asked, name: str | None, file: Path | None, tolerance: float | None, by: str, which: Which) -> Answer:
    """From a file, or from the readings of a characteristic."""
    if name and file is None and name.casefold().endswith(".csv"):  # no characteristic is called so
        file, name = Path(name), None
    if (name is None) == (file is None):
        found = "both are given" if name else "neither is given"
        raise UserError("a gauge study asked for: a characteristic of the history, or --from FILE.csv", found, "one of the two")
    if tolerance is not None and not 0 < tolerance < math.inf:
        raise UserError(f"--tolerance {tolerance}: not a width", "", "upper less lower limit, more than 0")
    if file is not None:
        return _answer(gauge.study(study.of_file(file), tolerance), f"gauge study of {file.name}", None)
    return _of_history(asked, str(name), tolerance, by, which)


def _of_history(asked: Asked, name: str, tolerance: float | None, by: str, which: Which) -> Answer:
    with asking(asked) as (connection, choice):
        choice = replace(choice, purpose="gauge") if by == study.SEATING else choice
        key, of = readings.the_one(readings.find(connection, name, which.subject, which.mode, which.nth))
        values, appraisers = study.of_history(connection, choice, key, by)
        found = readings.readings(connection, choice, key, of, every=True)
    if tolerance is None and found.lower is not None and found.upper is not None:
        tolerance = found.upper - found.lower
    names = [one or f"no {by}" for one in appraisers]
    says = [f"In place of appraisers: {by} ({', '.join(names)})."]
    return _answer(gauge.study(values, tolerance), head(f"gauge study of {found.title}", choice), choice.simulated, says)


def _answer(found: Gauge, title: str, simulated: bool | None, says: list[str] | None = None) -> Answer:
    sources = [("EV", "repeatability", found.ev), ("AV", "reproducibility", found.av), ("INT", "parts by appraisers", found.interaction)]
    sources += [("GRR", "gauge", found.grr), ("PV", "parts", found.pv), ("TV", "total", found.tv)]
    rows: list[tuple[Cell, ...]] = [
        (
            short,
            what,
            _rounded(deviation, found),
            *(_percent(share) for share in (found.of_study(deviation), found.of_tolerance(deviation))),
        )
        for short, what, deviation in sources
        if short != "INT" or found.interaction > 0
    ]
    rows.append(("ndc", "distinct categories", found.ndc, None, None))
    columns = ("source", "of", "standard_deviation", "percent_of_study", "percent_of_tolerance")
    sentences = [*(says or []), *_says(found)]
    return Answer(title, [Sheet(columns, rows, "components")], sentences, simulated, _facts(found), lambda: _plot(found, title))


def _rounded(deviation: float, found: Gauge) -> float:
    """To the place of the total's sixth digit: that is how the manual prints them."""
    return round(deviation, 5 - math.floor(math.log10(found.tv))) if found.tv > 0 else 0.0


def _percent(share: float) -> float | None:
    return None if math.isnan(share) else round(share, 2)


def _facts(found: Gauge) -> dict[str, object]:
    told = {"parts": found.parts, "appraisers": found.appraisers, "trials": found.trials, "p_interaction": found.p_interaction}
    return {**told, "ndc": found.ndc, "judged": found.judged, "tolerance": found.tolerance}


def _says(found: Gauge) -> list[str]:
    says = [
        f"{found.parts} parts, {counted(found.appraisers, 'appraiser')}, {found.trials} trials each, crossed; by ANOVA (AIAG MSA, 4th ed.)."
    ]
    if found.appraisers == 1:
        says.append("There is one appraiser: nothing is said about reproducibility.")
    elif not math.isnan(found.p_interaction):
        did = "is kept" if found.p_interaction <= gauge.POOLED_ABOVE else "joins the repeatability"
        says.append(f"Interaction of parts and appraisers: p = {found.p_interaction:.3g}, it {did}.")
    if not found.tv > 0:
        return [*says, "The readings do not vary at all: there is nothing to judge."]
    against = "of the tolerance" if found.tolerance else "of the study"
    says.append(f"The gauge is {found.judged}: {gauge.GOOD:.0f} % {against} or less is good, more than {gauge.POOR:.0f} % not acceptable.")
    if found.ndc is not None and found.ndc < gauge.NDC:
        says.append(f"It tells {found.ndc} categories of these parts apart; at least {gauge.NDC} are wanted.")
    return says


def _plot(found: Gauge, title: str) -> str:
    from hil.history.plots import components

    return components(found, title)
