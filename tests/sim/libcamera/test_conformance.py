"""The stand-in against what was read from the real, compiled binding (libcamera_api.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

FACTS = json.loads(Path(__file__).with_name("libcamera_api.json").read_text())


def _all_classes(classes: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, facts in classes.items():
        yield path + name, facts
        yield from _all_classes(facts.get("classes", {}), f"{path}{name}.")


CLASSES = dict(_all_classes(FACTS["classes"]))
METHODS = [
    (f"{path}.{name}", text)
    for path, facts in CLASSES.items()
    for name, text in {**facts.get("methods", {}), **facts.get("static_methods", {})}.items()
    if name != "_pybind11_conduit_v1_"
]
PROPERTIES = [(f"{path}.{name}", facts) for path, each in CLASSES.items() for name, facts in each.get("properties", {}).items()]
ENUMS = [*FACTS["enums"].values(), *(enum for facts in CLASSES.values() for enum in facts.get("enums", {}).values())]
IDS = [*FACTS["control_ids"], *FACTS["property_ids"]]


def find(root: Any, path: str) -> Any:
    for name in path.split("."):
        root = getattr(root, name)
    return root


def masked(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x...", text)


def test_the_module_has_the_recorded_names(lc: Any) -> None:
    assert sorted(name for name in vars(lc) if not name.startswith("__")) == FACTS["module_all"]


def test_the_extension_module_has_the_recorded_names(lc: Any) -> None:
    assert sorted(name for name in vars(lc._libcamera) if not name.startswith("__")) == FACTS["_libcamera_dir"]


@pytest.mark.parametrize("path", CLASSES)
def test_a_class_is_named_based_and_hashed_as_recorded(lc: Any, path: str) -> None:
    cls, facts = find(lc, path), CLASSES[path]
    assert (cls.__module__, cls.__qualname__) == (facts["module"], facts["qualname"])
    assert [base.__name__ for base in cls.__bases__] == facts["bases"]
    assert (cls.__hash__ is not None) == facts["hashable"]
    assert ("__eq__" in vars(cls)) == facts["defines_eq"]


@pytest.mark.parametrize("path", CLASSES)
def test_a_class_has_no_public_name_that_was_not_recorded(lc: Any, path: str) -> None:
    facts = CLASSES[path]
    parts = ("methods", "static_methods", "properties", "static_properties", "classes", "enums", "controls", "constants")
    recorded = {name for part in parts for name in facts.get(part, {})}
    assert {name for name in vars(find(lc, path)) if not name.startswith("_")} <= recorded


@pytest.mark.parametrize(("path", "text"), METHODS, ids=[path for path, _ in METHODS])
def test_a_method_documents_itself_as_recorded(lc: Any, path: str, text: str) -> None:
    assert (find(lc, path).__doc__ or "").strip() == (text or "").strip()


@pytest.mark.parametrize(("path", "facts"), PROPERTIES, ids=[path for path, _ in PROPERTIES])
def test_a_property_is_writable_exactly_if_recorded_so(lc: Any, path: str, facts: dict[str, Any]) -> None:
    found = find(lc, path)
    assert isinstance(found, property)
    assert (found.fset is None) == facts["readonly"]


@pytest.mark.parametrize("facts", ENUMS, ids=[facts["qualname"] for facts in ENUMS])
def test_an_enumeration_has_the_recorded_members_and_texts(lc: Any, facts: dict[str, Any]) -> None:
    enum = find(lc, facts["qualname"])
    first = next(iter(facts["members"]))
    assert {name: int(value) for name, value in enum.__members__.items()} == facts["members"]
    assert (repr(getattr(enum, first)), str(getattr(enum, first))) == (facts["sample_repr"], facts["sample_str"])
    assert issubclass(enum, int) == facts["is_int_subclass"]


def test_there_is_no_enumeration_that_was_not_recorded() -> None:
    assert sorted(enum["qualname"] for enum in ENUMS) == sorted(FACTS["all_enums"])


@pytest.mark.parametrize("facts", IDS, ids=[facts["path"] for facts in IDS])
def test_an_id_is_as_recorded(lc: Any, facts: dict[str, Any]) -> None:
    found = find(lc, facts["path"])
    shown = {name: getattr(found, name) for name in ("id", "name", "vendor", "isArray")}
    assert shown == {name: facts[name] for name in shown}
    assert (found.type.name, found.size) == (facts["type"], facts["size_raw"])
    assert (repr(found), str(found)) == (facts["repr"], facts["str"])
    assert {str(value): name for value, name in found.enumerators().items()} == facts["enumerators"]


@pytest.mark.parametrize("name", FACTS["formats"])
def test_a_format_has_the_recorded_code_and_modifier(lc: Any, name: str) -> None:
    found, facts = getattr(lc.formats, name), FACTS["formats"][name]
    assert (found.fourcc, found.modifier, str(found)) == (facts["fourcc"], facts["modifier"], facts["str"])
    assert lc.PixelFormat(name) == found


def test_every_recorded_behaviour_is_reproduced_in_order(lc: Any, cm: Any) -> None:
    session = Session(lc, cm)
    for facts in FACTS["behaviours"]:
        session.prepare(facts["expr"])
        assert session.observe(facts["expr"]) == expected(facts), facts["expr"]


def expected(facts: dict[str, Any]) -> dict[str, str]:
    """What was recorded, with the addresses and the run's own timestamp left out."""
    return {key: masked(text) for key, text in facts.items() if key in ("type", "repr", "str", "raises", "message")}


class Session:
    """The recording's variables. It noted expressions only; `STEPS` are the statements that must have stood between them."""

    STEPS: ClassVar = {
        "cfg.at(0)": "cfg = cfgp()",
        "cfg.at(0).stream": "cam.configure(cfg); alloc = L.FrameBufferAllocator(cam); alloc.allocate(cfg.at(0).stream)",
        "bufs[0].planes[0].length": "bufs = alloc.buffers(cfg.at(0).stream)",
        "req.add_buffer(cfg.at(0).stream,bufs[1])": "req = cam.create_request(7); req.add_buffer(cfg.at(0).stream, bufs[0])",
        "cam.configure(cfg)": "cam.start(); cam.queue_request(req)",
        "cam.queue_request(req2)": "again = got[0]; req2 = cam.create_request(); cam.queue_request(again)",
    }

    def __init__(self, lc: Any, cm: Any) -> None:
        self.names: dict[str, Any] = {"L": lc, "cm": cm, "cam": cm.get("Virtual1"), "cfgp": self._configuration, "wait": self._wait}
        self.done: set[str] = set()

    def _configuration(self) -> Any:
        return self.names["cam"].generate_configuration([self.names["L"].StreamRole.Viewfinder])

    def _wait(self) -> int:
        self.names["got"] = self.names["cm"].get_ready_requests()
        return len(self.names["got"])

    def prepare(self, expression: str) -> None:
        if expression in self.STEPS and expression not in self.done:
            self.done.add(expression)
            exec(self.STEPS[expression], self.names)

    def observe(self, expression: str) -> dict[str, str]:
        try:
            value = eval(expression, self.names)
        except Exception as error:
            return {"raises": type(error).__name__, "message": masked(str(error))}
        return {"type": type(value).__name__, "repr": masked(repr(value)), "str": masked(str(value))}
