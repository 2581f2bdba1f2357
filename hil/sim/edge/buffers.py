"""Frame memory: a dma heap of memfds, and pixels that are made when somebody looks.

The kernel wants DMA_BUF_IOCTL_SYNC around every access by the CPU (linux/dma-buf.h), and picamera2 obeys: that call is
where looking shows. Its first call after a frame is complete is only CompletedRequest's own; the second means pixels.
"""

from __future__ import annotations

import fcntl
import os
from types import ModuleType, SimpleNamespace
from typing import Any

from hil.sim.edge.patches import Patches, Seam
from hil.sim.libcamera import buffers as frame_buffers

SYNC_END = 4  # DMA_BUF_SYNC_END of linux/dma-buf.h
SEAMS = (
    Seam("picamera2.dma_heap:DmaHeap", "a heap of memfds", "there is no /dev/dma_heap"),
    Seam("picamera2.dma_heap:UniqueFD", "used as it is", "the heap returns it", ("fd",)),
    Seam("picamera2.allocators.dmaallocator:fcntl", "`ioctl` answers DMA_BUF_IOCTL_SYNC", "it tells when somebody looks at a frame"),
    Seam(
        "picamera2.remote:RemoteRequest._serialize_stream", "makes the pixels first", "another process maps them", ("self", "stream_name")
    ),
)


class Looking:
    """Who looks at which frame."""

    def __init__(self) -> None:
        """No frame has been seen."""
        self._seen: dict[int, Any] = {}

    def sync(self, fd: int, flags: int) -> None:
        """DMA_BUF_IOCTL_SYNC on a frame's memory."""
        if flags & SYNC_END:
            return
        buffer = frame_buffers.buffer_of_fd(fd)
        pending = None if buffer is None else buffer._pending  # noqa: SLF001 - our own binding's buffer
        if buffer is None or pending is None:
            return
        if self._seen.get(fd) is pending:
            del self._seen[fd]
            frame_buffers.render(buffer)
        else:
            self._seen[fd] = pending


def memfd(name: str, size: int) -> int:
    """A file descriptor of `size` bytes of memory; pages nobody writes cost nothing."""
    fd = os.memfd_create(name, os.MFD_CLOEXEC)
    os.ftruncate(fd, size)
    return fd


def change_dma_heap(module: Any, patches: Patches) -> None:
    """Module `picamera2.dma_heap`."""

    class DmaHeap:
        """A dma heap whose buffers are memfds."""

        isValid = True  # noqa: N815 - picamera2's name

        def alloc(self, name: str, size: int) -> Any:
            """A file descriptor of `size` bytes, as picamera2's UniqueFD."""
            return module.UniqueFD(memfd(name, size))

        def close(self) -> None:
            """Nothing to close: the heap is no device."""

    patches.attribute(module, "DmaHeap", DmaHeap)


def change_dmaallocator(module: Any, looking: Looking, patches: Patches) -> None:
    """Module `picamera2.allocators.dmaallocator`."""
    from picamera2 import dma_heap

    sync, sync_op = looking.sync, dma_heap.DMA_BUF_IOCTL_SYNC

    def ioctl(fd: int, request: int, arg: Any = 0, mutate_flag: bool = True) -> Any:
        if request == sync_op:
            sync(fd, arg.flags)
            return 0
        return fcntl.ioctl(fd, request, arg, mutate_flag)

    patches.attribute(module, "DmaHeap", dma_heap.DmaHeap)
    patches.attribute(module, "fcntl", SimpleNamespace(ioctl=ioctl))


def change_remote(module: ModuleType | Any, patches: Patches) -> None:
    """Module `picamera2.remote`."""
    original = module.RemoteRequest._serialize_stream  # noqa: SLF001

    def _serialize_stream(self: Any, stream_name: str) -> Any:
        frame_buffers.render(self.request.request.buffers[self.request.picam2.stream_map[stream_name]])
        return original(self, stream_name)

    patches.attribute(module.RemoteRequest, "_serialize_stream", _serialize_stream)
