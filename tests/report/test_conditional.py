"""A conditional pass is what the plan makes of it, everywhere; a conditional fail is called one."""

import json

import pytest

from hil.judge import Limit, judge
from hil.measure import Measurement
from hil.report import build, events
from hil.report.headline import headline, limits_explain, lines
from hil.report.junit import junit
from hil.report.openhtf import openhtf
from hil.report.pdfannex import rule_line, rules
from hil.report.verdict import counts_as
from hil.report.wsjf import report


def run(story, value, *accepts, rule="nonbinary"):
    measured = Measurement("frame_rate", value, "Hz", 0.5)
    limit = Limit(0.0, 10.0, "Hz", "the page", rule)
    opening = story.opening()
    opening["plan"]["accepts"] = list(accepts)
    told = [opening, events.planned([]), events.measurement(measured, judge(measured, limit), limit, subject="cm3")]
    record = build([*told, events.end(rig_s=1.0, wall_s=1.0)])
    return {**record, "certificate": {"number": None}, "seal": {"sha256": "00"}}


@pytest.mark.parametrize(("accepts", "word", "failures"), [((), "FAIL", 1), (("COND_PASS",), "PASS", 0)])
def test_every_other_system_hears_whether_the_plan_accepts_it(story, accepts, word, failures):
    record = run(story, 9.5, *accepts)
    assert (record["verdict"], counts_as(record)) == ("COND_PASS", word)
    assert junit(record).count("<failure") == failures
    assert json.loads(openhtf(record))["outcome"] == word
    assert report(record)["result"] == word[0]
    assert [line.items[0].startswith("not accepted") for line in lines(record) if line.key == "so"] == [word == "FAIL"]


def test_a_conditional_fail_is_called_one_and_a_plain_one_is_not(story):
    near, far = run(story, 10.5), run(story, 12.0)
    assert "(conditional fail)" in headline(near)
    assert not limits_explain(near["measurements"][0])
    assert "conditional" not in headline(far)


def test_a_narrower_guard_band_is_put_in_words_with_its_risk(story):
    record = run(story, 5.0, rule="guard 0.82")
    assert rules(record) == [
        "guard 0.82: accepted where the value is inside the limits by at least 0.82 U (ILAC-G8:09/2019, 4.2.2, w = 0.82 U); "
        "the risk of a false acceptance is at most 5.1 %"
    ]
    assert "moved inwards by 0.82 U" in rule_line(record)
