"""What a user's own test is called: pytest's node id taken apart for people."""

from __future__ import annotations


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
