"""How the hosts did meanwhile, in the record and in its pages."""

from hil.report import events
from hil.report.html import html
from hil.report.monitors import in_words
from hil.report.record import build


def look(**given):
    return events.monitor("pi5", **({"throttled": 0, "temperature_c": 48.0, "load": 0.1} | given))


def test_the_record_keeps_extremes_and_when_the_kernel_spoke(story):
    told = story.passing()
    told[3:3] = [look(), look(temperature_c=52.5, throttled=0x4, load=1.5, kernel=["imx708: oops"], test="test_rate.py::test_two")]
    (one,) = build(told)["monitors"]
    assert (one["looks"], one["throttled"], one["temperature_c"], one["load"]) == (2, "0x4", [48.0, 52.5], [0.1, 1.5])
    assert one["kernel"] == [{"before": "test_rate.py::test_two", "text": "imx708: oops"}]
    assert in_words(one) == "48.0 .. 52.5 °C · load up to 1.50 · throttled 0x4 · 1 new line in the kernel log"


def test_the_page_shows_them_among_the_facts(story):
    told = story.passing()
    told[3:3] = [look()]
    page = html(build(told))
    assert "pi5 meanwhile" in page
    assert "48.0 °C · load up to 0.10 · never throttled" in page


def test_a_host_without_such_firmware_is_said_to_tell_nothing(story):
    told = [*story.passing()[:2], look(throttled=None, temperature_c=None, load=None)]
    (one,) = build(told)["monitors"]
    assert (one["throttled"], one["temperature_c"], in_words(one)) == (None, None, "")


def test_two_runs_differ_by_throttling_but_not_by_temperature(story):
    from hil.report.diff import differences

    runs = [build([*story.passing()[:2], look(**given)]) for given in ({}, {"temperature_c": 60.0, "load": 2.0}, {"throttled": 4})]
    assert differences(runs[:1], runs[1:2]) == []
    assert differences(runs[:1], runs[2:]) == ['monitors pi5.throttled: "0x0" -> "0x4"']
