"""Pages about the tree agree with the tree: what they name is there, what they show compiles, what is generated is current."""

import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from hil.cli import simulate

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), *ROOT.glob("rigs/*.md"), *ROOT.glob("tests/acceptance/plans/*.md")])
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_TREE = re.compile(r"`((?:hil|rigs|tests|fixtures|examples|docs|reports)/[\w./-]*)`")
TO_BE_WRITTEN = {"hil/checks/steadiness.py", "tests/acceptance/test_steadiness.py", "hil/catalog/data/sensors/NAME.toml"}
"""What docs/add-a-*.md asks the reader for."""


def name(path):
    return str(path.relative_to(ROOT))


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    for target, anchor in _LINK.findall(page.read_text()):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_is_named_is_there(page):
    named = set(_TREE.findall(page.read_text())) - TO_BE_WRITTEN
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=name)
def test_every_block_can_be_read(page, blocks):
    for block in blocks(page.name):
        if block.kind == "python":
            compile(block.text, f"{page.name}: {block.file}", "exec")
        elif block.kind == "toml":
            tomllib.loads(block.text)


def test_the_check_that_is_shown_fits_into_the_house(blocks, monkeypatch):
    for block in blocks("add-a-check.md"):
        if block.kind == "python":
            module = ModuleType(Path(block.file or "shown").stem)
            monkeypatch.setitem(sys.modules, f"hil.checks.{module.__name__}", module)
            monkeypatch.setattr(f"hil.checks.{module.__name__}", module, raising=False)
            exec(block.text, vars(module))


def test_the_list_of_assumptions_is_current():
    page = ROOT / "docs/assumptions.md"
    assert page.read_text() == simulate.assumptions(), "hil sim assumptions > docs/assumptions.md"
