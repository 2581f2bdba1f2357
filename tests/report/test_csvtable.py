"""The measurements as CSV: what a spreadsheet and a script get."""

import csv
import io

import pytest

from hil.report import build
from hil.report.csvtable import csv_table
from hil.report.files import sealed


def rows(*records):
    return list(csv.DictReader(io.StringIO(csv_table(*records), newline="")))


def test_there_is_a_row_for_each_measurement_with_its_run(story):
    record = sealed(build(story.failing()))
    told = rows(record)
    assert len(told) == len(record["measurements"])
    assert {one["unit"] for one in told} >= {"Hz"}
    assert {one["serial"] for one in told} == {"CM3-0042"}
    assert {one["run_verdict"] for one in told} == {"FAIL"}


def test_figures_are_unrounded_and_read_back_exactly(story):
    record = sealed(build(story.passing()))
    assert [float(one["value"]) for one in rows(record)] == [one["value"] for one in record["measurements"]]


def test_lines_end_as_rfc_4180_has_it(story):
    text = csv_table(sealed(build(story.passing())))
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_becomes_a_formula_in_a_spreadsheet(story, evil):
    record = {**sealed(build(story.passing())), "unit": evil}
    assert rows(record)[0]["serial"] == f"'{evil}"


def test_a_negative_number_stays_a_number(story):
    record = sealed(build(story.passing()))
    record["measurements"][2] |= {"value": -5.5, "lower": "-Infinity"}
    assert (rows(record)[2]["value"], rows(record)[2]["lower"]) == ("-5.5", "-Infinity")


@pytest.mark.parametrize("serial", ['a"b', "a,b", "a\u2028b", "\N{PILE OF POO}"])
def test_any_serial_number_comes_back_as_it_was(story, serial):
    assert rows({**sealed(build(story.passing())), "unit": serial})[0]["serial"] == serial
