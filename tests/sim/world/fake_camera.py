"""The least camera that picamera2 accepts: 120 frames a second of 1332x990, of one grey per frame, no ISP, no surprises."""

from collections import deque

from hil.sim import libcamera
from hil.sim.libcamera import backend

L = libcamera.modules()["libcamera"]
C, P = L.controls, L.properties
SIZE, RAW = (1332, 990), "SRGGB10_CSI2P"
BYTES = {"XBGR8888": 4, "XRGB8888": 4, "RGB888": 3, "BGR888": 3, "YUV420": 1, RAW: 1.25}


class FakeCamera:
    """A sensor whose frame starts every 8,333,333 ns while it streams; frames are ready 12 ms later."""

    frame_ns, latency_ns = 8_333_333, 12_000_000

    def __init__(self, world, clock, number=0):
        self.world, self.clock = world, clock
        self.id = f"/base/soc/i2c0mux/i2c@{number + 1}/imx477@1a"
        self.streams = [backend.stream() for _ in range(3)]
        self.exposure_us, self.rendered, self.running = 5_000, 0, 0

    def properties(self):
        return {P.Model: "imx477", P.Location: 2, P.Rotation: 0, P.PixelArraySize: L.Size(*SIZE), P.draft.ColorFilterArrangement: 0}

    def controls(self):
        crop = L.Rectangle(0, 0, *SIZE)
        return {
            C.ExposureTime: backend.control_info(10, 1_000_000, 20_000),
            C.AnalogueGain: backend.control_info(1.0, 16.0, 1.0),
            C.FrameDurationLimits: backend.control_info(8_333, 1_000_000, 33_333),
            C.ScalerCrop: backend.control_info(crop, crop, crop),
            C.draft.NoiseReductionMode: backend.control_info(0, 4, 0),
        }

    def acquire(self):
        pass

    def release(self):
        pass

    def generate_configuration(self, roles):
        raw = {RAW: [L.SizeRange(L.Size(*SIZE))]}
        seen = {name: [L.SizeRange(L.Size(32, 32), L.Size(*SIZE))] for name in BYTES if name != RAW}
        entries = [
            backend.stream_configuration(
                backend.stream_formats(raw if role == L.StreamRole.Raw else seen),
                size=L.Size(*SIZE),
                pixel_format=L.PixelFormat(RAW if role == L.StreamRole.Raw else "XBGR8888"),
                buffer_count=4,
                color_space=L.ColorSpace.Raw() if role == L.StreamRole.Raw else L.ColorSpace.Sycc(),
            )
            for role in roles
        ]
        config = backend.camera_configuration(self, entries)
        if entries:
            config.validate()
        return config

    def validate(self, config):
        for entry in config:
            name = str(entry.pixel_format)
            if name.startswith("S"):
                entry.size = L.Size(*SIZE)
            entry.stride = -(-int(entry.size.width * BYTES[name]) // 64) * 64
            entry.frame_size = entry.stride * entry.size.height * (3 if name == "YUV420" else 2) // 2
        return L.CameraConfiguration.Status.Valid

    def configure(self, config):
        return self.streams[: len(config)]

    def start(self, controls, deliver):
        self.deliver, self.waiting, self.flying = deliver, deque(), []
        self.running += 1
        self.number = -1
        self._take(controls)
        self.world.after(self.frame_ns, self._frame_starts, self.running)

    def stop(self):
        self.running += 1
        for request in [*self.flying, *self.waiting]:
            backend.cancel(request)
            self.deliver(request)

    def queue(self, request):
        self.waiting.append(request)

    def _take(self, controls):
        self.exposure_us = controls.get(C.ExposureTime, self.exposure_us)

    def _frame_starts(self, run):
        if run != self.running:
            return
        self.number += 1
        if self.waiting:
            request = self.waiting.popleft()
            self.flying.append(request)
            self.world.after(self.latency_ns, self._frame_done, run, request, self.clock.now_ns(), self.number)
        self.world.after(max(self.frame_ns, self.exposure_us * 1000), self._frame_starts, run)

    def _frame_done(self, run, request, stamp_ns, number):
        if run != self.running:
            return
        self.flying.remove(request)
        self._take(backend.controls_of(request))
        for buffer in backend.buffers_of(request).values():
            backend.pend(buffer, lambda memory: self._render(memory, number))
            backend.finish_buffer(buffer, L.FrameMetadata.Status.Success, number, stamp_ns, [buffer.planes[0].length])
        metadata = {C.SensorTimestamp: stamp_ns, C.ExposureTime: self.exposure_us, C.AnalogueGain: 1.0, C.DigitalGain: 1.0}
        backend.complete(request, metadata | {C.ColourGains: (2.0, 1.5), C.SensorBlackLevels: (4096,) * 4, C.FrameDuration: 8333})
        self.deliver(request)

    def _render(self, memory, number):
        self.rendered += 1
        memory[:] = bytes([number % 256]) * len(memory)
