"""The record: its verdict, what is missing in it, and its published schema."""

import json

import jsonschema
import pytest

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import PlannedTest, build, events, exit_status, schema, worst_status
from hil.report.jsontext import document

STORIES = {
    "passing": ("PASS", 0),
    "failing": ("FAIL", 1),
    "failing_with_a_cause": ("FAIL", 1),
    "broken": ("ERROR", 3),
    "interrupted": ("INCOMPLETE", 130),
}
IN_LIMITS = Limit(0.0, 2.0, "V")


def volts(value=1.0, u=0.01, *, subject="cm3", test="test_a", attempt=1):
    made = Measurement("volts", value, "V", u)
    return events.measurement(made, judge(made, IN_LIMITS), IN_LIMITS, test=test, subject=subject, attempt=attempt)


def told(story, *middle, planned=("volts",), **end):
    plan = events.planned([PlannedTest("test_a", "volts", "cm3", "", planned)])
    return [story.opening(), plan, *middle, events.end(rig_s=1.0, wall_s=1.0, **end)]


@pytest.mark.parametrize("name", STORIES)
def test_each_story_ends_in_its_verdict_and_exit_status(story, name):
    record = build(getattr(story, name)())
    assert (record["verdict"], exit_status(record)) == STORIES[name]


@pytest.mark.parametrize("name", STORIES)
def test_each_record_is_what_the_schema_says(story, name):
    jsonschema.validate(json.loads(document(build(getattr(story, name)()))), schema())


def test_an_empty_journal_gives_a_record_too():
    record = build([])
    jsonschema.validate(json.loads(document(record)), schema())
    assert record["verdict"] == "INCOMPLETE"


def test_nothing_inside_a_measurement_may_vary_between_equal_runs():
    assert "x-varies" not in json.dumps(schema()["$defs"]["measurement"])
    assert "x-varies" not in schema()["properties"]["measurements"]


def test_a_planned_measurement_that_was_not_made_is_not_run_and_the_unit_incomplete(story):
    record = build(told(story, volts(), events.outcome("test_a", "passed"), planned=("volts", "amperes")))
    assert record["verdict"] == "INCOMPLETE"
    assert [one["name"] for one in record["not_run"]] == ["amperes"]
    assert record["counts"]["planned"] == 2


def test_what_a_failure_stopped_is_not_run_and_the_verdict_stays_fail(story):
    record = build(told(story, volts(3.0), events.outcome("test_a", "failed"), planned=("volts", "amperes")))
    assert record["verdict"] == "FAIL"
    assert len(record["not_run"]) == 1


def test_a_skipped_required_test_makes_the_unit_incomplete(story):
    record = build(told(story, volts(test="test_b"), events.outcome("test_a", "skipped", reason="no lamp"), planned=()))
    assert record["verdict"] == "INCOMPLETE"
    assert record["headline"].endswith("no lamp")


def test_what_is_not_required_may_be_absent(story):
    optional = PlannedTest("test_a", "volts", "cm3", "", ("volts",), required=False)
    record = build([story.opening(), events.planned([optional]), volts(test="test_b"), events.end(rig_s=1.0, wall_s=1.0)])
    assert record["verdict"] == "PASS"
    assert record["not_run"] == []


def test_nothing_measured_is_never_a_pass(story):
    assert build(told(story, events.outcome("test_a", "passed"), planned=()))["verdict"] == "INCOMPLETE"
    assert build([story.opening(), events.planned([]), events.end(rig_s=1.0, wall_s=1.0)])["verdict"] == "ERROR"


def test_a_failure_outside_the_unit_is_the_rigs_error(story):
    record = build(told(story, volts(), volts(3.0, subject="golden", test="test_b"), events.outcome("test_a", "passed")))
    assert record["verdict"] == "ERROR"
    assert record["measurements"][1]["verdict"] == "ERROR"


def test_a_failure_of_a_pair_is_the_units_only_if_both_are_under_test(story):
    assert build(told(story, volts(), volts(3.0, subject="cm3+golden")))["verdict"] == "ERROR"


def test_a_value_that_is_no_number_is_an_error(story):
    record = build(told(story, volts(float("nan"))))
    assert record["verdict"] == "ERROR"
    assert json.loads(document(record))["measurements"][0]["value"] == "NaN"


def test_a_better_second_attempt_does_not_undo_the_first(story):
    record = build(told(story, volts(3.0), volts(1.0, attempt=2), events.outcome("test_a", "passed")))
    assert record["verdict"] == "FAIL"
    assert record["counts"]["measured"] == 1


def test_an_unexpected_exception_is_an_error_with_its_reason(story):
    record = build(told(story, volts(3.0), events.outcome("test_a", "error", reason="KeyError: 'x'\nmore")))
    assert record["verdict"] == "ERROR"
    assert record["headline"] == "KeyError: 'x'"


def test_a_bare_assertion_fails_the_unit_and_leaves_a_diagnosis(story):
    record = build(told(story, volts(), events.outcome("test_a", "failed", reason="assert 3 == 4")))
    assert record["verdict"] == "FAIL"
    assert record["diagnoses"][0]["says"] == "assert 3 == 4"


def test_a_finding_decides_nothing(story):
    record = build(told(story, volts(), events.diagnosis("gnss", says="450 MHz is near GPS L1"), events.outcome("test_a", "passed")))
    assert record["verdict"] == "PASS"


def test_a_diagnosis_of_the_unit_fails_it_and_of_the_rig_does_not(story):
    about = {"cm3": "FAIL", "cm3 2304x1296 HDR": "FAIL", "pi5": "ERROR", "": "FAIL"}
    for where, verdict in about.items():
        assert build(told(story, volts(), events.diagnosis("x", severity="fail", where=where)))["verdict"] == verdict


def test_what_cannot_be_said_is_said_once(story):
    record = build(told(story, events.not_said("light"), events.not_said("light"), volts()))
    assert record["not_said"] == ["light"]


def test_equal_runs_have_equal_bytes_in_their_measurements(story):
    first, second = (document(build(story.passing())["measurements"]) for _ in range(2))
    assert first == second


def test_ten_thousand_measurements_make_one_record(story):
    record = build(story.many(10_000))
    assert record["verdict"] == "PASS"
    assert record["counts"]["measured"] == 10_000


def test_a_conditional_pass_is_accepted_only_by_a_plan_that_says_so():
    record = {"verdict": "COND_PASS", "plan": {}}
    assert exit_status(record) == 1
    assert exit_status({**record, "plan": {"accepts": ["COND_PASS"]}}) == 0


def test_the_worst_exit_status_is_that_of_the_table():
    worse_first = [130, 2, 3, 1, 4, 0]
    for index, status in enumerate(worse_first):
        assert worst_status(reversed(worse_first[index:])) == status
    assert worst_status([]) == worst_status([0, 77]) == 3


def test_equipment_that_is_overdue_makes_a_run_invalid_which_only_an_error_outweighs(story):
    overdue = events.diagnosis("calibration overdue", severity="invalid", says="EQ-7 was due", where="EQ-7")
    told = [story.opening(), events.planned([]), overdue, events.end(rig_s=0.0, wall_s=0.0)]
    assert [build(told)[key] for key in ("verdict", "headline")] == ["INVALID", "EQ-7 was due"]
    assert exit_status(build(told)) == 3
    assert build([*told, events.diagnosis("x", severity="error")])["verdict"] == "ERROR"


def test_what_accompanies_the_unit_is_in_the_record(story):
    about = {"attempt": 2, "operator": "N. N.", "sub_units": {"lens": "L-1"}, "waivers": [{"what": "EQ-7", "reason": "r", "by": None}]}
    opening = events.run(
        rig="gs", unit="<script>", unit_parts=[], simulated=True, seed=0, plan={}, started="2026-11-22T14:03:11Z", traveller=about
    )
    record = build([opening, events.versions({"kernel": "6.12"})])
    jsonschema.validate(json.loads(document(record)), schema())
    assert {key: record[key] for key in about} == about
    assert record["versions"] == {"kernel": "6.12"}


def test_a_skipped_test_is_listed_with_its_reason(story):
    record = build(told(story, volts(), events.outcome("test_a", "passed"), events.outcome("test_b", "skipped", reason="no strobe")))
    assert record["skips"] == [{"test": "test_b", "reason": "no strobe"}]


def test_a_traceback_does_not_tell_where_the_code_lies(story):
    trace = (
        '../../../home/n/test_mine.py:3: in f\n  File "/opt/v/site-packages/numpy/a.py", line 3\n/srv/x/hil/checks/sync.py:9: /dev/video0'
    )
    record = build(told(story, volts(), events.outcome("test_a", "error", reason="KeyError (/home/n/b.py:3)", traceback=trace)))
    (test,) = (one for one in record["tests"] if one["test"] == "test_a")
    assert test["traceback"] == 'test_mine.py:3: in f\n  File "numpy/a.py", line 3\nhil/checks/sync.py:9: /dev/video0'
    assert test["reason"] == "KeyError (b.py:3)"
