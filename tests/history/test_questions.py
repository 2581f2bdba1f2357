"""What a history answers, the same on SQLite and on PostgreSQL."""

import numpy as np
import pytest

from hil.errors import UserError
from hil.history import readings, units, yields
from hil.history.choice import Choice, instant, resolved
from hil.history.stats.capability import capability

from .made import START, record

DAY = 86_400
FIELD = {"severity": "fail", "says": "R11 is still fitted", "where": "cm3"}


def asked(history, question, choice=Choice(), **more):  # noqa: B008
    with history.reading() as connection:
        return question(connection, resolved(connection, choice), **more)


@pytest.fixture
def week(history):
    """A: passes. B: fails, passes when tried again. C: fails twice. D: the station's fault, then passes. Nobody: passes."""
    told = [
        record("A", 56.0, at=START),
        record("B", 58.0, at=START + 1),
        record("B", 56.1, at=START + 2),
        record("C", 58.0, at=START + 3, diagnoses=[{"cause": "R11 fitted", **FIELD}]),
        record("C", 58.1, at=START + 4),
        record("D", 56.0, at=START + 5, diagnoses=[{"severity": "error", "cause": "no XVS", "says": "no XVS pulse", "where": "sink"}]),
        record("D", 56.2, at=START + 6),
        record(None, 56.3, at=START + 7),
        record("S", 99.0, at=START + 8, simulated=True),
    ]
    for one in told:
        assert history.add(one).what == "added"
    return history


def test_first_pass_final_and_rolled_yield(week):
    found = asked(week, yields.yields)
    (step,) = found.steps
    assert (step.rig, step.demand, step.runs, step.aside) == ("camera-module-3", "quick", 7, 1)
    assert (step.first_pass.good, step.final.good, step.final.n) == (2, 3, 4)
    assert (found.rolled, found.without_unit) == (0.5, 1)
    assert [(one.cause, one.count, one.cumulative) for one in found.causes] == [("R11 fitted", 1, 0.5), ("frame rate", 1, 1.0)]
    assert [(one.cause, one.count) for one in found.station_causes] == [("no XVS", 1)]


def test_the_yield_of_two_steps_is_rolled(history):
    told = [("A", "line", 56), ("A", "full", 58), ("B", "line", 58), ("B", "line", 56), ("B", "full", 56)]
    for at, (unit, plan, value) in enumerate(told):
        history.add(record(unit, value, at=START + at, plan=plan))
    found = asked(history, yields.yields)
    assert [(one.demand, one.first_pass.good, one.first_pass.n) for one in found.steps] == [("full", 1, 2), ("line", 1, 2)]
    assert found.rolled == 0.25


def test_a_unit_stands_as_its_last_run_says_and_the_newest_comes_first(week):
    told = asked(week, units.latest)
    assert [(one.last.unit, one.runs, one.last.verdict) for one in told] == [
        ("D", 2, "PASS"),
        ("C", 2, "FAIL"),
        ("B", 2, "PASS"),
        ("A", 1, "PASS"),
    ]
    assert [one.last.unit for one in asked(week, units.latest, failed=True)] == ["C"]
    assert asked(week, units.counts) == (4, 1)


def test_all_attempts_of_a_unit_are_shown_in_order(week):
    told = asked(week, units.of_unit, Choice(unit="B"))
    assert [(one.verdict, one.started[:4]) for one in told] == [("FAIL", "2026"), ("PASS", "2026")]


def test_a_capability_takes_one_reading_a_unit_its_first(week):
    with week.reading() as connection:
        (key, of), choice = readings.the_one(readings.find(connection, "frame rate", None, None, None)), resolved(connection, Choice())
        found = readings.readings(connection, choice, key, of)
        every = readings.readings(connection, choice, key, of, every=True)
        mine = readings.readings(connection, resolved(connection, Choice(unit="B")), key, of)
    assert list(found.values) == [56.0, 58.0, 58.0, 56.2, 56.3]
    assert (found.lower, found.upper, found.title) == (55.0, 57.0, "frame rate · cm3 · 2304x1296")
    assert (len(every.values), list(mine.values)) == (7, [58.0, 56.1])


def test_simulated_runs_are_in_no_answer_about_real_ones(week):
    assert [one.last.unit for one in asked(week, units.latest, Choice(simulated=True))] == ["S"]
    assert 99.0 not in [one.mean for one in asked(week, readings.overview)]


def test_where_all_runs_are_simulated_they_are_the_answer(history):
    history.add(record("S", simulated=True))
    with history.reading() as connection:
        assert resolved(connection, Choice()).simulated is True


def test_the_database_sums_up_what_numpy_does(history):
    values = np.random.default_rng(4).normal(1e6, 1e-3, 60)
    for at, value in enumerate(values):
        history.add(record(f"U{at}", value, at=START + at, limit=None))
    (one,) = asked(history, readings.overview)
    assert (one.n, one.mean) == (60, pytest.approx(values.mean()))
    assert one.s == pytest.approx(values.std(ddof=1), rel=1e-6)


def test_both_databases_give_the_same_figures_to_the_last_digit(tmp_path, postgresql, request):
    from hil.history.store import History

    told = [record(f"U{at:02}", value, at=START + at % 7) for at, value in enumerate(np.random.default_rng(4).normal(56, 0.2, 50))]
    answers = []
    for url in (str(tmp_path / "h.sqlite"), postgresql.new()):
        with History.open(url) as history, history.reading() as connection:
            for one in told:
                history.add(one)
            choice = resolved(connection, Choice())
            key, of = readings.the_one(readings.find(connection, "frame_rate", None, None, None))
            found = readings.readings(connection, choice, key, of)
            answers.append((capability(found.values, found.lower, found.upper), yields.yields(connection, choice)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"since_s": START + 3}, 1), ({"until_s": START + 3}, 2), ({"rig": "hq-pair"}, 0), ({"plan": "quick"}, 3), ({"batch": "L2"}, 1),
    ],
)  # fmt: skip
def test_runs_are_chosen_by_time_rig_plan_and_lot(week, choice, kept):
    week.add(record("Z", at=START - DAY, part={"number": "P", "revision": "A", "batch": "L2"}))
    week.add(record("Y", at=START - DAY, rig="hq-pair", interrupted=True))
    found = asked(week, yields.yields, Choice(**choice))
    assert sum(step.first_pass.good for step in found.steps) == kept


def test_what_does_not_exist_is_said_with_the_nearest_name(week):
    with pytest.raises(UserError, match=r"no rig 'camera-modul-3'.*\n.*\n.*camera-module-3"):
        asked(week, units.latest, Choice(rig="camera-modul-3"))
    with week.reading() as connection, pytest.raises(UserError, match=r"no characteristic 'frame rat'.*\n.*\n.*frame_rate"):
        readings.find(connection, "frame rat", None, None, None)


def test_an_empty_history_is_said(history):
    with pytest.raises(UserError, match="the history is empty"):
        asked(history, units.latest)


def test_several_characteristics_of_a_name_have_to_be_told_apart(history):
    history.add(record(mode="1536x864"))
    history.add(record(value=[56.0, 55.5]))
    with history.reading() as connection:
        found = readings.find(connection, "frame_rate", None, None, None)
        with pytest.raises(UserError, match=r"3 characteristics have this name\n.*\n.*--mode 1536x864\|2304x1296 --nth 1\|2"):
            readings.the_one(found)
        assert readings.the_one(readings.find(connection, "frame_rate", "cm3", "2304x1296", 2))[1].nth == 2


@pytest.mark.parametrize(
    ("given", "end", "expected"), [("1970-01-02", False, DAY), ("1970-01-01", True, DAY), ("1970-01-01T00:01", False, 60)]
)
def test_days_are_utc_and_the_last_one_is_whole(given, end, expected):
    assert instant("--since", given, end=end) == expected


@pytest.mark.parametrize("given", ["yesterday", "2026-13-01", "22.11.2026", ""])
def test_what_is_no_day_is_said(given):
    with pytest.raises(UserError, match=r"--since .*not a day"):
        instant("--since", given)


def test_what_only_a_units_second_step_measures_is_read_there(history):
    for at in range(3):
        history.add(record(f"U-{at}", 30.0 + at, at=START + 10 * at, mode="1536x864", plan="incoming"))
        history.add(record(f"U-{at}", 56.0 + at / 10, at=START + 10 * at + 1, plan="line"))
        history.add(record(f"U-{at}", 55.0, at=START + 10 * at + 2, plan="line"))
    with history.reading() as connection:
        choice = resolved(connection, Choice())
        ((key, of),) = readings.find(connection, "frame_rate", None, "2304x1296", None)
        assert readings.readings(connection, choice, key, of).values.tolist() == [56.0, 56.1, 56.2]
        told = readings.overview(connection, choice)
    assert [(one.of.mode, one.n, one.mean) for one in told] == [("1536x864", 3, 31.0), ("2304x1296", 3, pytest.approx(56.1))]
