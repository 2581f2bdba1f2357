"""The catalog as plain JSON: every fact an object with value, unit, source, evidence and whether it is judged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hil import catalog
from hil.catalog.facts import Fact, Value
from hil.catalog.sensor_types import Generation, Mode, Sensor
from hil.catalog.types import Board, Discrepancy, Lens, Module


def as_json(module: str | None = None) -> dict[str, Any]:
    """One module with its sensor, or everything; ready for `json.dumps`. An unknown module is a UserError."""
    if module is not None:
        return _module(catalog.module(module))
    return {
        "modules": [_module(each) for each in catalog.modules()],
        "boards": [_board(each) for each in catalog.boards()],
        "lenses": [_lens(each) for each in catalog.lenses()],
        "bands": [{"name": each.name, "aliases": list(each.aliases), "centre_hz": _fact(each.fact)} for each in catalog.bands()],
        "discrepancies": [_discrepancy(each) for each in catalog.discrepancies()],
        "sources": {key: {"title": each.title, "where": each.where} for key, each in catalog.sources().items()},
    }


def _module(module: Module) -> dict[str, Any]:
    return {
        "name": module.name,
        "aliases": list(module.aliases),
        "libcamera_model": module.libcamera_model,
        "mounts": list(module.mounts),
        "facts": _facts(module.facts),
        "page": _facts(module.page),
        "page_rates": [
            {"text": rate.text, "size": list(rate.size), "at_least_hz": rate.fps, "hdr": rate.hdr} for rate in module.page_rates
        ],
        "discrepancies": [_discrepancy(one) for one in module.discrepancies],
        "warnings": [{"id": one.id, "kind": one.kind, "text": one.text} for one in catalog.warnings() if one.concerns(module)],
        "documents": [{"title": one.title, "kind": one.kind, "url": one.url} for one in catalog.documents() if one.concerns(module)],
        "sensor": _sensor(catalog.sensor(module.sensor)),
    }


def _sensor(sensor: Sensor) -> dict[str, Any]:
    return {
        "name": sensor.name,
        "title": sensor.title,
        "usual_generation": sensor.usual_generation,
        "facts": _facts(sensor.facts),
        "generations": [_generation(each) for each in sensor.generations],
    }


def _generation(generation: Generation) -> dict[str, Any]:
    return {
        "name": generation.name,
        "title": generation.title,
        "told_by": generation.told_by,
        "modes": [_mode(mode) for mode in generation.modes],
    }


def _mode(mode: Mode) -> dict[str, Any]:
    return {
        "mode": mode.key,
        "mode_with_bits": mode.key_bits,
        "fps_tolerance_ppm": mode.fps_tolerance_ppm,
        "exposure_max_tested_us": mode.exposure_max_tested_us,
        "facts": _facts(mode.facts),
    }


def _board(board: Board) -> dict[str, Any]:
    return {"name": board.name, "aliases": list(board.aliases), "ports": list(board.ports), "facts": _facts(board.facts)}


def _lens(lens: Lens) -> dict[str, Any]:
    return {"name": lens.name, "aliases": list(lens.aliases), "facts": _facts(lens.facts)}


def _discrepancy(one: Discrepancy) -> dict[str, Any]:
    return {
        "id": one.id,
        "topic": one.topic,
        "modules": list(one.modules),
        "page": _fact(one.page),
        "established": _fact(one.established),
        "consequence": one.consequence,
    }


def _facts(facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: _fact(fact) for name, fact in facts.items()}


def _fact(fact: Fact) -> dict[str, Any]:
    said = {"value": _plain(fact.value), "unit": fact.unit, "source": fact.source, "evidence": fact.evidence, "judged": fact.judged}
    return said | {key: text for key, text in (("text", fact.text), ("note", fact.note)) if text}


def _plain(value: Value) -> Any:
    """JSON has no infinity; the page's depth of field does."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return "infinity" if isinstance(value, float) and math.isinf(value) else value
