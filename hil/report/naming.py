"""What a user's own test is called: pytest's node id taken apart for people."""

from __future__ import annotations

import re


def title(test: str) -> str:
    """File and function, without parameters: "test_mine.py::test_rate[gs-20]" -> "test_mine.py::test_rate"."""
    file, _, name = test.partition("::")
    bare = name.partition("[")[0]
    return f"{file}::{bare}" if bare else file


def function(test: str) -> str:
    """The function alone: "test_rate"."""
    return title(test).rpartition("::")[2]


def in_words(test: str) -> str:
    """The function and where it is: "test_rate in test_mine.py"."""
    file, _, name = title(test).partition("::")
    return f"{name} in {file}" if name else file


def parameters(test: str, subject: str = "") -> str:
    """What the test was called with, less the part of the rig, which is told apart anyway: "test_rate[gs-20]" of gs -> "20"."""
    inside = test.partition("[")[2].removesuffix("]")
    if inside == subject:
        return ""
    return inside.removeprefix(f"{subject}-").removesuffix(f"-{subject}") if subject else inside


_SOURCE = re.compile(r"\.{0,2}/(?:[^\s\"':/]+/)*[^\s\"':/]+\.py\b")


def without_folders(text: str) -> str:
    """A traceback whose source files are named from their package on: where they lie on a machine is nobody's business in a record."""
    return _SOURCE.sub(_from_package, text)


def _from_package(found: re.Match[str]) -> str:
    path = found[0]
    for package in ("/site-packages/", "/dist-packages/"):
        if package in path:
            return path.rpartition(package)[2]
    return f"hil/{path.rpartition('/hil/')[2]}" if "/hil/" in path else path.rpartition("/")[2]
