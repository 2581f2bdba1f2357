"""A camera, a host and a notebook that hold the least a procedure needs; what they answer is set by the test."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hil import catalog
from hil.checks.case import Case
from hil.completed import Completed
from hil.drivers.frames import Burst, Identity, RawFrames, SensorMode
from hil.judge import attribute, judge

QUICK = {
    "identity": {"on_fail": "stop"},
    "modes": {"modes": "all", "frames": 2},
    "frame_rate": {"modes": "all", "frames": 60, "rates": (1.0, 0.5), "rates_hz": ()},
    "exposure": {"modes": "all", "longest_s": 0.5, "frames": 2, "by_light": True},
    "link_settings": {},
}


@dataclass
class FakeNotebook:
    """Keeps everything."""

    unit: tuple[str, ...] = ("cam",)
    measured: list = field(default_factory=list)
    findings: list = field(default_factory=list)
    said_not: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)

    def measure(self, m, limit=None, *, subject, mode="", conditions=None):
        outcome = attribute(judge(m, limit), limit, in_unit=subject in self.unit)
        self.measured.append(SimpleNamespace(m=m, limit=limit, subject=subject, mode=mode, conditions=conditions or {}, outcome=outcome))
        return outcome

    def finding(self, cause, where, evidence, *, says="", do=()):
        self.findings.append((cause, where, tuple(evidence)))

    def not_said(self, text):
        if text not in self.said_not:
            self.said_not.append(text)

    def text(self, name, value, *, subject, mode=""):
        self.texts[name] = value

    @contextmanager
    def step(self, title, seconds=0.0):
        self.steps.append((title, seconds))
        yield

    def named(self, name):
        return [each for each in self.measured if each.m.name == name]

    @property
    def verdicts(self):
        return {each.outcome.verdict for each in self.measured if each.outcome.verdict is not None}


def listed(generation, ratio=1.0):
    """A generation's modes as a host prints them."""
    scale = ratio if generation.link_changes_timing else 1.0
    return [
        SensorMode(
            size=m.size,
            bits=m.bits,
            crop=m.crop,
            fps=round(1e6 / int(m.frame_time_min_ns / scale / 1e3), 2),
            exposure_min_us=m.exposure_min_reported_us,
            exposure_max_us=m.exposure_max_reported_us,
            format="SRGGB10_CSI2P",
            frame_duration_min_us=int(m.frame_time_min_ns / scale / 1e3),
            frame_duration_max_us=int(m.exposure_max_us),
        )
        for m in generation.modes
    ]


@dataclass
class FakeHost:
    """A directory tree, and the text of v4l2-ctl."""

    root: Path
    text: str = ""
    name: str = "pi5"

    def run(self, argv):
        return Completed(self.text, "", 0)


@dataclass
class FakeCamera:
    """Frames of one sensor under steady light: whole lines, a crystal, a jittering host, noise. No time passes."""

    generation: catalog.Generation
    model: str
    id: str = "/base/axi/pcie@1000120000/rp1/i2c@80000/sensor@1a"
    name: str = "cam"
    ppm: float = 12.0
    jitter_us: float = 8.0
    level_per_us: float = 0.3
    """DN of 10 bits per us at gain 1, in the brightest colour."""
    black_shift: float = 0.7
    lines_added: float = 0.0
    full_well: float = 1.0
    """Level in parts of full scale that no pixel exceeds at gain 1."""
    drop_by_host: tuple = ()
    drop_by_sensor: tuple = ()
    frame: object = None
    host: object = field(default_factory=lambda: FakeHost(Path("/nowhere")))
    array: tuple | None = None
    seed: int = 1
    asked: dict = field(default_factory=dict)

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)
        self.sensor = catalog.sensor(self.generation.sensor)

    def identity(self):
        return Identity(self.model, self.id, 0, 180, self.array, None)

    def sensor_modes(self, *, hdr=False):
        return [s for s, m in zip(listed(self.generation), self.generation.modes, strict=True) if m.hdr == hdr]

    def mode(self, size, bits=None, *, hdr=False):
        return next(m for m in self.sensor_modes(hdr=hdr) if m.size == size and bits in (None, m.bits))

    def configure(self, size=None, bits=None, fps=None, exposure_us=None, gain=None, *, hdr=False):
        self.now = next(m for m in self.generation.modes if (m.size, m.bits, m.hdr) == (size, bits, hdr))
        model, line_us = self.generation.exposure, self.now.line_time_ns / 1e3
        self.gain = max(gain or 1.0, self.sensor.gain.min)
        wanted = exposure_us or 2000.0
        top = (model.frame_length_max << model.long_exp_shift_max) - model.frame_integration_diff
        self.line_us = max(line_us, wanted / top)
        lines = int((wanted - self.now.exposure_offset_us) / self.line_us + 1e-9)
        self.lines = max(lines, self.now.exposure_min_lines)
        self.length = self.now.frame_length_min if fps is None else int(int(1e6 / fps) / self.line_us)
        self.length = max(self.length, self.lines + model.frame_integration_diff)
        if self.sensor.name == "imx219" and self.now.pixel_rate_hz > 182_400_000:
            self.echoed, self.length = self.length, self.length & ~1
        else:
            self.echoed = self.length

    @property
    def exposure_us(self):
        return self.lines * self.line_us + self.now.exposure_offset_us

    def burst(self, frames, *, settle=0):
        period = self.length * self.line_us * 1e3 * (1 + self.ppm * 1e-6)
        places = np.arange(frames + len(self.drop_by_host) + len(self.drop_by_sensor))
        stamps = np.sort(5e12 + places * period + self.rng.exponential(self.jitter_us * 1e3, len(places)))
        sequence = places - np.searchsorted(self.drop_by_sensor, places)
        kept = ~np.isin(places, (*self.drop_by_host, *self.drop_by_sensor))
        one = np.ones(frames)
        duration = one * int(self.echoed * self.line_us + self.now.exposure_offset_us)
        return Burst(stamps[kept].astype(np.int64), sequence[kept], one * int(self.exposure_us), one * self.gain, duration)

    def raw(self, frames=1, *, settle=0):
        pixels = np.stack([self._pixels() for _ in range(frames)])
        return RawFrames(pixels, self.now.bits, "RGGB", self.black_dn, self.burst(frames))

    def reduce_raw(self, reduction, frames=1, *, settle=0):
        return self.burst(frames), [reduction(self._pixels(64, 48)) for _ in range(frames)]

    @property
    def black_dn(self):
        return self.sensor.black_level16 / (1 << (16 - self.now.bits))

    def _pixels(self, width=None, height=None):
        if self.frame is not None:
            return self.frame(self)
        width, height = width or self.now.size[0], height or self.now.size[1]
        scale = 2.0 ** (self.now.bits - 10)
        true_us = self.exposure_us + self.lines_added * self.line_us
        level = self.level_per_us * scale * self.gain * true_us * np.array([[0.6, 1.0], [1.0, 0.5]])
        level = np.minimum(level, self.full_well * 1023 * scale * self.gain)
        mean = np.tile(level, (height // 2, width // 2)) + self.black_dn + self.black_shift
        noisy = self.rng.normal(mean, np.sqrt(1.0 + 0.1 * level.mean()))
        return np.clip(np.rint(noisy), 0, (1 << self.now.bits) - 1).astype(np.uint16)


def make_case(
    check, module="Camera Module 3", *, mode="", driver=None, link=None, light=None, has_light=False, gnss=(), last=True, **options
):
    """A case as `hil.checks.cases` makes it, for a camera called "cam"."""
    found = catalog.module(module)
    fitted = SimpleNamespace(module=module, host="pi5", port="CAM1", driver=driver, link_frequency_mhz=link)
    return Case(
        id=f"cam-{mode}",
        check=check,
        camera="cam",
        mode=mode,
        required=True,
        note="",
        options=QUICK[check] | options,
        plan="quick/1",
        in_unit=True,
        fitted=fitted,
        module=found,
        sensor=catalog.sensor(found.sensor),
        board=catalog.board("Raspberry Pi 5"),
        light=light,
        rig_has_light=light is not None,
        gnss=gnss,
        last=last,
    )


def make_camera(module="Camera Module 3", driver=None, **more):
    found = catalog.module(module)
    sensor = catalog.sensor(found.sensor)
    generation = sensor.usual if driver is None else sensor.generation(driver)
    return FakeCamera(generation, found.libcamera_model, **more)


@pytest.fixture
def book():
    return FakeNotebook()


@pytest.fixture
def case():
    return make_case


@pytest.fixture
def fake_camera():
    return make_camera


@pytest.fixture
def host_with_link(tmp_path):
    """A host whose control and device tree state a link frequency each, in Hz."""

    def build(control_hz, tree_hz, camera_id=FakeCamera.id):
        tree = tmp_path / "sys/firmware/devicetree" / camera_id.lstrip("/")
        node = tree / "port/endpoint"
        node.mkdir(parents=True)
        link = tmp_path / "sys/class/video4linux/v4l-subdev2/device/of_node"
        link.parent.mkdir(parents=True)
        link.symlink_to(tree)
        (node / "link-frequencies").write_bytes(tree_hz.to_bytes(8, "big"))
        menu = f"value=0 ({control_hz} {control_hz:#x})" if control_hz else "value=0"
        text = f"Image Processing Controls\n\n    link_frequency 0x009f0901 (intmenu): min=0 max=0 default=0 {menu} flags=read-only\n"
        return FakeHost(tmp_path, text)

    return build
