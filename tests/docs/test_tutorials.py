"""The pages that a reader follows at a terminal: every command is run as it stands, and prints what the page says.

A line `…` stands for any lines, `…` within a line for any text: times of day, seconds of computing, folders named after them.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLLOWED = ("first-hour-without-hardware.md", "first-hour-at-a-bench.md", "add-a-rig.md", "station.md", "line.md")


@pytest.fixture
def terminal(tmp_path):
    """`terminal(command)`: what it prints, in an empty folder of its own; `$?` is the status of the command before."""
    quiet = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "FORCE_COLOR"))} | quiet
    status = 0

    def run(command):
        nonlocal status
        argv = ["bash", "-c", f"(exit {status}); {command}"]
        done = subprocess.run(
            argv, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False
        )
        status = done.returncode
        return done.stdout

    return run


@pytest.mark.parametrize("page", FOLLOWED)
def test_whoever_follows_the_page_sees_what_it_says(page, blocks, terminal, tmp_path):
    for block in blocks(page):
        if block.file:
            (tmp_path / block.file).write_text(block.text)
        elif block.kind == "console":
            for command, said in commands(block.text):
                printed = lines(terminal(command))
                if not re.fullmatch(pattern(said), printed):
                    pytest.fail(f"{page}: $ {command}\n--- prints\n{printed}--- the page says\n{said}", pytrace=False)


def commands(text):
    """Each command of a block with what the page says it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        yield command, lines(said)


def lines(text):
    """Without what nobody sees: blanks at the ends of lines, blank lines at the end."""
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).rstrip("\n")
    return text + "\n" if text else ""


def pattern(said):
    """A regular expression for what a page says: after a line `…` the next lines are looked for where they come first, and only there."""
    first, *rest = [[line_pattern(line) for line in part.splitlines()] for part in re.split(r"^…$\n", said, flags=re.MULTILINE)]
    skipped = [r"(?:.*\n)*?" + "".join(part) for part in rest]
    return "".join(first) + "".join(f"(?>{part})" for part in skipped[:-1]) + "".join(skipped[-1:])


def line_pattern(line):
    return re.escape(line).replace("…", ".*") + r"\n"
