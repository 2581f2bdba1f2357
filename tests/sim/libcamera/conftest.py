"""The binding as a program sees it, over two cameras like those of libcamera's own "virtual" pipeline handler."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

from hil.sim.libcamera import backend, install_backends, modules

L = modules()["libcamera"]
WIDTH, HEIGHT = 1920, 1080
VIRTUAL_TIMESTAMP_NS = 2_635_656_471_272


class VirtualCamera:
    """What the behaviours were recorded on: NV12 only, four buffers, and each request is done as soon as it is queued."""

    def __init__(self, identity: str, model: str) -> None:
        self.id = identity
        self.model = model
        self.streams = [backend.stream()]
        self.held_by_another = False
        self.answers = True
        self.waiting: list[Any] = []
        self.seen: list[dict[Any, Any]] = []

    def properties(self) -> dict[Any, Any]:
        properties = L.properties
        return {
            properties.PixelArrayActiveAreas: (L.Rectangle(0, 0, WIDTH, HEIGHT),),
            properties.Location: 1,
            properties.Model: self.model,
            properties.PipelineHandler: "virtual",
        }

    def controls(self) -> dict[Any, Any]:
        return {L.controls.FrameDurationLimits: backend.control_info(16666, 1000000)}

    def acquire(self) -> None:
        if self.held_by_another:
            raise backend.BackendError(16)

    def release(self) -> None:
        pass

    def generate_configuration(self, roles: Sequence[Any]) -> Any:
        formats = backend.stream_formats({"NV12": [L.SizeRange(L.Size(320, 240), L.Size(WIDTH, HEIGHT))]})
        streams = [self._default_stream(formats) for _ in roles]
        config = backend.camera_configuration(self, streams)
        if streams:
            config.validate()
        return config

    @staticmethod
    def _default_stream(formats: Any) -> Any:
        size, nv12 = L.Size(WIDTH, HEIGHT), L.formats.NV12
        return backend.stream_configuration(formats, size=size, pixel_format=nv12, buffer_count=4, color_space=L.ColorSpace.Rec709())

    def validate(self, config: Any) -> Any:
        if config.empty:
            return L.CameraConfiguration.Status.Invalid
        status = L.CameraConfiguration.Status.Valid
        for entry in config:
            if entry.pixel_format != L.formats.NV12:
                entry.pixel_format, status = L.formats.NV12, L.CameraConfiguration.Status.Adjusted
            entry.stride, entry.frame_size = entry.size.width, entry.size.width * entry.size.height * 3 // 2
        return status

    def configure(self, config: Any) -> Sequence[Any]:
        return self.streams

    def start(self, controls: dict[Any, Any], deliver: Any) -> None:
        self.started_with, self.deliver = controls, deliver

    def stop(self) -> None:
        for request in self.waiting:
            backend.cancel(request)
            self.deliver(request)
        self.waiting = []

    def queue(self, request: Any) -> None:
        self.seen.append(backend.controls_of(request))
        if not self.answers:
            self.waiting.append(request)
            return
        for buffer in backend.buffers_of(request).values():
            backend.pend(buffer, lambda memory: memory.__setitem__(0, 77))
            backend.finish_buffer(buffer, L.FrameMetadata.Status.Success, 0, VIRTUAL_TIMESTAMP_NS, [WIDTH * HEIGHT, WIDTH * HEIGHT // 2])
        backend.complete(request, {L.controls.SensorTimestamp: VIRTUAL_TIMESTAMP_NS})
        self.deliver(request)


@pytest.fixture
def lc(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`import libcamera` as it is inside a simulated run."""
    for name, module in modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    return sys.modules["libcamera"]


@pytest.fixture
def virtual() -> Iterator[list[VirtualCamera]]:
    """Two virtual cameras, which the next CameraManager will find."""
    gc.collect()  # a caught error may still hold the last test's camera, and so its manager
    cameras = [VirtualCamera("Virtual0", "virtual_lines"), VirtualCamera("Virtual1", "virtual_bars")]
    install_backends(lambda: cameras)
    yield cameras
    install_backends(tuple)


@pytest.fixture
def cm(lc: Any, virtual: list[VirtualCamera]) -> Any:
    """A CameraManager that sees them."""
    return lc.CameraManager.singleton()


@pytest.fixture
def running(lc: Any, cm: Any) -> Any:
    """Camera Virtual1, configured and started, with one request that has one buffer."""
    camera = cm.get("Virtual1")
    camera.acquire()
    config = camera.generate_configuration([lc.StreamRole.Viewfinder])
    camera.configure(config)
    allocator = lc.FrameBufferAllocator(camera)
    allocator.allocate(config.at(0).stream)
    request = camera.create_request(3)
    request.add_buffer(config.at(0).stream, allocator.buffers(config.at(0).stream)[0])
    camera.start()
    return camera, request
