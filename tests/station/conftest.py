"""A test station on its twin: a GS Camera, a start button, lamps, a buzzer and a relay."""

import pytest

from hil.bench import open_rig, open_twin
from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import build, events
from hil.rig import load
from hil.station import Station

STATION = """
[station]
start  = "pi5.GPIO5"
lamps  = { busy = "pi5.GPIO6", pass = "pi5.GPIO13", fail = "pi5.GPIO19" }
buzzer = "pi5.GPIO26"
relay  = "pi5.GPIO21"
"""
RIG = """name = "st"
unit = "gs"
[hosts]
pi5 = { board = "Raspberry Pi 5", power = "uhubctl -a {on|off}" }
[cameras]
gs = { module = "GS Camera", host = "pi5", port = "CAM1", lens = "6mm" }
[light]
kind = "steady"
"""


@pytest.fixture
def rig_file(tmp_path):
    """`rig_file(text)`: the path of a rig with that text, a station by default."""

    def write(text=RIG + STATION):
        path = tmp_path / "st.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def twin_of(rig_file, monkeypatch):
    """`twin_of("station.held=true")`: rig and twin, in this process."""
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    opened = []

    def open_one(*changes, text=RIG + STATION):
        rig = load(str(rig_file(text)))
        opened.append(open_twin(rig, 0, changes))
        return rig, opened[-1]

    yield open_one
    for twin in opened:
        twin.close()


@pytest.fixture
def bench_of(twin_of):
    """`bench_of(...)`: the rig, open on its twin."""
    opened = []

    def open_one(*changes, **more):
        rig, twin = twin_of(*changes, **more)
        opened.append(open_rig(rig, twin=twin))
        return opened[-1], twin

    def again(rig, twin):
        opened.append(open_rig(rig, twin=twin))
        return opened[-1], twin

    open_one.again = again
    yield open_one
    for bench in opened:
        bench.close()


@pytest.fixture
def station(tmp_path):
    """A test station that has sealed nothing yet."""
    return Station.init(tmp_path / "station", {"id": "ST-01", "name": "camera line 1"})


@pytest.fixture
def record_of(station):
    """`record_of("HQ-0001")`: the unsealed record of a short run at that station; `second`: when it began."""

    def make(unit="HQ-0001", second=0, **more):
        opening = events.run(
            rig="hq",
            unit=unit,
            unit_parts=["hq"],
            simulated=False,
            seed=None,
            plan={"name": "quick", "version": 1},
            started=f"2026-11-22T14:03:{second:02}Z",
            traveller={"station": station.facts(), **more},
        )
        made = Measurement("volts", 5.0, "V", 0.01)
        limit = Limit(4.0, 6.0, "V")
        measured = events.measurement(made, judge(made, limit), limit, test="test_a", subject="hq")
        planned = events.planned([events.PlannedTest("test_a", "volts", "hq", "", ("volts",))])
        return build([opening, planned, measured, events.outcome("test_a", "passed"), events.end(rig_s=1.0, wall_s=1.0)])

    return make
