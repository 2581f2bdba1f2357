"""The summary for a CI page says what the terminal says, in tables that nothing in a name can break."""

from hil.report import build
from hil.report.markdown import markdown


def test_a_pass_is_one_line_and_a_folded_table(story):
    text = markdown([build(story.passing())])

    assert text.startswith("## Camera acceptance: 1 PASS")
    assert "| camera-module-3 | CM3-0042 | PASS |" in text
    assert "| frame rate | 4608x2592 | 14.35364 Hz | 0.00086 |" in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_what_failed_is_explained_above_the_tables(story):
    text = markdown([build(story.passing()), build(story.failing_with_a_cause())])

    assert "1 PASS, 1 FAIL" in text
    assert text.index("### ") < text.index("<details>")
    assert "- **do** " in text


def test_names_cannot_break_the_table(story):
    run, *rest = story.passing()
    text = markdown([build([{**run, "rig": "a|b<i>"}, *rest])])

    assert "a\\|b&lt;i>" in text
