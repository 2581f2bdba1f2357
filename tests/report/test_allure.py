"""Allure as a view: run by pytest itself, then its result files are read."""

import json
import os
import subprocess
import sys

from hil.measure.measurement import Measurement
from hil.report import allure, events

PROGRAM = """
from hil.judge import Limit, judge
from hil.measure.measurement import Measurement, Series
from hil.report import allure, events

def test_rates():
    allure.unit_parameter("CM3-0042")
    allure.labels("camera-module-3", "frame_rate", "cm3")
    limit = Limit(9.0, 11.0, "Hz", "driver imx708")
    curve = Series((1.0, 2.0, 3.0), (99.0, 100.0, 101.0), (), "frame", "interval, us")
    told = []
    with allure.step("burst"):
        for value in (10.0, 12.0, float("nan")):
            made = Measurement("frame_rate", value, "Hz", 0.01, series=curve)
            told.append(events.measurement(made, judge(made, limit), limit, mode="2304x1296"))
            allure.measurement(told[-1])
    allure.pictures(told[:1])
"""


def result(tmp_path, *options):
    """The allure result of PROGRAM's only test, and the files beside it."""
    (tmp_path / "test_rates.py").write_text(PROGRAM)
    results = tmp_path / "allure-results"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_rates.py", f"--alluredir={results}", *options]
    ran = subprocess.run(
        command, cwd=tmp_path, env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (path,) = results.glob("*-result.json")
    return json.loads(path.read_text()), results


def test_steps_parameters_and_pictures_reach_the_results(tmp_path):
    told, results = result(tmp_path)
    (burst,) = told["steps"]
    assert [step["status"] for step in burst["steps"]] == ["passed", "failed", "broken"]
    assert burst["steps"][0]["name"] == "frame rate at 2304x1296 = 10.000 ± 0.020 Hz [9.000 .. 11.000]"
    assert [(one["name"], one["value"]) for one in told["parameters"]] == [("unit", "'CM3-0042'")]
    assert {label["name"]: label["value"] for label in told["labels"]}["epic"] == "camera-module-3"
    assert {path.suffix for path in results.glob("*-attachment.*")} == {".svg", ".json"}


def test_without_allure_at_work_everything_is_silent():
    event = events.measurement(Measurement("frame_rate", 10.0, "Hz"))
    assert not allure.at_work() or "--alluredir" in " ".join(sys.argv)
    with allure.step("anything"):
        allure.measurement(event)
    allure.pictures([event])
