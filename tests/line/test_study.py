"""A gauge study, from its records to the budget of the next run."""

import json

import numpy as np
import pytest

from hil.errors import UserError
from hil.line.study import keep, place_of, repeatability, results, runs
from hil.measure.measurement import Measurement
from hil.report import build, events

PARTS, SEATINGS, TRIALS = 6, 3, 3
TRUE_EV, TRUE_AV, TRUE_PV = 0.002, 0.004, 0.03


def records(simulated=True, rig="cm3", started="2026-11-22T06:00:00Z", leave_out=(), seed=7):
    """A study of made truth: what the parts, the seatings and the readings themselves add."""
    rng = np.random.default_rng(seed)
    part, seating = rng.normal(0, TRUE_PV, PARTS), rng.normal(0, TRUE_AV, (PARTS, SEATINGS))
    made = []
    for p, a, t in np.ndindex(PARTS, SEATINGS, TRIALS):
        value = 56.0 + part[p] + seating[p, a] + rng.normal(0, TRUE_EV)
        place = {"study": "G-1", "part": f"P{p}", "appraiser": f"S{a}", "trial": t + 1}
        traveller = {"purpose": "gauge", "gauge": place}
        opening = events.run(
            rig=rig, unit=f"P{p}", unit_parts=["cm3"], simulated=simulated, seed=0, plan={}, started=started, traveller=traveller
        )
        rate, count = Measurement("frame_rate", value, "Hz", 0.001), Measurement("lost_pulses", 0.0, "pulses")
        told = [events.measurement(one, test="t", subject="cm3", mode="1536x864") for one in (rate, count)]
        kept = told[: 1 if (p, a, t) in leave_out else 2]
        made.append({**build([opening, *kept]), "seal": {"sha256": f"{p}{a}{t}"}})
    return made


def test_a_study_finds_what_was_put_in():
    found, left = results(records())
    rate = next(one for one in found if one.key.name == "frame_rate").gauge
    assert (rate.parts, rate.appraisers, rate.trials) == (PARTS, SEATINGS, TRIALS)
    assert rate.grr == pytest.approx((TRUE_EV**2 + TRUE_AV**2) ** 0.5, rel=0.3)
    assert rate.pv == pytest.approx(TRUE_PV, rel=0.5)
    assert left == []


def test_the_order_of_the_runs_does_not_matter():
    told = records()
    shuffled = [told[index] for index in np.random.default_rng(3).permutation(len(told))]
    assert results(shuffled)[0] == results(told)[0]


def test_a_characteristic_that_some_runs_lack_is_left_out_and_named():
    found, left = results(records(leave_out={(0, 0, 0), (1, 1, 1)}))
    assert [one.key.name for one in found] == ["frame_rate"]
    assert left == [f"lost_pulses cm3 1536x864: not measured in 2 of {PARTS * SEATINGS * TRIALS} runs"]


def test_what_is_whole_of_an_interrupted_study_is_found_again_and_no_more(tmp_path):
    told = [{**one, "verdict": "FAIL"} for one in records()[:4]]
    odd = [{**told[0], "verdict": "ERROR"}, {**told[1], "interrupted": True}, {**told[2], "gauge": None}]
    for number, one in enumerate([*told[2:], *odd]):
        folder = tmp_path / one["unit"] / str(number)
        folder.mkdir(parents=True)
        (folder / "record.json").write_text(json.dumps(one))
    assert [place_of(one) for one in runs(tmp_path, "G-1", ["P0", "P1"])] == [place_of(one) for one in told[2:]]
    assert runs(tmp_path, "G-2", ["P0", "P1"]) == []


def test_the_next_run_at_the_station_takes_the_newest_study_of_its_rig(tmp_path):
    for name, seed, started in (("G-1", 7, "2026-11-01T00:00:00Z"), ("G-2", 8, "2026-11-20T00:00:00Z")):
        told = records(seed=seed, started=started)
        keep(tmp_path, name, told, results(told)[0])
    newest = next(one for one in results(records(seed=8))[0] if one.key.name == "frame_rate")

    (row,) = repeatability(tmp_path, "cm3", simulated=True)

    assert row["u"] == newest.gauge.grr
    assert (row["name"], row["mode"], row["study"]) == ("frame_rate", "1536x864", "gauge study G-2")


def test_a_study_of_twins_says_nothing_of_real_cameras_nor_of_another_rig(tmp_path):
    told = records(simulated=True)
    keep(tmp_path, "G-1", told, results(told)[0])
    assert repeatability(tmp_path, "cm3", simulated=False) == []
    assert repeatability(tmp_path, "gs", simulated=True) == []


def test_a_station_without_a_study_adds_nothing(tmp_path):
    assert repeatability(tmp_path, "cm3", simulated=True) == []


def test_a_file_that_is_no_study_is_named(tmp_path):
    (tmp_path / "gauge").mkdir()
    (tmp_path / "gauge" / "notes.json").write_text("{}")
    with pytest.raises(UserError, match=r"notes\.json"):
        repeatability(tmp_path, "cm3", simulated=True)
