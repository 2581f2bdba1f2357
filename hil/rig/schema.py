"""JSON Schemas of rig and plan files, for editors; `python -m hil.rig.schema` writes them into rigs/ of a checkout."""

from __future__ import annotations

import json
from typing import Any

from hil import catalog, shipped
from hil.rig.model import Rig, Strict
from hil.rig.plan import LIMIT_NAMES
from hil.rig.planfile import PlanFile

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def rig_schema() -> dict[str, Any]:
    """Schema of rig files. Product names are offered from the catalog; `load` takes their other names too."""
    schema = _of(Rig, "rig")
    camera, host = schema["$defs"]["Camera"]["properties"], schema["$defs"]["Host"]["properties"]
    _offer(camera["module"], [module.name for module in catalog.modules()])
    _offer(camera["lens"], [lens.name for lens in catalog.lenses()])
    _offer(camera["port"], sorted({port for board in catalog.boards() for port in board.ports}))
    _offer(host["board"], [board.name for board in catalog.boards() if board.ports])
    bands = {"anyOf": [{"enum": [band.name for band in catalog.bands()]}, {"type": "string"}]}
    schema["properties"]["gnss"]["anyOf"] = [bands, {"type": "array", "items": bands}]
    return schema


def plan_schema() -> dict[str, Any]:
    """Schema of plan files."""
    schema = _of(PlanFile, "plan")
    schema["properties"]["limits"]["propertyNames"] = {"enum": list(LIMIT_NAMES)}
    return schema


def _of(model: type[Strict], title: str) -> dict[str, Any]:
    """The model's own schema, without what TOML lacks (null) and editors do not need (titles)."""
    schema: dict[str, Any] = _tidy(model.model_json_schema(mode="validation"))
    return {"$schema": _DRAFT, "title": title, **schema}


def _tidy(node: Any) -> Any:
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not _noise(key, value)}
    choices = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        kept |= choices[0]
    elif choices:
        kept["anyOf"] = choices
    return {key: _tidy(value) for key, value in kept.items()}


def _noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in (None, ""))


def _offer(field: dict[str, Any], names: list[str]) -> None:
    """Let an editor complete `names` without refusing others."""
    del field["type"]
    field["anyOf"] = [{"enum": names}, {"type": "string"}]


SCHEMAS = {"rig.schema.json": rig_schema, "plan.schema.json": plan_schema}


def text_of(name: str) -> str:
    """The committed text of one of `SCHEMAS`."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write both into the folder of the shipped rigs."""
    for name in SCHEMAS:
        (shipped.path("rigs") / name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
