"""What a measurement is called is the same wherever it is read, and so are a verdict's words; a curve stays readable."""

import re

import pytest

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement, Series
from hil.report import build, events, pdfannex, pdfview
from hil.report.html import html
from hil.report.pictures import curve
from hil.report.quantity import label

ASKED = "exposure asked (0.5 s)"


def test_a_capped_exposure_has_one_name_in_table_and_annexes(story):
    series = Series((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (), "frame", "period, us")
    made, limit = Measurement("exposure_longest", 5e5, "us", 10.0, series=series), Limit(4e5, 6e5, "us")
    told = events.measurement(made, judge(made, limit), limit, test="test_a", mode="a", conditions={"exposure_us": 500_000})
    record = build([story.opening(), told])
    record["measurements"][0]["budget"] = [{"source": "blanking", "u": 10.0}]
    assert ASKED in str(pdfview.table(record))
    assert [one["name"] for one in (*pdfannex.decisions(record), *pdfannex.budgets(record))] == [ASKED, ASKED]
    assert ASKED in pdfview.pictures(record)[0]["title"]
    assert "exposure longest" not in html(record)


@pytest.mark.parametrize(("name", "words"), [("trigger_extra_frames", "trigger extra frames"), ("sync_frames", "sync frames")])
def test_what_is_counted_is_named_with_and_without_its_unit(name, words):
    assert label(name) == label(name, "frames") == words


@pytest.mark.parametrize("name", ["passing", "failing"])
def test_page_and_certificate_say_the_verdict_in_the_same_words(story, name):
    record = build(getattr(story, name)())
    assert pdfview.first_page(record)["meaning"] in html(record)


def _drawn(count, u, slope=-1.0):
    x = tuple(float(at) for at in range(count))
    series = Series(x, tuple(slope * at for at in x), (u,) * count, "frame", "offset, us")
    record = build([events.measurement(Measurement("sync_offset", 0.0, "us", 1.0, series=series), test="test_a")])
    return curve(record["measurements"][0])


def test_of_very_many_points_their_uncertainty_is_told_and_not_drawn():
    few, many = _drawn(10, 9.0), _drawn(200, 9.0)
    assert few.count('stroke-width="1.6"') == 30
    assert 'stroke-width="1.6"' not in many
    assert "U of a point: 18 µs" in many


def test_no_bar_of_an_uncertainty_leaves_the_chart_and_no_word_lies_on_it():
    drawn = _drawn(10, 9.0)
    bars = [float(y) for y in re.findall(r'y[12]="([\d.]+)" stroke="#2a5f9e" stroke-width="1.6"', drawn)]
    [note] = re.findall(r'y="([\d.]+)"[^>]*>straight line', drawn)
    assert min(bars) > 22.0 > float(note)
    assert max(bars) <= 220.0 - 42.0


def test_a_falling_line_is_written_with_one_sign():
    assert "straight line: 0 \N{MINUS SIGN} 1 x" in _drawn(10, 0.0)


def test_units_in_the_words_of_a_budget_are_set_as_in_the_table(story):
    record = build(story.passing())
    record["measurements"][0]["budget"] = [{"source": "latency, +/- 50 us assumed", "u": 1.0}]
    assert pdfannex.budgets(record)[0]["parts"][0]["source"] == "latency, ± 50 µs assumed"
