"""FrameBuffer and its planes, frame metadata, and the allocator.

A frame's pixels are made only when somebody looks: the camera leaves a function in the buffer (`pend`), and whoever is
about to read the memory calls `render`. Buffers of a `FrameBufferAllocator` are mapped without asking anybody, so
they are rendered as they are delivered.
"""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, SLF001

from __future__ import annotations

import contextlib
import mmap
import os
import weakref
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from hil.sim.libcamera import _enums
from hil.sim.libcamera._casters import Mismatch, instance, int32, sequence, uint32, uint64
from hil.sim.libcamera._pybind import accepts, constructor_refuses, convert, field, make, pybind11_object, readonly
from hil.sim.libcamera.stream import Stream, StreamConfiguration

if TYPE_CHECKING:
    from hil.sim.libcamera.camera import Camera

Render = Callable[[memoryview], None]

# Chroma planes follow the first: their size as a fraction of it.
_CHROMA = {"NV12": (2,), "NV21": (2,), "NV16": (1,), "NV61": (1,), "YUV420": (4, 4), "YVU420": (4, 4), "YUV422": (2, 2), "YVU422": (2, 2)}


class _SharedFd:
    """A duplicate of a file descriptor, closed with its last holder."""

    __slots__ = ("_close", "fd")

    def __init__(self, fd: int) -> None:
        self._close = os.close
        self.fd = os.dup(fd) if fd >= 0 else -1

    def __del__(self) -> None:
        if self.fd >= 0:
            with contextlib.suppress(OSError):
                self._close(self.fd)


_NO_FD = _SharedFd(-1)


class FrameMetadata(pybind11_object):
    """How a frame came out. Statuses libcamera has and the binding does not name (3: start-up frame) print as ???."""

    _status: Any
    _sequence: int
    _timestamp: int
    _planes: list[FrameMetadata.Plane]
    Status = _enums.named("FrameMetadata.Status")
    status: Any = readonly()
    sequence: int = readonly()
    timestamp: int = readonly()

    class Plane(pybind11_object):
        """Bytes of one plane that the frame uses."""

        _bytes_used: int
        bytes_used: int = field(uint32)

    # As FrameBuffer.planes.
    planes = property(attrgetter("_planes"))


class FrameBuffer(pybind11_object):
    """Memory for one frame of one stream."""

    _planes: list[FrameBuffer.Plane]
    _cookie: int
    _metadata: FrameMetadata
    _pending: Render | None
    _frame: Any
    _eager: bool
    _map: mmap.mmap | None

    class Plane(pybind11_object):
        """A part of a buffer: file descriptor (a duplicate of the one given), offset and length in bytes."""

        _shared: _SharedFd
        _offset: int
        _length: int
        offset: int = field(uint32)
        length: int = field(uint32)

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._shared, self._offset, self._length = _NO_FD, 0, 0
            if not args and not kwargs:
                return
            try:
                fd, self._offset, self._length = convert(args, kwargs, (int32, uint32, uint32), ("fd", "offset", "length"))
            except (Mismatch, ValueError):
                constructor_refuses(self, args, kwargs)
            self._shared = _SharedFd(fd)

        def _replace(self, value: Any) -> None:
            self._shared = _SharedFd(int32(value))

        # picamera2's allocator asks about 20 times a frame: a getter in C takes half the time.
        fd = property(attrgetter("_shared.fd"), _replace)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        try:
            given = convert(args, kwargs, (sequence(instance(FrameBuffer.Plane)), uint32), ("planes", "cookie"))
            planes, self._cookie = given if len(given) == 2 else (given[0], 0)
        except (Mismatch, IndexError):
            constructor_refuses(self, args, kwargs)
        self._planes = [_copy_of(plane) for plane in planes]
        used = [make(FrameMetadata.Plane, _bytes_used=0) for _ in planes]
        self._metadata = make(FrameMetadata, _status=FrameMetadata.Status.Success, _sequence=0, _timestamp=0, _planes=used)
        self._pending = self._frame = self._map = None
        self._eager = False
        if planes:
            _by_fd[self._planes[0].fd] = self

    metadata: FrameMetadata = readonly()
    cookie: int = field(uint64)

    # The binding copies list and planes; this is asked for 20 times a frame, so they are shared, and the getter is C.
    planes = property(attrgetter("_planes"))


_by_fd: weakref.WeakValueDictionary[int, FrameBuffer] = weakref.WeakValueDictionary()


def _copy_of(plane: FrameBuffer.Plane) -> FrameBuffer.Plane:
    return make(FrameBuffer.Plane, _shared=plane._shared, _offset=plane._offset, _length=plane._length)


def buffer_of_fd(fd: int) -> FrameBuffer | None:
    """The living buffer whose first plane has this file descriptor (as `planes[0].fd` gives it)."""
    return _by_fd.get(fd)


def pend(buffer: FrameBuffer, render: Render | None, frame: Any = None) -> None:
    """Leave `render` to be called with the buffer's memory when somebody looks; `frame`: what it shows, for whoever asks."""
    buffer._pending, buffer._frame = render, frame


def frame_of(buffer: FrameBuffer) -> Any:
    """What the camera said the buffer shows (the `frame` of `pend`), rendered or not; None before the first frame."""
    return buffer._frame


def render(buffer: FrameBuffer) -> None:
    """Put the pending frame's pixels into the buffer's memory; nothing if that was done."""
    pending = buffer._pending
    if pending is None:
        return
    buffer._pending = None
    pending(memoryview(_mapping(buffer)))


def _mapping(buffer: FrameBuffer) -> mmap.mmap:
    if buffer._map is None:
        length = max(plane._offset + plane._length for plane in buffer._planes)
        buffer._map = mmap.mmap(buffer._planes[0].fd, length, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
    return buffer._map


class FrameBufferAllocator(pybind11_object):
    """Allocates the buffers of a configured stream, as many as its configuration says."""

    _camera: Camera
    _buffers: dict[Stream, list[FrameBuffer]]

    def __init__(self, *args: Any) -> None:
        from hil.sim.libcamera.camera import Camera  # here: camera.py needs this module

        try:
            (self._camera,) = convert(args, {}, (instance(Camera),))
        except Mismatch:
            constructor_refuses(self, args, {})
        self._buffers = {}

    @accepts(instance(Stream))
    def allocate(self, stream: Stream) -> int:
        self._camera._check_allocation(stream, stream in self._buffers)
        configuration = stream.configuration
        self._buffers[stream] = [_allocated(configuration, number) for number in range(configuration.buffer_count)]
        return configuration.buffer_count

    @property
    def allocated(self) -> bool:
        return bool(self._buffers)

    @accepts(instance(Stream))
    def buffers(self, stream: Stream) -> list[FrameBuffer]:
        return list(self._buffers.get(stream, ()))


def _allocated(configuration: StreamConfiguration, number: int) -> FrameBuffer:
    fd = os.memfd_create(f"libcamera-{number}", os.MFD_CLOEXEC)
    try:
        os.ftruncate(fd, configuration.frame_size)
        planes, offset = [], 0
        for length in plane_lengths(configuration):
            planes.append(FrameBuffer.Plane(fd, offset, length))
            offset += length
    finally:
        os.close(fd)
    # One duplicate for all planes, so that their descriptors are equal: readers take that as "contiguous".
    for plane in planes[1:]:
        plane._shared = planes[0]._shared
    buffer = FrameBuffer(planes)
    buffer._eager = True
    return buffer


def plane_lengths(configuration: StreamConfiguration) -> Sequence[int]:
    """Bytes of each plane of a frame so configured; one plane but for planar YUV."""
    parts = _CHROMA.get(str(configuration.pixel_format), ())
    luma = configuration.stride * configuration.size.height
    if not parts:
        return (configuration.frame_size,)
    return (luma, *(luma // part for part in parts))


def finish_buffer(buffer: FrameBuffer, status: Any, sequence: int, timestamp_ns: int, bytes_used: Sequence[int]) -> None:
    """Write a buffer's frame metadata; `status`: a FrameMetadata.Status, `bytes_used`: per plane (missing ones stay)."""
    metadata = buffer._metadata
    metadata._status, metadata._sequence, metadata._timestamp = status, sequence, timestamp_ns
    for plane, used in zip(metadata._planes, bytes_used, strict=False):
        plane._bytes_used = used
