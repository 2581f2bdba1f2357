"""What is judged with an uncertainty says what that is made of."""

import json
import math
import subprocess
import sys

import GTC
import pytest

PLAN = 'name = "budgets"\nversion = 1\nbudget_s = 90\n[checks]\nshutter = {}\n'
TRIGGER = "wiring = {}\ntrigger = { frames = 20, longest_s = 0.1 }\n"


@pytest.mark.parametrize(
    ("rig", "wanted", "names"),
    [
        ("gs-trigger", TRIGGER, {"level_high", "level_low", "shutter_skew", "trigger_rate", "trigger_offset"}),
        ("hq-pair", "sync = { frames = 200 }\n", {"shutter_skew", "line_time", "sync_rate_difference", "sync_offset"}),
    ],
)
def test_every_uncertainty_that_decides_has_a_budget(tmp_path, rig, wanted, names):
    (tmp_path / "p.toml").write_text(PLAN + wanted)
    argv = ["-m", "hil", "accept", rig, "--sim", "--plan", "p.toml", "--json", "out.json"]
    subprocess.run([sys.executable, *argv], cwd=tmp_path, capture_output=True, timeout=300, check=True)
    (record,) = json.loads((tmp_path / "out.json").read_text())
    told = [one for one in record["measurements"] if one["rule"] and one["u"]]
    assert names <= {one["name"] for one in told}
    for one in told:
        assert one["budget"], one["name"]
        assert math.hypot(*(part["u"] for part in one["budget"])) == pytest.approx(one["u"])
        # GTC takes the GUM's standard uncertainty, ours is that of Student's t.
        inputs = [(part["u"], part["dof"] or math.inf) for part in one["budget"]]
        whole = sum(GTC.ureal(0, u * math.sqrt((dof - 2) / dof) if 2 < dof < math.inf else u, dof) for u, dof in inputs)
        assert min(GTC.dof(whole), 1e6) == pytest.approx(min(float(one["dof"]), 1e6), rel=1e-3), one["name"]
