"""The seam between the binding and what simulates cameras behind it; everything an author of cameras needs is here.

The binding holds what libcamera's own `Camera` class holds: states (available, acquired, configured, running), checks
of requests, identity of objects. A backend holds what a pipeline handler and a sensor do. It says no by raising
`BackendError(errno)`, which the caller of the binding sees as libcamera's RuntimeError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from hil.sim.libcamera._errors import BackendError
from hil.sim.libcamera.buffers import FrameBuffer, buffer_of_fd, finish_buffer, frame_of, pend, render
from hil.sim.libcamera.ids import ControlId, ControlInfo, control_info
from hil.sim.libcamera.request import Request, buffers_of, cancel, complete, controls_of
from hil.sim.libcamera.stream import (
    CameraConfiguration,
    Stream,
    StreamConfiguration,
    StreamFormats,
    camera_configuration,
    stream,
    stream_configuration,
    stream_formats,
)

__all__ = [
    "FRAME_STARTUP",
    "BackendError",
    "CameraBackend",
    "CameraConfiguration",
    "ControlId",
    "ControlInfo",
    "Deliver",
    "FrameBuffer",
    "Request",
    "Stream",
    "StreamConfiguration",
    "StreamFormats",
    "buffer_of_fd",
    "buffers_of",
    "camera_configuration",
    "cancel",
    "complete",
    "control_info",
    "controls_of",
    "enumerate_backends",
    "finish_buffer",
    "frame_of",
    "install_backends",
    "pend",
    "render",
    "stream",
    "stream_configuration",
    "stream_formats",
]

Deliver = Callable[[Request], None]

FRAME_STARTUP = 3  # FrameMetadata::FrameStartup: libcamera has it, the binding gives it no name


class CameraBackend(Protocol):
    """One camera. The binding calls these only in the states libcamera allows; control values are already converted."""

    @property
    def id(self) -> str:
        """The camera's libcamera id, unique on its host."""

    @property
    def streams(self) -> Sequence[Stream]:
        """Its streams: the same objects for the camera's whole life."""

    def properties(self) -> dict[ControlId, Any]:
        """Properties now; the binding hands the dictionary on, so make a fresh one."""

    def controls(self) -> dict[ControlId, ControlInfo]:
        """Controls and their ranges in the present configuration; likewise fresh."""

    def acquire(self) -> None:
        """Take the camera for this process; BackendError(EBUSY) when another has it."""

    def release(self) -> None:
        """Give it back; it is not running."""

    def generate_configuration(self, roles: Sequence[Any]) -> CameraConfiguration | None:
        """A default configuration with one stream per StreamRole, already valid; None when the roles do not go together."""

    def validate(self, config: CameraConfiguration) -> Any:
        """Adjust `config` in place to what is possible; returns CameraConfiguration.Status."""

    def configure(self, config: CameraConfiguration) -> Sequence[Stream]:
        """Take a valid `config` into use; returns the stream of each of its entries, in order."""

    def start(self, controls: dict[ControlId, Any], deliver: Deliver) -> None:
        """Begin streaming; every queued request ends in one call of `deliver`, completed or cancelled."""

    def stop(self) -> None:
        """End streaming: every queued request is cancelled and delivered before this returns."""

    def queue(self, request: Request) -> None:
        """Take a checked request; its controls are `controls_of(request)`, its buffers `buffers_of(request)`."""


_enumerate: Callable[[], Iterable[CameraBackend]] = tuple


def install_backends(backends: Callable[[], Iterable[CameraBackend]]) -> None:
    """Let `backends` say which cameras there are; it is asked anew whenever a CameraManager comes to life.

    A manager that still lives, in a reference cycle perhaps, belongs to what was there before: `singleton()` makes another.
    """
    global _enumerate  # noqa: PLW0603 - a process has one libcamera
    _enumerate = backends


def enumerator() -> Callable[[], Iterable[CameraBackend]]:
    """Who says now which cameras there are."""
    return _enumerate


def enumerate_backends() -> list[CameraBackend]:
    """The cameras there are now, in the order libcamera lists them."""
    return list(_enumerate())
