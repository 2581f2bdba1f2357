"""Request: buffers and controls on the way to a camera, metadata on the way back."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, SLF001

from __future__ import annotations

from typing import Any

from hil.sim.libcamera import _enums
from hil.sim.libcamera._casters import instance
from hil.sim.libcamera._errors import BackendError, failure
from hil.sim.libcamera._pybind import accepts, make, pybind11_object, readonly, refuse
from hil.sim.libcamera.buffers import FrameBuffer, FrameMetadata, finish_buffer
from hil.sim.libcamera.ids import ControlId
from hil.sim.libcamera.stream import Stream

_EEXIST = 17


class Request(pybind11_object):
    """One frame's worth of buffers; the same object goes round again after `reuse()`."""

    _camera: object
    _cookie: int
    _buffers: dict[Stream, FrameBuffer]
    _controls: dict[ControlId, Any]
    _metadata: dict[ControlId, Any]
    _status: Any
    _sequence: int
    Status = _enums.named("Request.Status")
    Reuse = _enums.named("Request.Reuse")
    status: Any = readonly()
    cookie: int = readonly()
    sequence: int = readonly()

    @accepts(instance(Stream), instance(FrameBuffer))
    def add_buffer(self, stream: Stream, buffer: FrameBuffer) -> None:
        if stream in self._buffers:
            raise failure("Failed to add buffer", BackendError(_EEXIST))
        self._buffers[stream] = buffer

    @property
    def buffers(self) -> dict[Stream, FrameBuffer]:
        return self._buffers.copy()

    @property
    def metadata(self) -> dict[ControlId, Any]:
        return self._metadata.copy()

    @property
    def has_pending_buffers(self) -> bool:
        return bool(self._pending())

    def _pending(self) -> int:
        return len(self._buffers) if self._status is PENDING else 0

    def set_control(self, *args: Any, **kwargs: Any) -> None:
        if len(args) != 2 or kwargs or type(args[0]) is not ControlId:
            refuse("Request.set_control", self, args, kwargs)
        identity, value = args
        self._controls[identity] = identity._cast(value)

    def reuse(self) -> None:
        self._status, self._sequence = PENDING, 0
        self._controls, self._metadata = {}, {}

    def __str__(self) -> str:
        state = "PCX"[int(self._status)]
        return f"Request({self._sequence}:{state}:{self._pending()}/{len(self._buffers)}:{self._cookie})"


PENDING, COMPLETE, CANCELLED = Request.Status.Pending, Request.Status.Complete, Request.Status.Cancelled


def request(camera: object, cookie: int) -> Request:
    """A new request of `camera` (the binding's state of it)."""
    return make(Request, _camera=camera, _cookie=cookie, _buffers={}, _controls={}, _metadata={}, _status=PENDING, _sequence=0)


def controls_of(request: Request) -> dict[ControlId, Any]:
    """The request's controls, not copied: arrays as tuples, enums as ints, floats rounded to 32 bits."""
    return request._controls


def buffers_of(request: Request) -> dict[Stream, FrameBuffer]:
    """The request's buffers, not copied."""
    return request._buffers


def complete(request: Request, metadata: dict[ControlId, Any]) -> None:
    """Mark `request` complete; the dictionary is kept, not copied, and must not change afterwards."""
    request._metadata, request._status = metadata, COMPLETE


def cancel(request: Request) -> None:
    """Mark `request` and its buffers cancelled."""
    request._status = CANCELLED
    for buffer in request._buffers.values():
        finish_buffer(buffer, FrameMetadata.Status.Cancelled, 0, 0, ())
