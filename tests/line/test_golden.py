"""Golden units: the line is open only while those that must pass pass, and those that must fail fail for their reason."""

from types import SimpleNamespace

import pytest

from hil.line import Watch

GOOD = SimpleNamespace(unit="GOOD-1", rig="gs-trigger", expect="PASS", cause=None)
BAD = SimpleNamespace(unit="BAD-R11", rig="gs-trigger", expect="FAIL", cause="R11 fitted")
MORNING, NOON, NIGHT = "2026-11-22T06:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T14:00:01Z"


@pytest.fixture
def watch(tmp_path):
    return Watch(tmp_path, (GOOD, BAD), every_h=8.0)


def reasons(watch, now=NOON, rig="gs-trigger", simulated=False):
    return watch.locked(rig, now, simulated=simulated)


def test_a_line_is_locked_until_both_have_run(watch, record):
    assert reasons(watch) == ["GOOD-1, which should PASS, has not run yet", "BAD-R11, which should FAIL, has not run yet"]
    watch.note(record("GOOD-1"))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted"))
    assert reasons(watch) == []


def test_a_bad_unit_that_fails_for_another_reason_keeps_it_locked(watch, record):
    watch.note(record("GOOD-1"))
    seen = watch.note(record("BAD-R11", "FAIL", cause="no frames"))
    assert not seen.behaved
    assert reasons(watch) == [f"BAD-R11 got FAIL (no frames) at {MORNING}, it should get FAIL (R11 fitted)"]


@pytest.mark.parametrize(("good", "bad"), [("FAIL", "FAIL"), ("PASS", "PASS")])
def test_a_station_that_says_the_same_of_all_is_locked(watch, record, good, bad):
    watch.note(record("GOOD-1", good, cause="R11 fitted" if good == "FAIL" else None))
    watch.note(record("BAD-R11", bad, cause="R11 fitted" if bad == "FAIL" else None))
    assert len(reasons(watch)) == 1


def test_a_shift_later_they_have_to_run_again(watch, record):
    watch.note(record("GOOD-1"))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted"))
    assert reasons(watch, now=NIGHT)[0] == f"GOOD-1 last ran at {MORNING}, it should every 8 h"
    watch.note(record("GOOD-1", started=NIGHT))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted", started=NIGHT))
    assert reasons(watch, now=NIGHT) == []


def test_only_the_last_run_of_each_counts(watch, record):
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted"))
    watch.note(record("GOOD-1"))
    watch.note(record("GOOD-1", "FAIL", started=NOON))
    assert len(reasons(watch)) == 1


def test_a_clock_that_was_set_back_does_not_keep_the_line_open(watch, record):
    watch.note(record("GOOD-1", started=NIGHT))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted", started=NIGHT))
    assert len(reasons(watch, now=NOON)) == 2


def test_a_clock_that_was_ahead_for_a_while_does_not_lock_the_line_for_good(watch, record):
    watch.note(record("GOOD-1", started="2031-11-22T06:00:00Z"))
    watch.note(record("GOOD-1"))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted"))
    assert reasons(watch) == []


@pytest.mark.parametrize("text", [b'{"unit":"GOOD-1","ri', b"\xff\n", b"[]\n", b'{"started":"yesterday","causes":[]}\n'])
def test_a_line_that_is_broken_opens_nothing_and_spoils_nothing(watch, record, text):
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted"))
    with (watch.folder / "golden.jsonl").open("ab") as file:
        file.write(text)
    assert len(reasons(watch)) == 1
    watch.note(record("GOOD-1"))
    assert reasons(watch) == []


def test_a_simulated_golden_unit_opens_no_real_line(watch, record):
    watch.note(record("GOOD-1", simulated=True))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted", simulated=True))
    assert len(reasons(watch)) == 2
    assert reasons(watch, simulated=True) == []


def test_other_units_and_other_rigs_are_nobodys_business(watch, record):
    assert watch.note(record("GS-1")) is None
    assert watch.note(record("GOOD-1", rig="gs")) is None
    assert reasons(watch, rig="gs") == []


def test_a_line_that_broke_off_in_a_power_cut_opens_nothing(watch, record):
    watch.note(record("GOOD-1"))
    watch.note(record("BAD-R11", "FAIL", cause="R11 fitted"))
    path = watch.folder / "golden.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert reasons(watch) == ["BAD-R11, which should FAIL, has not run yet"]


def test_a_station_that_demands_no_golden_units_is_open(tmp_path):
    assert Watch(tmp_path, (GOOD, BAD), every_h=None).locked("gs-trigger", NOON, simulated=False) == []
