"""A test station on its twin: a GS Camera, a start button, lamps, a buzzer and a relay."""

import pytest

from hil.bench import open_rig, open_twin
from hil.rig import load

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
