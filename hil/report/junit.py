"""JUnit XML of a record: one test case per test, every measurement a property, what was planned and not run a skipped case.

JUnit has no word for limits or uncertainty, so they are properties as text; its "error" is a broken rig, its "failure" a failed unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from hil.report.headline import headline
from hil.report.quantity import figures_of
from hil.report.verdict import counts_as

Told = Mapping[str, Any]
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(*records: Told) -> str:
    """The whole file, a suite for each record."""
    root = ET.Element("testsuites")
    root.extend(_suite(record) for record in records)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(record: Told) -> ET.Element:
    """A run without tests has one case, named after the verdict, so that no CI takes nothing for a success."""
    made: dict[str, list[Told]] = {}
    for one in record["measurements"]:
        made.setdefault(one["test"] or "", []).append(one)
    cases = [_case(test, made.get(test["test"], [])) for test in record["tests"]]
    cases += [_verdict_case(record)] if not any(_is_bad(case) for case in cases) and counts_as(record) != "PASS" else []
    suite = ET.Element("testsuite", _suite_attributes(record, cases))
    _properties(suite, _facts(record))
    suite.extend(cases)
    return suite


def _suite_attributes(record: Told, cases: Sequence[ET.Element]) -> dict[str, str]:
    found = {kind: sum(1 for case in cases if case.find(kind) is not None) for kind in ("failure", "error", "skipped")}
    attributes = {"name": record["rig"] or "hil", "tests": len(cases), "failures": found["failure"], "errors": found["error"]}
    attributes |= {"skipped": found["skipped"], "time": _seconds(record["time"]["wall_s"])}
    attributes |= {"timestamp": (record["started"] or "").removesuffix("Z"), "hostname": record["station"].get("id") or ""}
    return {key: _text(value) for key, value in attributes.items()}


def _facts(record: Told) -> list[tuple[str, Any]]:
    plan = record["plan"]
    facts = [("verdict", record["verdict"]), ("headline", record["headline"]), ("rig", record["rig"]), ("unit", record["unit"])]
    facts += [("simulated", record["simulated"]), ("seed", record["seed"]), ("plan", f"{plan.get('name')}/{plan.get('version')}")]
    facts += [("plan.sha256", plan.get("sha256")), *((f"version.{name}", text) for name, text in record["versions"].items())]
    return facts + [("not_said", text) for text in record["not_said"]]


def _case(test: Told, made: Sequence[Told]) -> ET.Element:
    file, _, name = test["test"].partition("::")
    case = ET.Element("testcase", {"classname": _text(file), "name": _text(name or file), "time": _seconds(test["wall_s"])})
    _properties(case, [(_name(one), _measured(one)) for one in made])
    _result(case, test, [one for one in made if one["verdict"] in ("FAIL", "ERROR", "INVALID")])
    return case


def _name(one: Told) -> str:
    return " ".join(part for part in (one["name"], one["subject"], one["mode"]) if part)


def _measured(one: Told) -> str:
    """A measurement as text: "56.0229 Hz, U 0.0034, limits 56.0117 .. 56.0341, PASS"."""
    texts = figures_of(one)
    parts = [f"{texts.value} {texts.unit}".strip(), f"U {texts.U}" if texts.U else "", f"limits {texts.limits}" if texts.limits else ""]
    return ", ".join(part for part in (*parts, one["verdict"] or "recorded") if part)


def _result(case: ET.Element, test: Told, bad: Sequence[Told]) -> None:
    if test["outcome"] == "error" or any(one["verdict"] != "FAIL" for one in bad):
        _child(case, "error", test, bad)
    elif test["outcome"] == "failed" or bad:
        _child(case, "failure", test, bad)
    elif test["outcome"] in ("skipped", "not run"):
        ET.SubElement(case, "skipped", {"message": _text(test["reason"] or "not run; it does not count as passed")})


def _child(case: ET.Element, kind: str, test: Told, bad: Sequence[Told]) -> None:
    told = [f"{_name(one)}: {_measured(one)}" for one in bad]
    message = "; ".join(told) or test["reason"] or kind
    child = ET.SubElement(case, kind, {"message": _text(message), "type": "AssertionError" if kind == "failure" else "RigError"})
    child.text = _text(test["traceback"] or test["reason"] or message)


def _verdict_case(record: Told) -> ET.Element:
    """For what no test stands for: a rig that did not open, a run that broke off."""
    case = ET.Element("testcase", {"classname": "verdict", "name": _text(record["verdict"]), "time": "0.000"})
    kind = "failure" if counts_as(record) == "FAIL" else "error"
    ET.SubElement(case, kind, {"message": _text(headline(record)), "type": _text(record["verdict"])})
    return case


def _is_bad(case: ET.Element) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def _properties(parent: ET.Element, facts: Sequence[tuple[str, Any]]) -> None:
    if facts:
        holder = ET.SubElement(parent, "properties")
        for name, value in facts:
            ET.SubElement(holder, "property", {"name": _text(name), "value": _text("" if value is None else value)})


def _seconds(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "0.000"


def _text(value: Any) -> str:
    """Text without the characters that XML 1.0 forbids."""
    return _NOT_XML.sub("\ufffd", str(value))
