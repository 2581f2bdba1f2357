"""A camera on a bench of its own: driven through the libcamera binding, without picamera2, one world per test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from hil import catalog
from hil.rig.spec import TwinCamera, TwinHost, TwinLight, TwinSpec
from hil.sim.libcamera._enums import StreamRole
from hil.sim.libcamera.backend import install_backends
from hil.sim.libcamera.buffers import FrameBuffer, frame_of
from hil.sim.libcamera.camera import _new_manager
from hil.sim.libcamera.formats import PixelFormat
from hil.sim.libcamera.geometry import Size
from hil.sim.libcamera.ids import controls
from hil.sim.libcamera.stream import SensorConfiguration
from hil.sim.twin import open_twin

MODULES = {
    "ov5647": "Camera Module 1",
    "imx219": "Camera Module 2",
    "imx708": "Camera Module 3",
    "imx477": "HQ Camera (CS)",
    "imx296": "GS Camera",
}


COMPLETE = 1


@dataclass
class Taken:
    """One finished request."""

    metadata: dict[Any, Any]
    sequence: int
    status: int
    shot: Any

    def __getitem__(self, name: str) -> Any:
        return self.metadata[getattr(controls, name)]

    def __contains__(self, name: str) -> bool:
        return getattr(controls, name) in self.metadata


def taken(request):
    """What a finished request holds."""
    buffer = next(iter(request.buffers.values()))
    return Taken(request.metadata, buffer.metadata.sequence, int(buffer.metadata.status), frame_of(buffer))


def named(values: dict[str, Any]) -> dict[Any, Any]:
    """Controls by their names; `rpi_` and `draft_` stand for the vendors."""
    found = {}
    for name, value in values.items():
        vendor, _, rest = name.partition("_")
        found[getattr(getattr(controls, vendor), rest) if rest else getattr(controls, name)] = value
    return found


def _manual(exposure_us, gain):
    return {"ExposureTimeMode": 1, "AnalogueGainMode": 1, "ExposureTime": exposure_us, "AnalogueGain": gain, "ColourGains": (1.5, 1.5)}


class Bench:
    """One camera, its world and a hand to turn the crank."""

    def __init__(self, twin, name):
        self.twin, self.world, self.device = twin, twin.world, twin.cameras[name]
        install_backends(lambda: twin.backends(self.device.wired.spec.host))
        self.manager = _new_manager()  # a second bench in one test needs a manager of its own
        self.camera = self.manager.get(self.device.id)
        self.camera.acquire()
        self.requests, self._ready = [], []

    def configure(self, size, bits=None, *, raw=True, main=(640, 480)):
        """Configure main, raw or both; the sensor mode is asked for by size and depth."""
        roles = [StreamRole.VideoRecording] * bool(main) + [StreamRole.Raw] * raw
        config = self.camera.generate_configuration(roles)
        if main:
            config.at(0).size = Size(*main)
        if raw:
            mode = max((m for m in self.device.generation.modes if m.size == size and bits in (None, m.bits)), key=lambda m: m.bits)
            config.at(len(roles) - 1).size = Size(*size)
            config.at(len(roles) - 1).pixel_format = PixelFormat(f"SRGGB{mode.bits}_CSI2P" if mode.bits > 8 else "SRGGB8")
            wanted = SensorConfiguration()
            wanted.output_size, wanted.bit_depth = Size(*size), mode.bits
            config.sensor_config = wanted
        config.validate()
        self.camera.configure(config)
        self.config = config
        return config

    def start(self, buffers=4, **values):
        """Start with these controls and queue `buffers` requests."""
        self.camera.start(named(values))
        self.requests = [self.request() for _ in range(buffers)]
        for request in self.requests:
            self.camera.queue_request(request)

    def start_manual(self, exposure_us, frame_us=None, gain=2.0, buffers=4):
        """Start with everything fixed, so that no start-up frames are marked; `frame_us`: one duration or (shortest, longest)."""
        limits = {} if frame_us is None else {"FrameDurationLimits": frame_us if isinstance(frame_us, tuple) else (frame_us, frame_us)}
        self.start(buffers, **_manual(exposure_us, gain), **limits)

    def request(self):
        made = self.camera.create_request(0)
        for entry in self.config:
            made.add_buffer(entry.stream, FrameBuffer([FrameBuffer.Plane()]))
        return made

    def finished(self):
        """The next finished request, time moving on as needed."""
        while True:
            ready = self._ready or self.manager.get_ready_requests()
            if ready:
                self._ready = ready[1:]
                return ready[0]
            assert self.world.step(), "nothing is due"

    def take(self, count=1, **values):
        """The next `count` frames; each request goes back at once, the first with these controls."""
        frames = []
        for _ in range(count):
            request = self.finished()
            frames.append(taken(request))
            request.reuse()
            for identity, value in named(values).items():
                request.set_control(identity, value)
            values = {}
            self.camera.queue_request(request)
        return frames

    def collected(self):
        """The frames that are finished, without waiting for more; cancelled requests are left out."""
        return [taken(request) for request in self.manager.get_ready_requests() if int(request.status) == COMPLETE]

    def pulses(self, pin, count, low_ns, period_ns):
        """Pull a pin low so many times, beginning now, and let it all happen."""
        wires, begin = self.twin.wires, self.world.now_ns
        for number in range(count):
            self.world.at(begin + number * period_ns, wires.drive, pin, 0.0)
            self.world.at(begin + number * period_ns + low_ns, wires.drive, pin, 3.3)
        self.world.sleep_until(begin + count * period_ns)

    def stop(self):
        self.camera.stop()
        return self.manager.get_ready_requests()

    def advertised(self, name):
        info = self.camera.controls[getattr(controls, name)]
        return info.min, info.max, info.default


def spec_of(module, generation=None, *, board="Raspberry Pi 5", light=None, **fitted):
    sensor = catalog.sensor(catalog.module(module).sensor)
    name = generation or sensor.generations[-1].name
    camera = TwinCamera("cam", "pi", "CAM1", module, name, fitted.pop("link_frequency_hz", sensor.link_freq_default_hz), **fitted)
    return TwinSpec("bench", (TwinHost("pi", board),), (camera,), light)


@pytest.fixture
def benches():
    """Make benches around the cameras of any twin: `benches(spec, seed, "cam")`, one for each name."""
    made = []

    def make(spec, seed, *names):
        made.append(open_twin(spec, seed))
        return [Bench(made[-1], name) for name in names]

    yield make
    install_backends(tuple)
    for twin in made:
        twin.close()


@pytest.fixture
def bench(benches):
    """Make benches: `bench("imx477", "legacy")`; keywords go into the twin's specification."""

    def make(sensor, generation=None, *, seed=1, **keywords):
        return benches(spec_of(MODULES.get(sensor, sensor), generation, **keywords), seed, "cam")[0]

    return make


@pytest.fixture
def panel():
    """A steady light in front of the camera: `panel(lux=500)`."""

    def make(lux=1000.0):
        return TwinLight("steady", ("cam",), lux)

    return make
