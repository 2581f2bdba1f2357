"""Answers of the history on a terminal."""

import pytest

from hil.cli.answer import Answer, Output, Sheet

SHEET = Sheet(("characteristic", "mode"), [("exposure_advertised_max", "1456x1088"), ("frame_rate", "1456x1088")])


@pytest.mark.parametrize(
    ("columns", "said"),
    [("80", ["exposure_advertised_max  1456x1088", "frame_rate"]), ("30", ["exposure_       1456x1088", "advertised_max", "frame_rate"])],
)
def test_a_name_too_long_for_the_terminal_is_broken_between_its_words(columns, said, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)

    Output().write(Answer("2 characteristics", [SHEET]))

    lines = capsys.readouterr().out.splitlines()[3:]
    assert all(line.startswith(begin) for line, begin in zip(lines, said, strict=True))
