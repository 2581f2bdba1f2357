"""The terminal's look, word for word: golden/ holds what each story prints."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import PlannedTest, Terminal, events
from hil.report.journal import replay

GOLDEN = Path(__file__).parent / "golden"


class StoppedClock:
    """A clock that only the test moves."""

    now = 0

    def now_ns(self):
        return self.now

    def sleep(self, seconds):
        self.now += int(seconds * 1e9)


def shown(told, *, folder=None, **console):
    """What a run prints."""
    out = io.StringIO()
    with Terminal(Console(file=out, **{"width": 100, **console}), folder, StoppedClock()) as terminal:
        replay(told, terminal.feed)
        terminal.finish()
    return out.getvalue()


@pytest.mark.parametrize("name", ["passing", "failing", "failing_with_a_cause", "broken", "interrupted"])
def test_each_story_looks_as_it_should(story, name):
    text = "\n".join(line.rstrip() for line in shown(getattr(story, name)()).splitlines()) + "\n"
    assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_a_simulated_run_says_so_in_its_first_and_last_lines(story):
    text = shown(story.passing(simulated=True))
    assert "simulated, seed 1" in text.splitlines()[0]
    assert "47 s, simulated in 0.9 s" in text


def test_plain_output_has_no_colour_and_nothing_that_moves(story):
    assert "\x1b" not in shown(story.passing())


def test_a_terminal_gets_colour_unless_it_asks_not_to(story, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;32mPASS" in shown(story.passing(), force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "32mPASS" not in shown(story.passing(), force_terminal=True, color_system="standard")


def test_rows_appear_when_their_check_has_ended_not_when_the_run_has(story):
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=100), clock=StoppedClock())
    for event in story.passing():
        if event.get("check") == "modes":
            break
        terminal.feed(event)
    assert "identity" in out.getvalue()


def test_a_terminal_shows_how_far_a_long_exposure_is(story):
    text = shown([story.opening(), events.progress("exposure 112 s", done=1, of=2, elapsed_s=41, expected_s=224)], force_terminal=True)
    assert "exposure 112 s · frame 1 of 2 · 00:41 of 03:44" in text


def test_between_two_events_the_time_goes_on_and_in_a_twin_it_does_not(story):
    for simulated, expected in ((False, "00:51 of 03:44"), (True, "00:41 of 03:44")):
        terminal = Terminal(Console(file=io.StringIO()), clock=StoppedClock())
        terminal.feed(story.opening(simulated=simulated))
        terminal.feed(events.progress("exposure 112 s", done=1, of=2, elapsed_s=41, expected_s=224))
        terminal.status._clock.sleep(10)
        assert terminal.status.text().endswith(expected)


def test_where_nothing_moves_a_long_exposure_is_announced_once_a_frame(story):
    ticks = [events.progress("exposure 112 s", done=frame, of=2, elapsed_s=s, expected_s=224) for frame, s in ((1, 1), (1, 2), (2, 113))]
    assert shown([story.opening(), *ticks]).count("exposure 112 s") == 2


def test_serials_and_reasons_are_text_and_never_markup(story):
    told = [story.opening(unit="[red]x[/red]"), events.planned([]), events.diagnosis("a", severity="error", says="[bold]b[/bold]")]
    assert "[red]x[/red]" in shown(told)
    assert "[bold]b[/bold]" in shown(told)


def test_the_folder_and_what_lies_in_it_end_the_output(story, tmp_path):
    for name in ("report.html", "record.json", "journal.jsonl"):
        (tmp_path / name).touch()
    (tmp_path / "allure-results").mkdir()
    assert shown(story.passing(), folder=tmp_path, width=200).endswith("/   report.html  record.json  allure-results/\n")


def test_long_lines_go_on_under_their_beginning_on_a_terminal(story):
    lines = shown(story.broken(), force_terminal=True, width=60, no_color=True, color_system=None).splitlines()
    start = next(index for index, line in enumerate(lines) if "  so  " in line)
    assert lines[start + 1].startswith(" " * 12)


def test_ten_thousand_rows_are_not_printed(story):
    text = shown(story.many(10_000))
    assert "and 9960 more, all in the record" in text
    assert len(text.splitlines()) < 60


def test_rows_of_two_cameras_say_whose_they_are(story):
    tests = [PlannedTest(f"test_{name}", "rate", name, "2028x1080", ("rate",)) for name in ("source", "sink")]
    made = [
        events.measurement(Measurement("rate", 40.0, "Hz", 0.01), test=f"test_{name}", subject=name, mode="2028x1080")
        for name in ("source", "sink")
    ]
    text = shown([story.opening(parts=("source", "sink")), events.planned(tests), *made])
    assert "source · 2028x1080" in text
    assert "sink · 2028x1080" in text


def test_rows_that_differ_only_in_their_conditions_show_them(story):
    made = [
        events.measurement(Measurement("level", float(us), "DN"), test="test_a", subject="cm3", conditions={"exposure_us": us, "gain": 1.0})
        for us in (100, 112_015_264)
    ]
    text = shown([story.opening(), events.planned([PlannedTest("test_a", "exposure", "cm3")]), *made])
    assert "exposure 100 us" in text
    assert "exposure 112 s" in text
    assert "gain" not in text


def test_what_a_check_says_of_one_subject_is_one_row(story):
    said = [events.statement(text, check="identity", subject="cm3") for text in ("Camera Module 3", "imx708", "link 450 MHz")]
    text = shown([story.opening(), events.planned([PlannedTest("test_a", "identity", "cm3")]), *said])
    assert "Camera Module 3 " in text
    assert "imx708, link 450 MHz" in text
    assert text.count("identity") == 1


def test_a_statement_hides_a_yes_that_passed_and_no_measured_number(story):
    made = [Measurement("identity", 1.0, ""), Measurement("link", 450.0, "MHz")]
    told = [events.measurement(one, test="test_a", subject="cm3") for one in made]
    said = events.statement("Camera Module 3", check="identity", subject="cm3")
    text = shown([story.opening(), events.planned([PlannedTest("test_a", "identity", "cm3")]), said, *told])
    assert "450" in text
    assert text.count("identity") == 1


def test_the_header_is_a_range_where_more_may_come(story):
    tests = [
        PlannedTest("test_a", "rate", measurements=("rate",) * 2, seconds=40.0, optional=("by_light",)),
        PlannedTest("test_b", "rate", measurements=("rate",), seconds=60.0, required=False),
    ]
    assert "plan quick/1: 2 to 4 measurements, 40 s to 100 s\n" in shown([story.opening(), events.planned(tests)])
    assert "plan quick/1: 2 to 3 measurements, about 40 s\n" in shown([story.opening(), events.planned(tests[:1])])


def test_what_is_optional_is_never_demanded(story):
    plan = events.planned([PlannedTest("test_a", "rate", measurements=("rate",), optional=("by_light",))])
    told = [story.opening(), plan, events.measurement(Measurement("rate", 1.0, "Hz"), test="test_a"), events.outcome("test_a", "passed")]
    assert "PASS  CM3-0042   1 of 1 measured" in shown([*told, events.end(rig_s=1.0, wall_s=1.0)])


@pytest.mark.parametrize("width", [80, 90, 100, 120])
@pytest.mark.parametrize("name", ["passing", "failing", "failing_with_a_cause", "broken", "interrupted"])
def test_no_line_is_wider_than_the_terminal_and_no_verdict_is_broken(story, name, width):
    lines = shown(getattr(story, name)(), width=width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert shown(getattr(story, name)(), width=width).count("PASS") == shown(getattr(story, name)(), width=150).count("PASS")


def test_long_names_modes_limits_and_lists_fit_the_narrowest_terminal(story):
    plan = [
        PlannedTest("test_a", "rate", "left camera", "9152x6944 HDR", ("a_rather_long_name_of_a_measurement",)),
        PlannedTest("b", "b", "c"),
    ]
    limit = Limit(1.23456789012, 2.34567890123, "furlongs", rule="simple")
    odd = Measurement("a_rather_long_name_of_a_measurement", 2.12345678901, "furlongs", 1e-11)
    conditions = [{"temperature": "very cold indeed", "light": number} for number in (1, 2)]
    made = [
        events.measurement(odd, judge(odd, limit), limit, test="test_a", subject="left camera", mode="9152x6944 HDR", conditions=each)
        for each in conditions
    ]
    said = events.statement(" · ".join(["9152x6944"] * 20), check="rate", subject="left camera", detail="none unknown " * 9)
    text = shown([story.opening(), events.planned(plan), said, *made], width=80)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.count("PASS") == 3


def test_a_users_measurements_stand_under_the_name_of_their_test(story):
    nodes = [f"test_mine.py::test_{name}[cm3{number}]" for name, number in (("rate", "-20"), ("rate", "-30"), ("other", ""))]
    made = [events.measurement(Measurement("frame_rate", 10.0, "Hz", 0.1), test=node, subject="cm3") for node in nodes]
    told = [part for node, one in zip(nodes, made, strict=True) for part in (events.started(node), one)]
    text = shown([story.opening(), events.planned([PlannedTest(node, "", "cm3") for node in nodes]), *told])
    assert text.count("test_mine.py::test_rate\n") == text.count("test_mine.py::test_other\n") == 1
    assert re.search(r"test_rate\n +frame rate +20 +10\.00 .*\n +30 +10\.00 ", text)


def test_the_longest_exposure_says_what_was_asked_for(story):
    made = [
        events.measurement(Measurement("exposure_longest", 5e5, "us"), test="test_a", mode=mode, conditions={"exposure_us": 500_000})
        for mode in ("a", "b")
    ]
    assert "exposure asked (0.5 s)" in shown([story.opening(), events.planned([PlannedTest("test_a", "exposure")]), *made])


def test_a_cause_is_one_sentence_and_what_follows_it_is_seen(story):
    says = 'ValueError: boom\n  File "x.py", line 3\n    ^^^^\nmore of it (test_mine.py:12)'
    node = "test_mine.py::test_boom[cm3]"
    told = [story.opening(), events.planned([PlannedTest(node, "", "cm3")]), events.outcome(node, "error", reason=says)]
    text = shown(told)
    assert "is not judged   ValueError: boom\n" in text
    assert "seen      test_boom in test_mine.py · more of it (test_mine.py:12)\n" in text


def test_what_to_try_is_told_as_what_to_do(story):
    reason = "600 frames a second asked for; found: at most 60; try: another mode"
    told = [story.opening(), events.planned([PlannedTest("test_a", "", "cm3")]), events.outcome("test_a", "error", reason=reason)]
    text = shown(told, width=120)
    assert "600 frames a second asked for; found: at most 60\n" in text
    assert "  do        another mode\n" in text


def test_of_many_causes_the_first_few_are_told(story):
    causes = [events.diagnosis(f"cause {number}", severity="error") for number in range(30)]
    assert "cause 1 · cause 2 · cause 3 · and 26 more" in shown([story.opening(), events.planned([]), *causes])


def test_large_times_and_frequencies_are_shown_in_seconds_and_megahertz(story):
    limit = Limit(450e6, 450e6, "Hz", rule="simple")
    link, long = Measurement("link_frequency", 450e6, "Hz"), Measurement("exposure_longest", 112_015_096.0, "us", 1_600.0)
    made = [events.measurement(link, judge(link, limit), limit, test="test_a"), events.measurement(long, test="test_a")]
    text = shown([story.opening(), events.planned([PlannedTest("test_a", "exposure")]), *made])
    assert re.search(r"450 +exactly 450 +MHz +PASS", text)
    assert re.search(r"112\.0151 +0\.0032 +s ", text)


def test_many_values_that_are_only_recorded_are_one_row_with_their_range(story):
    made = [events.measurement(Measurement("jitter_us", float(us), "us"), test="test_a", mode=f"mode {us}") for us in (3, 1, 2, 4)]
    text = shown([story.opening(), events.planned([PlannedTest("test_a", "rate")]), *made])
    assert re.search(r"jitter +4 modes +1 \.\. 4 +us +recorded", text)


def test_what_was_not_measured_is_named(story):
    plan = events.planned([PlannedTest("test_a", "rate", measurements=("rate", "exposure_shortest"))])
    told = [story.opening(), plan, events.measurement(Measurement("rate", 1.0, "Hz"), test="test_a"), events.outcome("test_a", "passed")]
    text = shown([*told, events.end(rig_s=1.0, wall_s=1.0)])
    assert "1 of 2 measured; not run: exposure shortest" in text
