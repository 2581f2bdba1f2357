"""`hil accept --wait-for-start` at a station."""

import json
import subprocess
import sys

PLAN = 'name = "short"\nversion = 1\ntitle = "identity"\nbudget_s = 45\n[checks]\nidentity = {}\n'


def accept(rig, *words):
    (rig.parent / "short.toml").write_text(PLAN)
    argv = ["accept", str(rig), "--sim", "--plan", "short.toml", "--json", "out.json", *words]
    done = subprocess.run([sys.executable, "-m", "hil", *argv], capture_output=True, text=True, cwd=rig.parent, timeout=120, check=False)
    out = rig.parent / "out.json"
    journal = next((line for line in rig.parent.glob("reports/*/*/journal.jsonl")), None)
    return done, json.loads(out.read_text())[0] if out.exists() else None, journal


def test_it_begins_when_the_button_is_pressed(rig_file):
    done, record, journal = accept(rig_file(), "--wait-for-start")
    assert (done.returncode, record["verdict"]) == (0, "PASS")
    told = [json.loads(line) for line in journal.read_text().splitlines()]
    waits = [event["event"] for event in told if event["event"] == "started" or event.get("what") == "waiting for the start button"]
    assert waits[0] == "progress"


def test_a_stuck_button_is_the_rigs_fault(rig_file):
    done, record, _ = accept(rig_file(), "--wait-for-start", "--set", "station.held=true")
    assert (done.returncode, record["verdict"], record["headline"]) == (3, "ERROR", "the start button should be up")


def test_without_a_button_there_is_nothing_to_wait_for(rig_file):
    text = rig_file().read_text().replace('start  = "pi5.GPIO5"\n', "")
    done, record, _ = accept(rig_file(text), "--wait-for-start")
    assert (done.returncode, record) == (2, None)
    assert "its [station] has no start button" in done.stderr
