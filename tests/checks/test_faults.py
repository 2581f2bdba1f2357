"""Each fault put into a twin, while the rig file still says how it should be, is found and named by `hil accept`."""

import json
import subprocess
import sys

import pytest

PLANS = {
    "wiring": "wiring = {}",
    "sync": "sync = { frames = 16, by_light = false }",
    "light": "sync = { frames = 16 }",
    "trigger": "trigger = { frames = 12, rates_hz = [], by_light = false }",
    "slow": "trigger = { frames = 12, rates_hz = [0.2], by_light = false }",
    "shutter": "shutter = { frames = 10 }",
}
HEAD = 'name = "short"\nversion = 1\nbudget_s = 100\n[checks]\n'

WIRES = {
    "divider missing": ("hq-pair-page", "wiring", "wiring.bias=off", "line missing"),
    "divider to 5 V": (
        "hq-pair-page",
        "wiring",
        "wiring.bias=pi-a.5V -- R1 10k 1% -- XVS -- R2 10k 1% -- pi-a.GND",
        "5 V, or resistor open",
    ),
    "one resistor open": ("hq-pair-page", "wiring", "wiring.R1=open", "resistor open"),
    "the XTR resistors swapped": (
        "gs-trigger",
        "wiring",
        "wiring.pulse=pico.GP28 -- R1 1.8k 1% -- XTR -- R2 1.5k 1% -- pico.GND",
        "resistors swapped",
    ),
    "XTR divider missing": ("gs-trigger", "wiring", "wiring.pulse=off", "line missing"),
}
PAIRS = {
    "XVS wire off": ("hq-pair", "sync", "wiring.XVS=off", "XVS wire open"),
    "all ground between the Pis off": ("hq-pair", "sync", "wiring.GND=source.GND -- pi-a.GND", "ground open between the Pis"),
    "clock wire off": ("hq-pair", "sync", "wiring.clock=off", "clock wire open"),
    "both source": ("hq-pair-pi5", "sync", "cameras.sink.sync=source", "both cameras are sources"),
    "both sink": ("hq-pair-pi5", "sync", "cameras.source.sync=sink", "both cameras are sinks"),
    "source started first": ("hq-pair-pi5", "sync", "cameras.sink.late_s=0.8", "source started first"),
    "sink's frame longer": ("hq-pair-pi5", "sync", "cameras.sink.frame_stretch=1.1", "sink's frame too long"),
    "XHS off": ("gs-pair", "sync", "wiring.XHS=off", "XVS or XHS wire open"),
    "MAS open": ("gs-pair", "sync", "cameras.sink.MAS=open", "MAS pad open"),
    "timeout too short": ("hq-pair-pi5", "sync", "hosts.pi5.camera_timeout_ms=200", "capture given up too early"),
}
TRIGGERS = {
    "always-on missing": ("gs-trigger-pair", "trigger", "cameras.left.always_on=false", "not always on"),
    "XTR open at one of two": ("gs-trigger-pair", "trigger", "wiring.XTR=left.XTR -- pico.GP26", "XTR wire open, or R11 still fitted"),
    "Pico unplugged mid-run": ("gs-trigger", "slow", "picos.pico.unplug_at_s=4", "pico lost"),
    "timeout too short, slow trigger": ("gs-trigger", "slow", "hosts.pi5.camera_timeout_ms=1500", "capture given up too early"),
    "strobe dead": ("gs-trigger", "shutter", "strobe.dead=true", "flash not seen"),
}
OF_THE_UNIT = {
    "R11 left in": ("gs-trigger", "trigger", "cameras.gs.R11=fitted", "R11 still fitted"),
    "every second pulse ignored": ("gs-trigger", "trigger", "cameras.gs.ignores_every=2", "every n-th pulse ignored"),
    "light 10 ms late": ("hq-pair-pi5", "light", "cameras.sink.light_offset_ms=10", "timestamps and light disagree"),
}
OF_THE_RIG = WIRES | PAIRS | TRIGGERS


@pytest.fixture
def verdict(tmp_path):
    """`verdict(rig, checks, change)`: the verdict, and the causes that were named, the decisive one first."""

    def run(rig, checks, change):
        (tmp_path / "short.toml").write_text(HEAD + PLANS[checks])
        argv = ["accept", rig, "--sim", "--plan", "short.toml", "--json", "out.json", "--set", change]
        subprocess.run([sys.executable, "-m", "hil", *argv], capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
        record = json.loads((tmp_path / "out.json").read_text())[0]
        return record["verdict"], [one["cause"] for one in record["diagnoses"] if one["severity"] in ("error", "fail")]

    return run


@pytest.mark.parametrize("fault", OF_THE_RIG)
def test_a_fault_of_the_rig_is_named_and_fails_nobody(fault, verdict):
    rig, checks, change, cause = OF_THE_RIG[fault]
    found, causes = verdict(rig, checks, change)
    assert (found, causes[:1]) == ("ERROR", [cause])


@pytest.mark.parametrize("fault", OF_THE_UNIT)
def test_a_fault_of_the_unit_is_named_and_fails_it(fault, verdict):
    rig, checks, change, cause = OF_THE_UNIT[fault]
    found, causes = verdict(rig, checks, change)
    assert (found, causes[:1]) == ("FAIL", [cause])
