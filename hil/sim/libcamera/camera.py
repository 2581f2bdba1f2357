"""Camera and CameraManager: libcamera's state machine, and the queue of finished requests behind an eventfd."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, SLF001

from __future__ import annotations

import errno
import os
import weakref
from collections.abc import Callable
from typing import Any

from hil.sim.libcamera._casters import Mismatch, instance, sequence, string, uint64
from hil.sim.libcamera._enums import StreamRole
from hil.sim.libcamera._errors import BackendError, failure
from hil.sim.libcamera._pybind import StaticProperty, accepts, convert, make, pybind11_object, refuse
from hil.sim.libcamera.backend import CameraBackend, enumerate_backends, enumerator
from hil.sim.libcamera.buffers import render
from hil.sim.libcamera.ids import ControlId, controls
from hil.sim.libcamera.request import PENDING, Request
from hil.sim.libcamera.request import request as new_request
from hil.sim.libcamera.stream import CameraConfiguration, Stream

AVAILABLE, ACQUIRED, CONFIGURED, RUNNING = range(4)
VERSION = "v0.7.1"


class CameraState:
    """What libcamera's Camera object remembers, whoever holds a Python Camera of it."""

    __slots__ = ("active", "backend", "eager", "sequence", "state")

    def __init__(self, backend: CameraBackend) -> None:
        """`backend`: the camera itself."""
        self.backend = backend
        self.state = AVAILABLE
        self.active: frozenset[Stream] = frozenset()
        self.sequence = 0
        self.eager = False  # whether some buffer must be rendered before it is delivered

    def require(self, low: int, high: int | None = None, otherwise: int = errno.EACCES) -> None:
        """Refuse with `otherwise` outside the states low..high."""
        if not low <= self.state <= (low if high is None else high):
            raise BackendError(otherwise)

    def check(self, request: Request) -> None:
        """Libcamera's checks of a request before the pipeline handler sees it."""
        self.require(RUNNING)
        if request._camera is not self:
            raise BackendError(errno.EXDEV)
        buffers = request._buffers
        if request._status is not PENDING or not buffers or not self.active.issuperset(buffers):
            raise BackendError(errno.EINVAL)


def _expand_ae_enable(values: dict[ControlId, Any]) -> None:
    """AeEnable stands for the modes of exposure time and gain, where those are not given (libcamera does this for all pipelines)."""
    enabled = values.get(controls.AeEnable)
    if enabled is not None:
        mode = 0 if enabled else 1  # Auto, Manual
        values.setdefault(controls.ExposureTimeMode, mode)
        values.setdefault(controls.AnalogueGainMode, mode)


class Camera(pybind11_object):
    """One camera, shared by everybody who asked the same manager for it."""

    _manager: CameraManager
    _state: CameraState

    @property
    def id(self) -> str:
        return self._state.backend.id

    def acquire(self) -> None:
        try:
            self._state.require(AVAILABLE, otherwise=errno.EBUSY)
            self._state.backend.acquire()
        except BackendError as error:
            raise failure("Failed to acquire camera", error) from None
        self._state.state = ACQUIRED

    def release(self) -> None:
        state = self._state
        try:
            state.require(AVAILABLE, CONFIGURED, otherwise=errno.EBUSY)
            if state.state != AVAILABLE:
                state.backend.release()
        except BackendError as error:
            raise failure("Failed to release camera", error) from None
        state.state = AVAILABLE

    def start(self, *args: Any, **kwargs: Any) -> None:
        state, outbox = self._state, self._manager._outbox
        try:
            given = convert(args, kwargs, (_control_map,), ("controls",))
        except Mismatch:
            refuse("Camera.start", self, args, kwargs)
        values = {identity: identity._cast(value) for identity, value in given[0].items()} if given else {}
        _expand_ae_enable(values)
        try:
            state.require(CONFIGURED)
            state.sequence = 0
            state.backend.start(values, outbox.deliver_rendered if state.eager else outbox.deliver)
        except BackendError as error:
            raise failure("Failed to start camera", error) from None
        state.state = RUNNING

    def stop(self) -> None:
        state = self._state
        if state.state != RUNNING:
            return
        try:
            state.backend.stop()
        except BackendError as error:
            raise failure("Failed to stop camera", error) from None
        state.state = CONFIGURED

    def __str__(self) -> str:
        return f"<libcamera.Camera '{self.id}'>"

    @accepts(sequence(instance(StreamRole)))
    def generate_configuration(self, roles: list[Any]) -> CameraConfiguration | None:
        return self._state.backend.generate_configuration(roles)

    @accepts(instance(CameraConfiguration))
    def configure(self, config: CameraConfiguration) -> None:
        try:
            self._state.require(ACQUIRED, CONFIGURED)
            self._configure(config)
        except BackendError as error:
            raise failure("Failed to configure camera", error) from None

    def _configure(self, config: CameraConfiguration) -> None:
        state = self._state
        for entry in config:
            entry._stream = None
        if config.validate() != CameraConfiguration.Status.Valid:
            raise BackendError(errno.EINVAL)
        streams = state.backend.configure(config)
        for entry, stream in zip(config, streams, strict=True):
            entry._stream, stream._configuration = stream, entry
        state.active, state.state, state.eager = frozenset(streams), CONFIGURED, False

    def _check_allocation(self, stream: Stream, again: bool) -> None:
        """Refuse what libcamera's allocator refuses; from now on frames are rendered as they are delivered."""
        state = self._state
        try:
            if again:
                raise BackendError(errno.EBUSY)
            state.require(CONFIGURED)
            if stream not in state.active:
                raise BackendError(errno.EINVAL)
        except BackendError as error:
            raise failure("Failed to allocate buffers", error) from None
        state.eager = True

    @accepts(uint64, names=("cookie",))
    def create_request(self, cookie: int = 0) -> Request:
        if self._state.state not in (CONFIGURED, RUNNING):
            raise failure("Failed to create request", BackendError(errno.ENOMEM))
        return new_request(self._state, cookie)

    def queue_request(self, *args: Any) -> None:
        if len(args) != 1 or type(args[0]) is not Request:
            refuse("Camera.queue_request", self, args, {})
        request, state = args[0], self._state
        try:
            state.check(request)
            if controls.AeEnable in request._controls:
                _expand_ae_enable(request._controls)
            request._sequence = state.sequence
            state.backend.queue(request)
        except BackendError as error:
            raise failure("Failed to queue request", error) from None
        state.sequence += 1

    @property
    def streams(self) -> set[Stream]:
        return set(self._state.backend.streams)

    @property
    def controls(self) -> dict[ControlId, Any]:
        return self._state.backend.controls()

    @property
    def properties(self) -> dict[ControlId, Any]:
        return self._state.backend.properties()


def _control_map(value: Any) -> dict[ControlId, Any]:
    if isinstance(value, dict) and all(isinstance(identity, ControlId) for identity in value):
        return value
    raise Mismatch


class _Outbox:
    """Finished requests and the eventfd that tells of them. Cameras hold this, not the manager, so it may die under them."""

    __slots__ = ("_event_fd", "ready")

    def __init__(self) -> None:
        self._event_fd = -1
        self.ready: list[Request] = []

    @property
    def event_fd(self) -> int:
        # Made when somebody asks for it: until then nobody can wait for it, and telling it costs 10 us a frame.
        if self._event_fd < 0:
            self._event_fd = os.eventfd(len(self.ready), os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        return self._event_fd

    def deliver(self, request: Request) -> None:
        self.ready.append(request)
        if self._event_fd >= 0:
            os.eventfd_write(self._event_fd, 1)

    def deliver_rendered(self, request: Request) -> None:
        """Deliver to a reader that maps the memory without asking, so its pixels must be there."""
        for buffer in request._buffers.values():
            if buffer._eager:
                render(buffer)
        self.deliver(request)

    def fetch(self) -> list[Request]:
        try:
            if self._event_fd >= 0:
                os.eventfd_read(self._event_fd)
        except BlockingIOError:
            return []
        ready, self.ready = self.ready, []
        return ready

    def __del__(self, close: Callable[[int], None] = os.close) -> None:  # an argument: at exit this module is empty already
        if self._event_fd >= 0:
            close(self._event_fd)


_living: weakref.ref[CameraManager] | None = None
_living_of: object = None


class CameraManager(pybind11_object):
    """The cameras of the process. It dies with its last user; the next `singleton()` looks for cameras anew."""

    _outbox: _Outbox
    _states: list[CameraState]
    _cameras: weakref.WeakValueDictionary[str, Camera]
    version = StaticProperty(VERSION)

    @staticmethod
    def singleton() -> CameraManager:
        global _living, _living_of
        manager = _living() if _living and _living_of is enumerator() else None
        if manager is None:
            manager = _new_manager()
            _living, _living_of = weakref.ref(manager), enumerator()
        return manager

    @property
    def event_fd(self) -> int:
        return self._outbox.event_fd

    @property
    def cameras(self) -> list[Camera]:
        return [self._camera(state) for state in self._states]

    @accepts(string)
    def get(self, identity: str) -> Camera | None:
        for state in self._states:
            if state.backend.id == identity:
                return self._camera(state)
        return None

    def _camera(self, state: CameraState) -> Camera:
        # One Python object while anybody holds it; it keeps the manager alive, never the other way round.
        camera = self._cameras.get(state.backend.id)
        if camera is None:
            camera = make(Camera, _manager=self, _state=state)
            self._cameras[state.backend.id] = camera
        return camera

    def get_ready_requests(self) -> list[Request]:
        return self._outbox.fetch()


def _new_manager() -> CameraManager:
    states = [CameraState(backend) for backend in enumerate_backends()]
    return make(CameraManager, _outbox=_Outbox(), _states=states, _cameras=weakref.WeakValueDictionary())
