"""Golden units and gauge studies lie in the history, and spoil none of its answers."""

import numpy as np
import pytest

from hil.errors import UserError
from hil.history import readings, study, units, yields
from hil.history.choice import Choice

from .made import START, record
from .test_questions import asked


@pytest.fixture
def line(history):
    """Two units, a bad golden one, and a gauge study of two specimens in two seatings, two trials each."""
    told = [record("A", 56.0, at=START), record("B", 56.1, at=START + 1), record("BAD-1", 58.0, at=START + 2, purpose="golden")]
    for number, (part, seating, trial) in enumerate(np.ndindex(2, 2, 2)):
        place = {"study": "G-1", "part": f"P{part}", "appraiser": f"seating {seating + 1}", "trial": trial + 1}
        value = 56.0 + part + 0.1 * seating + 0.01 * trial
        told.append(record(f"P{part}", value, at=START + 10 + number, purpose="gauge", gauge=place))
    for one in told:
        assert history.add(one).what == "added"
    return history


def test_a_yield_is_of_production_alone(line):
    (step,) = asked(line, yields.yields).steps
    assert (step.runs, step.first_pass.good, step.first_pass.n) == (2, 2, 2)
    assert [one.last.unit for one in asked(line, units.latest)] == ["B", "A"]


def test_readings_are_of_production_alone(line):
    key, of = asked(line, lambda connection, _: readings.the_one(readings.find(connection, "frame_rate", None, None, None)))
    found = asked(line, readings.readings, key=key, of=of)
    assert sorted(found.values) == [56.0, 56.1]


def test_a_golden_unit_is_there_for_whoever_asks_for_it_by_name(line):
    (run,) = asked(line, units.of_unit, Choice(unit="BAD-1"))
    assert run.verdict == "FAIL"


def test_a_gauge_study_is_asked_for_by_its_seatings(line):
    key, _ = asked(line, lambda connection, _: readings.the_one(readings.find(connection, "frame_rate", None, None, None)))
    values, names = asked(line, study.of_history, Choice(purpose="gauge"), key=key, by=study.SEATING)
    assert names == ["seating 1", "seating 2"]
    assert values.tolist() == [[[56.0, 56.01], [56.1, 56.11]], [[57.0, 57.01], [57.1, 57.11]]]


def test_by_something_else_is_refused_with_what_there_is():
    with pytest.raises(UserError, match="seating"):
        study.checked_column("--by", "seat", study.SEATING)
