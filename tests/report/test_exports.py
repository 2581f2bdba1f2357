"""Records for other people's systems, held against those systems' own packages."""

import json
from xml.etree import ElementTree as ET

import pytest
from openhtf.core import measurements as htf
from openhtf.core import test_record
from openhtf.util import data, units
from pywats.domains.report.report_models.uut.uut_report import UUTReport

from hil.errors import UserError
from hil.judge import Limit, judge
from hil.measure.measurement import Measurement, Series
from hil.report import PlannedTest, build, events
from hil.report.junit import junit
from hil.report.openhtf import measurement, openhtf
from hil.report.wsjf import report, wsjf

STORIES = ("passing", "failing", "failing_with_a_cause", "broken", "interrupted")


def told(value, unit, limit, rule="guard", u=0.001, series=None):
    measured = Measurement("frame_rate", value, unit, u, 90, "median", series)
    wanted = limit and Limit(*limit, unit, "the page", rule)
    event = events.measurement(measured, judge(measured, wanted), wanted, test="t", subject="cm3")
    return build([event])["measurements"][0]


def theirs(value, suffix, lower, upper, **marginal):
    """The same measurement, made by OpenHTF itself."""
    made = htf.Measurement("frame rate").in_range(lower, upper, **marginal)
    made = made.with_units(units.UNITS_BY_SUFFIX[suffix]) if suffix else made
    made.measured_value.set(value)
    made.validate()
    return json.loads(json.dumps(data.convert_to_base_types(made)))


@pytest.mark.parametrize("value", [56.0, 57.0])
def test_a_measurement_is_what_openhtf_makes_of_it(value):
    ours = measurement("frame rate", told(value, "Hz", (55.9, 56.1)))
    expected = theirs(value, "Hz", 55.9 + 0.002, 56.1 - 0.002)
    for key in ("name", "outcome", "measured_value", "units", "validators"):
        assert ours[key] == expected[key]


def test_acceptance_limits_of_a_conditional_rule_are_openhtfs_marginal_ones():
    ours = measurement("frame rate", told(56.099, "Hz", (55.9, 56.1), "nonbinary"))
    expected = theirs(56.099, "Hz", 55.9, 56.1, marginal_minimum=55.9 + 0.002, marginal_maximum=56.1 - 0.002)
    assert ours["validators"] == expected["validators"]
    assert ours["outcome"] == expected["outcome"] == "PASS"


@pytest.mark.parametrize("limit", [(None, 0.0), (0.0, None), (0.0, 0.0)])
def test_one_limit_is_one_limit_there_too(limit):
    ours = measurement("frame rate", told(0.0, "frames", limit, u=0.0))
    assert ours["validators"] == theirs(0.0, "", *limit)["validators"]


def test_what_is_no_number_was_never_set():
    ours = measurement("frame rate", told(float("nan"), "Hz", (0.0, 1.0)))
    assert ours["outcome"] == htf.Outcome.UNSET.value
    assert "measured_value" not in ours


@pytest.mark.parametrize("name", STORIES)
def test_a_record_has_all_that_openhtf_would_write(story, name):
    ours = json.loads(openhtf(build(getattr(story, name)())))

    expected = data.convert_to_base_types(test_record.TestRecord(dut_id="x", station_id="y"))
    assert set(ours) >= set(expected)
    assert ours["outcome"] in {one.value for one in test_record.Outcome}
    assert all(phase["outcome"] in {one.value for one in test_record.PhaseOutcome} for phase in ours["phases"])
    assert all(row["outcome"] in {one.value for one in htf.Outcome} for phase in ours["phases"] for row in phase["measurements"].values())


def test_every_measurement_arrives_once_with_its_curve(story):
    record = build(story.passing())
    rows = [name for phase in json.loads(openhtf(record))["phases"] for name in phase["measurements"]]
    curves = sum(1 for one in record["measurements"] if one["series"])
    assert len(rows) == len(record["measurements"]) + curves


def test_a_curve_has_the_dimensions_of_its_axes():
    series = Series((1.0, 2.0), (3.0, 4.0), (), "exposure set, us", "level, DN")
    record = build([*[events.outcome("t", "passed")], events.measurement(Measurement("frame_rate", 1.0, "Hz", series=series), test="t")])
    curve = json.loads(openhtf(record))["phases"][0]["measurements"]["frame rate, curve"]
    assert curve["measured_value"] == [[1.0, 3.0], [2.0, 4.0]]
    assert curve["dimensions"][0]["code"] == "B98"


@pytest.mark.parametrize("name", STORIES)
def test_wats_takes_the_report_and_comes_to_the_same_verdict(story, name):
    record = build(getattr(story, name)())

    theirs = UUTReport.model_validate_json(wsjf(record))

    assert theirs.sn == record["unit"]
    assert theirs.result == report(record)["result"]
    steps = [step for check in theirs.root.steps for test in check.steps for step in test.steps]
    judged = [(step.status, step.measurement.validate_against_limits()[0].value) for step in steps if step.status in ("P", "F")]
    assert len(steps) == len(record["measurements"])
    assert all(ours == wats for ours, wats in judged)


def test_one_sided_limits_mean_the_same_to_wats():
    inside, outside = (report_of(story_value)["numericMeas"][0] for story_value in (0.0, 3.0))
    assert inside == {"status": "P", "value": 0.0, "unit": "frames", "compOp": "LE", "lowLimit": 0.0}
    assert outside["status"] == "F"


def report_of(value):
    run = [events.measurement(measured, judge(measured, limit), limit, test="t") for measured, limit in [frames(value)]]
    record = {**build([*run, events.outcome("t", "passed")]), "unit": "A-1", "rig": "gs"}
    return report(record)["root"]["steps"][0]["steps"][0]["steps"][0]


def frames(value):
    return Measurement("dropped_frames", value, "frames"), Limit(None, 0.0, "frames")


def test_a_report_that_is_sent_twice_is_one_report(story):
    record = build(story.passing())
    assert report(record)["id"] == report(json.loads(json.dumps(record)))["id"]


@pytest.mark.parametrize("serial", ["a/b", "*", "x" * 101, "", "é"])
def test_wats_gets_no_serial_that_it_would_not_find_again(story, serial):
    record = {**build(story.passing()), "unit": serial}
    with pytest.raises(UserError, match="serial number"):
        wsjf(record)


@pytest.mark.parametrize(("accepts", "ohtf", "wats", "failures"), [([], "FAIL", "F", "1"), (["COND_PASS"], "PASS", "P", "0")])
def test_a_conditional_pass_counts_for_others_as_its_plan_has_it(story, accepts, ohtf, wats, failures):
    limit, one = Limit(59.9, 60.1, "Hz", rule="nonbinary"), Measurement("frame_rate", 60.08, "Hz", 0.02)
    told = [story.opening(), events.planned([PlannedTest("test_a", "frame_rate", "cm3")])]
    told[0] = {**told[0], "plan": {**told[0]["plan"], "accepts": accepts}}
    told += [events.measurement(one, judge(one, limit), limit, test="test_a", subject="cm3"), events.outcome("test_a", "passed")]
    record = build([*told, events.end(rig_s=1.0, wall_s=1.0)])
    assert record["verdict"] == "COND_PASS"
    assert (json.loads(openhtf(record))["outcome"], json.loads(openhtf(record))["marginal"]) == (ohtf, True)
    assert UUTReport.model_validate_json(wsjf(record)).result == wats
    assert ET.fromstring(junit(record))[0].get("failures") == failures


def test_reports_of_simulated_runs_say_so_to_other_systems(story):
    record = build(story.passing(simulated=True))
    assert json.loads(openhtf(record))["metadata"]["simulated"] is True
    assert report(record)["uut"]["comment"].startswith("SIMULATED")
    assert any(one["description"] == "simulated" for one in report(record)["miscInfos"])
    assert "simulated" not in wsjf(build(story.passing())).lower()


def test_half_a_serial_number_is_told_to_nobody(story):
    with pytest.raises(UserError, match="serial number of lens"):
        wsjf({**build(story.passing()), "sub_units": {"lens": "L" * 101}})
