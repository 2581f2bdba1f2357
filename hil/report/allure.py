"""Allure as a view: steps, parameters and pictures inside the running test, and what its report shows beside them.

Allure knows no limits and may hide a unit behind another one of the same test ("retry"), so it never decides anything; the journal does.
Each function does nothing if allure-pytest is not at work, so that nobody has to ask first.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, cast

from hil.report.events import Event
from hil.report.headline import measured
from hil.report.jsontext import document
from hil.report.pictures import curve, verdict_of_curve
from hil.report.quantity import figures_of, label
from hil.report.verdict import of_measurement

RESULTS = "allure-results"
_SEVERITY = {"identity": "blocker", "modes": "critical", "frame_rate": "critical", "exposure": "critical"}


def at_work() -> bool:
    """Whether allure-pytest writes results in this run (`--alluredir`): then it has put a listener into allure's own plugin manager."""
    commons = sys.modules.get("allure_commons")
    return commons is not None and any(hasattr(plugin, "start_step") for plugin in commons.plugin_manager.get_plugins())


def step(title: str) -> AbstractContextManager[Any]:
    """A named part of the test; nestable."""
    if not at_work():
        return nullcontext()
    import allure

    return cast("AbstractContextManager[Any]", allure.step(title))


def unit_parameter(serial: str | None) -> None:
    """Tell the running test's unit: a parameter and not excluded, or two units' results would be taken for retries of one test."""
    if at_work():
        import allure

        allure.dynamic.parameter("unit", serial or "not given")


def labels(rig: str, check: str, subject: str = "") -> None:
    """Group the running test: rig, check and subject as epic, feature and story."""
    if not at_work():
        return
    import allure

    dynamic: Any = allure.dynamic  # partly untyped in allure-python-commons 2.16
    dynamic.epic(rig)
    dynamic.feature(label(check) or "own tests")
    dynamic.severity(_SEVERITY.get(check, "normal"))
    if subject:
        dynamic.story(subject)


def measurement(event: Event, unit_parts: Sequence[str] = ()) -> None:
    """One step for a measurement event: "frame rate = 56.0229 ± 0.0034 Hz [56.0117 .. 56.0341]", red if it fails."""
    # The step takes the exception and is marked; whether the test fails is for the test to say.
    with suppress(_OutsideLimitsError, _NotUsableError), step(title(event)):
        for name in ("method", "source", "rule"):
            if event.get(name):
                with step(f"{name}: {event[name]}"):
                    pass
        _raise_for(of_measurement(event, unit_parts), event)


def pictures(events: Iterable[Event]) -> None:
    """Attach a picture of each measured curve (interval histogram, exposure fit) and the curve itself as JSON."""
    if not at_work():
        return
    told = list(events)
    for event in told:
        if event.get("series"):
            attach(title(event), curve(event, verdict_of_curve(event, told)), "image/svg+xml")
            attach(f"{title(event)}: data", document(event["series"]), "application/json")


def attach(name: str, content: bytes | str, mime: str = "image/png") -> None:
    """Attach anything to the running test; an unknown MIME type becomes plain text."""
    if not at_work():
        return
    import allure

    kinds = {kind.mime_type: kind for kind in allure.attachment_type}
    allure.attach(content, name=name, attachment_type=kinds.get(mime, allure.attachment_type.TEXT))


def environment(results: Path, record: Mapping[str, Any]) -> None:
    """Write environment.properties: what the report shows as its metadata."""
    plan = record["plan"]
    facts = {"verdict": record["verdict"], "measured": measured(record), "rig": record["rig"], "unit": record["unit"] or "not given"}
    facts |= {
        "simulated": f"yes, seed {record['seed']}" if record["simulated"] else "no",
        "plan": f"{plan.get('name')}/{plan.get('version')}",
    }
    facts |= {"plan.sha256": plan.get("sha256", ""), **{f"version.{name}": text for name, text in record["versions"].items()}}
    lines = [f"{_escaped(name)}={_escaped(text)}" for name, text in facts.items()]
    (results / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")


def title(event: Event) -> str:
    """A measurement in one line."""
    texts = figures_of(event)
    value = " ".join(part for part in (texts.value, f"± {texts.U}" if texts.U else "", texts.unit) if part)
    where = f" at {event['mode']}" if event["mode"] else ""
    return f"{label(event['name'], event['unit'])}{where} = {value}" + (f" [{texts.limits}]" if texts.limits else "")


class _OutsideLimitsError(AssertionError):
    """Makes a step "failed"."""


class _NotUsableError(Exception):
    """Makes a step "broken"."""


def _raise_for(verdict: str | None, event: Event) -> None:
    reason = event.get("reason") or f"{title(event)}: {verdict}"
    if verdict == "FAIL":
        raise _OutsideLimitsError(reason)
    if verdict in ("ERROR", "INVALID"):
        raise _NotUsableError(reason)


def _escaped(text: object) -> str:
    """A key or value of a Java properties file: one line."""
    return str(text).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("=", "\\=").replace(":", "\\:")
