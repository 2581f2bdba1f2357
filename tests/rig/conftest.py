"""A working directory with one rig of one's own in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil.errors import UserError
from hil.rig import load, load_plan

MINE = """\
name = "mine"
unit = "sink"

[hosts]
pi5 = { board = "Raspberry Pi 5", connect = "local" }
pi4 = { board = "Raspberry Pi 4", connect = "ssh:pi4.local" }

[cameras]
sink = { module = "HQ Camera (CS)", host = "pi5", port = "CAM1" }
"""


@pytest.fixture
def mine() -> str:
    """The text of a healthy rig: line 5 and 6 have the hosts, line 9 the camera."""
    return MINE


@pytest.fixture
def faults_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What `load` says about the text of a rig at rigs/mine.toml, line by line; nothing where it likes it."""
    return lambda text: _faults(tmp_path, monkeypatch, "rigs/mine.toml", text, load)


@pytest.fixture
def plan_faults_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What `load_plan` says about the text of a plan at mine.toml."""
    return lambda text: _faults(tmp_path, monkeypatch, "mine.toml", text, load_plan)


def _faults(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, reader: Callable[[str], object]) -> list[str]:
    monkeypatch.chdir(folder)
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    try:
        reader(name)
    except UserError as error:
        return str(error).splitlines()
    return []
