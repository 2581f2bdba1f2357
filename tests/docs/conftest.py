"""What the pages of docs/ consist of: prose, and fenced blocks that can be run, compiled or loaded."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
_FENCE = re.compile(r"^```(?P<kind>\S+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    kind: str
    """ "console", "python", ..."""
    file: str | None
    """Where the reader is to save it: ```python file=test_mine.py."""
    text: str


@pytest.fixture(scope="session")
def blocks():
    """`blocks("first-hour-at-a-bench.md")`: the fenced blocks of a page, in order."""
    return lambda page: [Block(**found.groupdict()) for found in _FENCE.finditer((DOCS / page).read_text())]
