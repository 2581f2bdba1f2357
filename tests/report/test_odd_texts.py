"""What a user's own test may call things, and what an exception may say: as long and as odd as it likes, every view stays readable."""

import io

import pytest
from rich.console import Console

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import PlannedTest, build, events
from hil.report.html import html
from hil.report.pdfview import first_page
from hil.report.terminal import Terminal

NODE = "test_mine.py::test_odd[cm3]"


def named(story, name, value=3.0, unit="s", u=0.0):
    limit, one = Limit(0.0, None, unit), Measurement(name, value, unit, u)
    measured = events.measurement(one, judge(one, limit), limit, test=NODE, subject="cm3")
    return [story.opening(), events.planned([PlannedTest(NODE, "", "cm3")]), measured, events.outcome(NODE, "passed")]


def printed(told):
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=100))
    for event in told:
        terminal.feed(event)
    terminal.finish()
    return out.getvalue()


@pytest.mark.parametrize("odd", ["\x00", "\x1b[2J", "\x9b", "\u202e", "\u2066", "\uffff"])
def test_no_name_commands_a_terminal_or_turns_a_page_around(story, odd):
    told = named(story, f"rate {odd} end")
    assert odd not in printed(told)
    assert odd not in html(build(told))
    assert f"‹U+{ord(odd[0]):04X}›" in html(build(told))


def test_a_number_of_three_hundred_digits_is_a_power_of_ten(story):
    assert " 1e+300 " in printed(named(story, "far", 1e300))
    assert "1.0000e+300" in printed(named(story, "far", 1e300, u=1e297))
    assert " 1e-300 " in printed(named(story, "near", 1e-300))


def test_of_a_very_long_exception_both_ends_are_shown_and_all_of_it_is_kept(story):
    says = f"ValueError: {'y' * 3000} (test_mine.py:16)"
    told = [story.opening(), events.planned([PlannedTest(NODE, "", "cm3")]), events.outcome(NODE, "error", reason=says)]
    record = build(told)
    assert len(record["headline"]) < 450
    assert record["headline"].endswith("(test_mine.py:16)")
    assert says in str(record["tests"])
    assert "y" * 500 not in "".join(printed(told).split())


@pytest.mark.parametrize(("accepts", "says"), [([], "not accepted: plan"), (["COND_PASS"], "accepted: plan")])
def test_a_conditional_pass_says_how_close_it_was_and_whether_it_counts(story, accepts, says):
    limit, one = Limit(59.9, 60.1, "Hz", rule="nonbinary"), Measurement("frame_rate", 60.08, "Hz", 0.02)
    told = [story.opening(), events.planned([PlannedTest(NODE, "", "cm3")])]
    told[0] = {**told[0], "plan": {**told[0]["plan"], "accepts": accepts}}
    told += [events.measurement(one, judge(one, limit), limit, test=NODE, subject="cm3"), events.outcome(NODE, "passed")]
    told.append(events.end(rig_s=1.0, wall_s=1.0))
    for text in (" ".join(printed(told).split()), html(build(told)), str(first_page(build(told)))):
        assert says in text
        assert "frame rate in test_odd is 60.080 ± 0.040 Hz" in text
