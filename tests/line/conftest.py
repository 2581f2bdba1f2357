"""A factory's system made of small programs, and records to tell it about."""

from __future__ import annotations

import json
import shlex
import sys

import pytest

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import build, events
from hil.station.seal import seal


@pytest.fixture
def program(tmp_path):
    """Make a command of a few lines of Python: `program("print('hello')")`."""

    def make(text):
        path = tmp_path / f"program-{len(list(tmp_path.glob('program-*')))}.py"
        path.write_text(f"import json, os, pathlib, sys\n{text}\n")
        return shlex.join([sys.executable, "-S", str(path)])

    return make


@pytest.fixture
def record():
    """Make a sealed record: `record("GS-1", "FAIL", cause="R11 fitted")`."""

    def make(unit, verdict="PASS", *, rig="gs-trigger", started="2026-11-22T06:00:00Z", cause=None, simulated=False):
        plan = {"name": "quick", "version": 2}
        opening = events.run(
            rig=rig, unit=unit, unit_parts=["gs"], simulated=simulated, seed=0 if simulated else None, plan=plan, started=started
        )
        value, limit = Measurement("lost_pulses", 0.0 if verdict == "PASS" else 9.0, "pulses"), Limit(None, 0.0, "pulses")
        told = [
            opening,
            events.planned([events.PlannedTest("t", "trigger", "gs", measurements=("lost_pulses",))]),
            events.measurement(value, judge(value, limit), limit, test="t", subject="gs"),
            events.outcome("t", "passed" if verdict == "PASS" else "failed"),
            *([events.diagnosis(cause, severity="fail", says=cause, where="gs", test="t")] if cause else []),
            events.end(rig_s=1.0, wall_s=1.0),
        ]
        made = build(told)
        assert made["verdict"] == verdict
        return json.loads(json.dumps(seal(made)))

    return make
