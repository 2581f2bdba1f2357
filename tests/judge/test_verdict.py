"""Which of several verdicts a record ends in."""

from itertools import combinations

import pytest

from hil.judge import EXIT_CODES, Verdict, worst

ORDER = [Verdict.ERROR, Verdict.INVALID, Verdict.FAIL, Verdict.INCOMPLETE, Verdict.COND_PASS, Verdict.PASS]


@pytest.mark.parametrize(("worse", "better"), list(combinations(ORDER, 2)), ids=str)
def test_the_worse_of_two_verdicts_wins_whichever_comes_first(worse, better):
    assert worst([worse, better]) is worst([better, worse]) is worse


def test_a_skipped_required_test_loses_to_a_failed_one():
    assert worst([Verdict.PASS, Verdict.INCOMPLETE, Verdict.FAIL]) is Verdict.FAIL


def test_nothing_measured_is_never_a_pass():
    assert worst([]) is Verdict.ERROR


def test_every_verdict_has_an_exit_status():
    assert {v: EXIT_CODES[v] for v in ORDER} == dict(zip(ORDER, (3, 3, 1, 4, 1, 0), strict=True))
