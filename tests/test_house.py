"""Rules of the house that hold for every file."""

import ast
import re
from pathlib import Path

import pytest

import hil

ROOT = Path(__file__).resolve().parents[1]
VIRTUAL_TIME = ("tests/programs/", "tests/sim/world/", "benchmarks/")
"""Programs as a user writes them, and the tests of what becomes of their sleep; benchmarks have a stopwatch."""
CODE = sorted(path for folder in ("hil", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
REAL_TIME = {"hil/clock.py", "hil/sim/pace.py", "hil/sim/supervision.py", "hil/sim/edge/calendar.py"}
"""The real-time clock, the supervision of threads and processes, and what those outside a simulated run see of the date."""

CALLS = re.compile(r"^time\.(sleep|time|time_ns)\(|^datetime\.now\(|^np\.random\.(rand|randn|seed|normal|random)\(|^random\.random\(")


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in CODE if not name(p).startswith(VIRTUAL_TIME)], ids=name)
def test_no_wall_clock_no_sleep_no_unseeded_chance(path):
    tree = ast.parse(path.read_text())
    called = {ast.unparse(node.func) + "(" for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert name(path) in REAL_TIME or not [call for call in called if CALLS.search(call)]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_file_says_what_it_is_for(path):
    assert not path.read_text().strip() or ast.get_docstring(ast.parse(path.read_text()))


def test_there_is_one_version_and_the_changelog_knows_it():
    assert f"## {hil.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_importing_the_package_imports_none_of_its_rooms():
    import subprocess
    import sys

    code = "import sys, hil; print([m for m in sys.modules if m.startswith('hil.') or m in ('numpy', 'pydantic', 'picamera2')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
