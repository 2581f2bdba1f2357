"""Cameras that are wired to something: pairs on XVS, one on a Pico's trigger, both in front of a strobe."""

from __future__ import annotations

import pytest

from hil import catalog
from hil.rig.spec import TwinCamera, TwinHost, TwinPico, TwinSpec
from hil.rig.wiring import parse

GROUND = "source.GND -- sink.GND -- pi-a.GND -- pi-b.GND"
FLASH = {"GND": GROUND, "flash": "pi-a.GPIO22 -- R4 150 5% -- LED1 yellow -- GND"}


TRIGGER = {
    "GND": "pico.GND -- gs.GND",
    "XTR": "gs.XTR -- pico.GP26",
    "pulse": "pico.GP28 -- R1 1.5k 1% -- XTR -- R2 1.8k 1% -- GND",
    "flash": "pico.GP15 -- R3 150 5% -- LED1 yellow -- GND",
}


def wired(**lines):
    """Wiring lines by name; None leaves one out."""
    return tuple(parse(name, text) for name, text in lines.items() if text is not None)


def pair_spec(module, wiring, *, source=None, sink=None, hosts=None, strobe=None):
    """Two cameras of one product on two Pis, called source and sink; `source` and `sink`: fields of their `TwinCamera`."""
    sensor = catalog.sensor(catalog.module(module).sensor)

    def camera(name, host, more):
        given = {"always_on": True, "sync": name} | (more or {})
        return TwinCamera(name, host, "CAM1", module, sensor.usual.name, sensor.link_freq_default_hz, **given)

    pis = tuple(TwinHost(name, "Raspberry Pi 5", **(hosts or {})) for name in ("pi-a", "pi-b"))
    return TwinSpec("pair", pis, (camera("source", "pi-a", source), camera("sink", "pi-b", sink)), wiring=wiring, strobe=strobe)


class Pair:
    """Two benches in one world."""

    def __init__(self, source, sink):
        self.source, self.sink, self.twin = source, sink, source.twin
        self.world, self.wires = self.twin.world, self.twin.wires

    def set_parameter(self, module, value):
        """Write trigger_mode on both hosts."""
        for host, number in zip(self.twin.hosts.values(), value, strict=True):
            (host.root / f"sys/module/{module}/parameters/trigger_mode").write_text(f"{number}\n")

    def configure(self, size, bits=None):
        self.source.configure(size, bits)
        self.sink.configure(size, bits)

    def run(self, seconds, *, sink_first_s=0.5, exposure_us=2000, frame_us=25_000, buffers=120):
        """Sink first, then the source, for `seconds`; returns the frames of both."""
        self.sink.start_manual(exposure_us, frame_us, buffers=buffers)
        self.world.sleep(sink_first_s)
        self.source.start_manual(exposure_us, frame_us, buffers=buffers)
        self.world.sleep(seconds)
        return self.source.collected(), self.sink.collected()


@pytest.fixture
def pair(benches):
    """Make pairs: `pair(spec, seed=1)`."""

    def make(spec, seed=1):
        return Pair(*benches(spec, seed, "source", "sink"))

    return make


@pytest.fixture
def hq_pair(pair):
    """Two HQ Cameras, XVS and ground joined: `hq_pair(sink={"late_s": 1.0}, XVS=None)`."""

    def make(*, seed=1, source=None, sink=None, hosts=None, strobe=None, size=(2028, 1080), **lines):
        given = {"XVS": "source.XVS -- sink.XVS"} | FLASH | lines
        made = pair(pair_spec("HQ Camera (CS)", wired(**given), source=source, sink=sink, hosts=hosts, strobe=strobe), seed)
        made.configure(size)
        return made

    return make


@pytest.fixture
def gs_pair(pair):
    """Two Global Shutter Cameras, XVS, XHS and ground joined, the sink's MAS bridged: `gs_pair(XHS=None)`."""

    def make(*, sink=None, **lines):
        given = {"GND": GROUND, "XVS": "source.XVS -- sink.XVS", "XHS": "source.XHS -- sink.XHS"} | lines
        made = pair(pair_spec("GS Camera", wired(**given), source={"sync": ""}, sink={"MAS": "bridged"} | (sink or {})))
        made.configure((1456, 1088))
        return made

    return make


@pytest.fixture
def triggered(benches):
    """One Global Shutter Camera on a Pico's trigger: `triggered(R11="removed")`."""

    def make(*, seed=1, hosts=None, strobe=None, lines=None, **fitted):
        sensor = catalog.sensor("imx296")
        given = {"Q2": "fitted", "R11": "removed"} | fitted
        camera = TwinCamera("gs", "pi", "CAM1", "GS Camera", sensor.usual.name, sensor.link_freq_default_hz, **given)
        wiring = wired(**TRIGGER | (lines or {}))
        pis, pico = (TwinHost("pi", "Raspberry Pi 5", **(hosts or {})),), TwinPico("pico", "pi", present=False)
        spec = TwinSpec("gs", pis, (camera,), wiring=wiring, picos=(pico,), strobe=strobe)
        (made,) = benches(spec, seed, "gs")
        (made.twin.hosts["pi"].root / "sys/module/imx296/parameters/trigger_mode").write_text("1\n")
        made.wires = made.twin.wires
        made.wires.drive("pico.GP28", 3.3)
        made.configure((1456, 1088))
        return made

    return make
