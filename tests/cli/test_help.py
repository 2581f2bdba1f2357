"""`hil --help`: every command once, under a heading, with a whole sentence."""

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from hil.cli.listing import SECTIONS
from hil.cli.main import app

COMMANDS = [name for names in SECTIONS.values() for name in names]


@pytest.fixture(scope="module")
def shown():
    return CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).output


def test_every_command_stands_in_one_section():
    assert sorted(COMMANDS) == sorted(get_command(app).commands)


def test_the_first_hour_comes_first(shown):
    headings = [line.rstrip(":") for line in shown.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings[-len(SECTIONS) :] == list(SECTIONS)
    listed = shown.split("The first hour:")[1].splitlines()
    assert [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "] == COMMANDS


def test_no_sentence_is_cut_short(shown):
    assert "..." not in shown.split("The first hour:")[1]
    assert "say what to fix and how." in " ".join(shown.split())
