"""The one-file report: what stands first, that nothing of it is taken for markup, and that it asks nobody for anything."""

import re
from html.parser import HTMLParser

import pytest

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement, Series
from hil.report import PlannedTest, build, events
from hil.report.html import html
from hil.report.pictures import COLOURS, gallery


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.attributes, self.text, self._open = [], [], "", []
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"style", "title"} & set(self._open):
            self.text += data + " "


def page(told, **changes):
    return Page(html({**build(told), **changes}))


@pytest.mark.parametrize("name", ["passing", "failing", "failing_with_a_cause", "broken", "interrupted"])
def test_verdict_and_cause_stand_before_the_first_table(story, name):
    record = build(getattr(story, name)())
    text = Page(html(record)).text
    first_screen = text[: text.index("Measurements")]
    assert record["verdict"] in first_screen
    assert record["verdict"] == "PASS" or record["headline"] in first_screen


def test_what_it_does_not_say_is_said_before_the_table(story):
    text = page(story.passing()).text
    assert text.index("the 112 s exposure (plan full, +16 min)") < text.index("Measurements")


def test_a_simulated_run_is_marked_on_every_page_and_a_real_one_is_not(story):
    simulated, real = html(build(story.passing(simulated=True))), html(build(story.passing()))
    assert 'class="watermark"' in simulated
    assert "No hardware was measured" in simulated
    assert "SIMULATED" not in real


def test_a_serial_is_never_markup(story):
    nasty = "<script>alert('x')</script>&\"]]>"
    told = [
        story.opening(rig=nasty, unit=nasty),
        *story.passing()[1:],
        events.not_said(nasty),
        events.diagnosis(nasty, says=nasty, where=nasty),
    ]
    shown = page(told)
    assert "script" not in shown.tags
    assert nasty in shown.text


def test_labels_of_a_curve_are_never_markup(story):
    curve = Series((1.0, 2.0, 3.0), (1.0, 2.0, 3.0), (), "<script>", "</svg><script>")
    event = events.measurement(Measurement("<b>", 1.0, "<i>", series=curve), mode="<script>", subject="<u>")
    shown = page([*story.passing()[:-1], event])
    assert not {"script", "b", "i", "u"} & set(shown.tags)


def test_the_page_asks_nobody_for_anything(story):
    content = html(build(story.passing(simulated=True)))
    shown = Page(content)
    assert not {"script", "link", "iframe", "img", "object"} & set(shown.tags)
    assert not [value for name, value in shown.attributes if name in ("src", "href", "srcset") and not value.startswith("record.json")]
    assert not re.search(r"url\((?!#)|@import", content)


def test_intervals_rates_and_exposures_are_pictured(story):
    shown = page(story.passing())
    assert shown.tags.count("figure") == 6
    assert "Frame rates against their limits" in shown.text
    assert "straight line: " in shown.text


def test_a_run_without_any_measurement_has_a_page_too(story):
    assert "Nothing was measured." in page(story.broken()).text
    assert "INCOMPLETE" in page([]).text


def test_curves_without_a_finite_number_or_with_a_single_point_are_drawn(story):
    nan = float("nan")
    for x, y, label in (
        ((nan,), (nan,), "level, DN"),
        ((1.0,), (2.0,), "level, DN"),
        ((1.0,), (nan,), "interval, us"),
        ((1.0,), (5.0,), "frames"),
    ):
        event = events.measurement(Measurement("m", 1.0, "V", series=Series(x, y, (), "x", label)))
        assert "figure" in page([story.opening(), event]).tags


def rated(mode, hz, verdict_at, jitter_at):
    """A judged rate with its intervals, and the jitter of the same frames."""
    intervals = Series((0.0, 1.0, 2.0), (1e6 / hz, 1e6 / hz + 1, 1e6 / hz - 1), (), "frame", "interval, us")
    rate, jitter = Measurement("frame_rate", hz, "Hz", 1e-4, series=intervals), Measurement("frame_jitter", 1.0, "us")
    return [
        events.measurement(one, judge(one, limit), limit, test="test_a", subject="cm3", mode=mode)
        for one, limit in ((rate, Limit(9.0, verdict_at, "Hz")), (jitter, Limit(None, jitter_at, "us", rule="simple")))
    ]


def test_intervals_are_coloured_by_their_jitter_and_not_by_a_wrong_rate(story):
    for jitter_at, colour in ((2.0, COLOURS["PASS"]), (0.5, COLOURS["FAIL"])):
        record = build([story.opening(), events.planned([PlannedTest("test_a", "frame_rate")]), *rated("m", 12.0, 11.0, jitter_at)])
        (drawing,) = (picture for picture in gallery(record) if "intervals" in picture.title)
        assert f'fill="{colour}"' in drawing.svg


def test_every_row_of_a_full_plan_is_shown(story):
    made = [one for number in range(45) for one in rated(f"mode {number}", 10.0, 11.0, 2.0)]
    text = page([story.opening(), events.planned([PlannedTest("test_a", "frame_rate", "cm3")]), *made]).text
    assert "more, all in the record" not in text
    assert "mode 44" in text[: text.index("Pictures")]


def test_the_chart_of_frame_rates_is_drawn_for_phones_too(story):
    (chart,) = (picture for picture in gallery(build(story.passing())) if picture.narrow)
    assert 'viewBox="0 0 350 ' in chart.narrow
    assert chart.narrow in html(build(story.passing()))


def test_a_users_measurements_have_their_tests_name_as_heading(story):
    node = "test_mine.py::test_rate[cm3]"
    told = [story.opening(), events.planned([PlannedTest(node, "", "cm3")])]
    text = page([*told, events.measurement(Measurement("frame_rate", 10.0, "Hz"), test=node, subject="cm3")]).text
    assert re.search(r"test_mine\.py::test_rate\s+frame rate\s+10\s", text)


def test_a_very_large_record_is_linked_and_not_embedded(story):
    content = html(build(story.many(10_000)))
    assert len(content) < 500_000
    assert 'href="record.json"' in content


def test_the_whole_record_lies_in_the_page(story):
    assert '"schema": "hil.run/1"' in page(story.passing()).text


def test_equal_records_give_equal_pages(story):
    assert html(build(story.passing())) == html(build(story.passing()))
