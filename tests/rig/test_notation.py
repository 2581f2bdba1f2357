"""The notation of rigs that are more than one camera on one Pi."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil.rig import Rig, load
from hil.rig.wiring import Net, Part, Pin

HQ_PAIR = """\
name = "hq-pair"
unit = ["source", "sink"]

[hosts]
pi-a = { board = "Raspberry Pi 4", connect = "ssh:pi-a.local" }
pi-b = { board = "Raspberry Pi 4", connect = "ssh:pi-b.local" }

[cameras]
source = { module = "HQ Camera (CS)", host = "pi-a", lens = "6mm", sync = "source", always_on = true }
sink   = { module = "HQ Camera (CS)", host = "pi-b", lens = "6mm", sync = "sink",   always_on = true }

[wiring]
GND   = "source.GND -- sink.GND -- pi-a.GND -- pi-b.GND"
XVS   = "source.XVS -- sink.XVS"
clock = "pi-a.GPIO17 -- R3 1k 5% -- pi-a.GPIO27 -- pi-b.GPIO27"
flash = "pi-a.GPIO22 -- R4 150 5% -- LED1 yellow -- GND"
bias  = "pi-a.3V3 -- R1 10k 1% -- XVS -- R2 10k 1% -- GND"

[clock]
drive = "pi-a.GPIO17"
stamp = ["pi-a.GPIO27", "pi-b.GPIO27"]

[strobe]
drive   = "pi-a.GPIO22"
seen_by = ["source", "sink"]
"""

GS_TRIGGER = """\
name = "gs-trigger"
unit = "gs"
gnss = ["GPS L1"]

[hosts]
pi5 = { board = "Raspberry Pi 5", connect = "local" }

[picos]
pico = { host = "pi5" }

[cameras]
gs = { module = "GS Camera", host = "pi5", port = "CAM1", lens = "6mm", sync = "trigger", Q2 = "fitted", R11 = "removed" }

[wiring]
GND   = "pico.GND -- gs.GND"
XTR   = "gs.XTR -- pico.GP26"
pulse = "pico.GP28 -- R1 1.5k 1% -- XTR -- R2 1.8k 1% -- GND"
flash = "pico.GP15 -- R3 150 5% -- LED1 yellow -- GND"

[strobe]
drive   = "pico.GP15"
seen_by = ["gs"]
"""

Read = Callable[[str], Rig]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> Rig:
        (tmp_path / "rig.toml").write_text(text)
        return load(tmp_path / "rig.toml")

    return read


def test_a_pair_on_two_pis_is_understood(read: Read) -> None:
    rig = read(HQ_PAIR)

    assert rig.unit == ("source", "sink")
    assert [camera.sync for camera in rig.cameras.values()] == ["source", "sink"]
    assert rig.strobe is not None
    assert rig.strobe.seen_by == ("source", "sink")


def test_a_triggered_camera_with_a_pico_is_understood(read: Read) -> None:
    rig = read(GS_TRIGGER)

    assert rig.gnss == ("GPS L1",)
    assert rig.picos["pico"].host == "pi5"
    assert (rig.cameras["gs"].Q2, rig.cameras["gs"].R11) == ("fitted", "removed")


def test_a_wiring_line_becomes_a_tree(read: Read) -> None:
    bias = {line.name: line for line in read(HQ_PAIR).lines}["bias"]

    assert bias.items == (
        Pin("pi-a", "3V3"),
        Part("R1", "R", 10_000.0, 0.01, "10k 1%"),
        Net("XVS"),
        Part("R2", "R", 10_000.0, 0.01, "10k 1%"),
        Net("GND"),
    )


def test_lines_without_parts_are_nets(read: Read) -> None:
    assert [line.name for line in read(GS_TRIGGER).lines if line.is_net] == ["GND", "XTR"]


def test_the_only_connector_of_a_board_needs_no_naming(read: Read) -> None:
    assert {camera.port for camera in read(HQ_PAIR).cameras.values()} == {"CAM1"}


def test_names_come_back_as_the_catalog_has_them(read: Read) -> None:
    rig = read(GS_TRIGGER.replace('"Raspberry Pi 5"', '"Pi 5"'))

    assert rig.hosts["pi5"].board == "Raspberry Pi 5"


def test_tables_may_be_written_out(read: Read) -> None:
    long = GS_TRIGGER.replace('pi5 = { board = "Raspberry Pi 5", connect = "local" }', '[hosts.pi5]\nboard = "Raspberry Pi 5"')

    assert read(long).hosts == read(GS_TRIGGER).hosts


def test_a_light_shines_into_all_cameras_unless_it_says_which(read: Read) -> None:
    assert read(HQ_PAIR + '[light]\nkind = "steady"\n').lit() == ("source", "sink")
    assert read(HQ_PAIR + '[light]\nkind = "steady"\nseen_by = "sink"\n').lit() == ("sink",)
    assert read(HQ_PAIR).lit() == ()


def test_a_c_lens_goes_on_a_cs_mount_with_the_adapter(read: Read) -> None:
    rig = read(GS_TRIGGER.replace('lens = "6mm"', 'lens = "16mm", adapter = "C-CS"'))

    assert rig.cameras["gs"].adapter == "C-CS"
