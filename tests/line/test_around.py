"""A day at a test station, through `hil accept`: golden units first, the factory's system asked and told, retests counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from hil.station import Station
from hil.station.chain import Link

PLAN = """
name = "short"
version = 1
budget_s = 10
retest = { attempts = 2 }
[checks]
frame_rate = { modes = ["1536x864"], rates = [1.0], frames = 30 }
"""
BAD = "--set=cameras.cm3.frame_stretch=1.0005"


@pytest.fixture
def bench(tmp_path):
    """A folder with a plan, a station without anything, and `hil` in it."""
    (tmp_path / "short.toml").write_text(PLAN)
    Station.init(tmp_path / "station", {"id": "ST-01", "name": "line 1"})
    return Bench(tmp_path)


class Bench:
    """What somebody at the station types."""

    def __init__(self, folder):
        self.folder, self.station = folder, folder / "station"

    def declare(self, text):
        with (self.station / "station.toml").open("a") as file:
            file.write(text)

    def hil(self, *words):
        env = {**os.environ, "HIL_STATION": str(self.station)}
        argv = [sys.executable, "-m", "hil", *words]
        return subprocess.run(argv, capture_output=True, text=True, cwd=self.folder, timeout=300, check=False, env=env)

    def accept(self, unit, *words):
        return self.hil("accept", "camera-module-3", "--sim", "--plan", "short.toml", "--unit", unit, *words)

    def record(self, unit):
        (newest,) = [sorted((self.folder / "reports" / unit).iterdir())[-1]]
        return json.loads((newest / "record.json").read_text("utf-8"))


def test_the_line_opens_when_the_golden_units_have_behaved_and_not_before(bench):
    bench.declare('golden_every_h = 8\n[[golden]]\nunit = "GOOD-1"\nexpect = "PASS"\n[[golden]]\nunit = "BAD-1"\nexpect = "FAIL"\n')

    early = bench.accept("CM3-1")
    good, bad = bench.accept("GOOD-1"), bench.accept("BAD-1", BAD)
    later = bench.accept("CM3-1")

    assert early.returncode == 3
    assert "the line is locked: GOOD-1, which should PASS, has not run yet" in " ".join(early.stdout.split())
    assert "hil line --sim" in early.stdout  # the line of simulated units: the other one stays locked
    assert (good.returncode, bad.returncode, later.returncode) == (0, 0, 0)
    assert bench.record("BAD-1")["purpose"] == "golden"
    assert bench.record("CM3-1")["attempt"] == 1  # the line was locked: that was no attempt


def test_a_golden_unit_that_does_not_behave_locks_the_line(bench):
    bench.declare('golden_every_h = 8\n[[golden]]\nunit = "GOOD-1"\nexpect = "PASS"\n')

    worn = bench.accept("GOOD-1", BAD)
    line = bench.hil("line", "--sim")

    assert worn.returncode == 3
    assert "did not behave: the line is locked" in worn.stdout
    assert (line.returncode, "LOCKED" in line.stdout) == (3, True)
    assert "GOOD-1 got FAIL" in line.stdout


def test_the_factorys_system_is_asked_before_and_told_after(bench, program, tmp_path):
    heard = tmp_path / "heard.json"
    before = program("job = json.load(sys.stdin); print('blocked at step 4'); sys.exit(job['unit'] == 'CM3-9')")
    bench.declare(f"[mes]\nbefore = {before!r}\nafter = {program(f'pathlib.Path({str(heard)!r}).write_text(sys.stdin.read())')!r}\n")

    refused, run = bench.accept("CM3-9"), bench.accept("CM3-1")

    assert (refused.returncode, run.returncode) == (2, 0)
    assert "blocked at step 4" in refused.stderr
    assert not (tmp_path / "reports" / "CM3-9").exists()
    told = json.loads(heard.read_text("utf-8"))
    assert (told["record"], told["label"]["certificate"]) == (bench.record("CM3-1"), "ST-01-000001")


def test_what_the_system_did_not_hear_is_told_when_it_is_back(bench, program, tmp_path):
    up = tmp_path / "up"
    bench.declare(f"[mes]\nafter = {program(f'sys.exit(0 if pathlib.Path({str(up)!r}).exists() else 9)')!r}\n")

    run = bench.accept("CM3-1")
    still = bench.hil("line", "send")
    up.touch()
    sent = bench.hil("line", "send")

    assert run.returncode == 0
    assert "1 message to the factory's system waiting" in run.stdout
    assert (still.returncode, sent.returncode) == (4, 0)


def test_a_third_attempt_needs_a_waiver_that_every_report_shows(bench):
    for _ in range(2):
        bench.accept("CM3-1")

    third = bench.accept("CM3-1")
    waived = bench.accept("CM3-1", "--waive", "retest=cable replaced")

    assert (third.returncode, waived.returncode) == (2, 0)
    assert "attempt 3 of CM3-1" in third.stderr
    record = bench.record("CM3-1")
    assert (record["attempt"], record["waivers"][0]["reason"]) == (3, "cable replaced")


def test_who_runs_it_hears_that_there_is_no_certificate_number(bench):
    late = Link("ST-01", 1, "0" * 64, None, "0" * 64, started="2099-01-01T00:00:00Z")
    (bench.station / "chain.jsonl").write_bytes(late.line())
    done = bench.accept("CM3-1")
    assert "no certificate number: the clock was set back" in " ".join(done.stdout.split())


def test_a_gauge_study_of_twins_widens_the_budgets_of_the_next_run(bench):
    study = bench.hil("gauge", "camera-module-3", "--sim", "--parts=2", "--seatings=1", "--trials=2", "--plan=short.toml", "--json")

    run = bench.accept("CM3-1")

    (rate,) = [row for row in json.loads(study.stdout) if row["characteristic"].startswith("frame rate")]
    assert (study.returncode, run.returncode) == (0, 0)
    assert rate["judged"] == "good"
    assert rate["GRR"] == pytest.approx((rate["EV"] ** 2 + rate["AV"] ** 2 + rate["INT"] ** 2) ** 0.5, rel=0.01)
    added = {
        part["source"] for one in bench.record("CM3-1")["measurements"] for part in one["budget"] if "beyond one run" in part["source"]
    }
    assert len(added) == 1
    assert added.pop().startswith("beyond one run: gauge study camera-module-3-")


def test_a_gauge_study_that_was_interrupted_goes_on_where_it_stopped(bench):
    study = ("gauge", "camera-module-3", "--sim", "--parts=2", "--seatings=1", "--trials=2", "--plan=short.toml", "--json")
    whole = bench.hil(*study)
    runs = sorted((bench.folder / "reports").glob("specimen-*/*/record.json"))
    name = json.loads(runs[0].read_text())["gauge"]["study"]
    runs[3].unlink()

    resumed, other = bench.hil(*study, "--resume", name), bench.hil(*study, "--seatings=2", "--trials=3", "--resume", "camera-module-3-x")

    assert len(set((bench.folder / "reports").glob("specimen-*/*/record.json")) - set(runs)) == 1
    assert [json.loads(done.stdout)[0]["GRR"] for done in (whole, resumed)] == [json.loads(whole.stdout)[0]["GRR"]] * 2
    assert (resumed.returncode, other.returncode) == (0, 2)
    assert "no run of it" in other.stderr
