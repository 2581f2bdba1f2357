"""Two equal runs are equal, whatever may vary between them; anything else is told."""

import copy
import json

import pytest

from hil.errors import UserError
from hil.report import build, diff, schema
from hil.report.diff import constant, differences
from hil.report.jsontext import document


def changed(record, change):
    other = copy.deepcopy(record)
    change(other)
    return differences([record], [other])


def test_equal_runs_differ_in_nothing_but_marked_parts(story):
    record = build(story.passing())

    def elsewhere(other):
        other["started"], other["time"]["wall_s"] = "2027-01-01T00:00:00Z", 3.0
        other["station"], other["versions"] = {"id": "ST-02"}, {"python": "3.13"}
        other["attempt"], other["operator"], other["seal"]["sha256"] = 2, "N. N.", "ab" * 32
        other["certificate"]["number"] = "ST-02-000007"
        other["rig_file"]["path"] = "/elsewhere.toml"
        other["tests"][0]["wall_s"], other["tests"][0]["traceback"] = 9.0, "0x7f"

    assert changed(record, elsewhere) == []


def test_every_marked_part_is_left_out_and_no_other(story):
    record = build(story.passing())
    marked = {name for name, about in schema()["properties"].items() if about.get("x-varies")}
    assert set(record) - set(constant(record)) == marked


def test_a_value_that_differs_is_named_with_its_measurement(story):
    record = build(story.passing())

    def slower(other):
        other["measurements"][2]["value"] = 14.0

    (line,) = changed(record, slower)
    assert line.startswith('measurements frame_rate cm3 4608x2592 {"frames": 200} test_frame_rate.py')
    assert line.endswith(".value: 14.353643535000002 -> 14.0")


def test_a_missing_measurement_shifts_no_other(story):
    record = build(story.passing())
    lines = changed(record, lambda other: other["measurements"].pop(0))
    assert [line for line in lines if line.startswith("measurements")] == [
        "measurements identity cm3 test_identity.py::test_identity[]: only in A"
    ]


def test_another_order_is_a_difference(story):
    record = build(story.passing())
    assert changed(record, lambda other: other["measurements"].reverse()) == ["measurements: in another order"]


def test_a_number_is_not_a_word_and_an_integer_not_a_float(story):
    record = build(story.passing())

    def retyped(other):
        other["measurements"][0]["value"] = 1

    assert len(changed(record, retyped)) == 1


def test_of_a_curve_the_first_difference_is_told(story):
    record = build(story.passing())

    def bent(other):
        series = other["measurements"][2]["series"]
        series["y"] = [value + 1 for value in series["y"]]

    (line,) = changed(record, bent)
    assert line.endswith("(and 16 more)")


def test_files_arrays_and_folders_are_compared_alike(tmp_path, story):
    record = build(story.passing())
    (tmp_path / "one.json").write_text(document(record))
    (tmp_path / "all.json").write_text(document([record]))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "record.json").write_text(json.dumps(record, allow_nan=False))
    assert diff(tmp_path / "one.json", tmp_path / "all.json") == diff(tmp_path / "all.json", tmp_path / "run") == []


def test_a_rig_that_only_one_side_ran_is_told(story):
    record = build(story.passing())
    assert differences([record, record], [record]) == ["camera-module-3: only in A"]


def test_two_files_without_a_record_are_not_equal_runs(tmp_path):
    (tmp_path / "none.json").write_text("[]")
    with pytest.raises(UserError, match="no record in it"):
        diff(tmp_path / "none.json", tmp_path / "none.json")
