"""Picamera2's two service threads, cooperatively: collecting finished requests, and each camera's event loop.

The thread that collects is not needed: whoever drives the world collects. A camera's event loop keeps its thread, as
user callbacks, encoders and signal functions run there and may wait; but as long as there are none of these, whoever
drives does its work too, and no thread is switched: that is what makes ten thousand frames a second possible.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.polling import Polling
from hil.sim.edge.threads import Threads

_PARKS = "whoever waits for a camera drives the world"
SEAMS = (
    Seam("picamera2.picamera2:CameraManager.listen", "returns at once", "whoever drives the world collects requests", ("self",)),
    Seam("picamera2.picamera2:CameraManager.handle_request", "called by whoever drives", _PARKS, ("self", "flushid")),
    Seam("picamera2.picamera2:os", "`write` to an event loop's pipe sets a flag", "two system calls a frame less"),
    Seam("picamera2.previews.null_preview:NullPreview.thread_func", "parks in the world", _PARKS, ("self", "picam2")),
    Seam("picamera2.previews.null_preview:NullPreview.handle_request", "called by whoever drives", _PARKS, ("self", "picam2")),
    Seam("picamera2.job:Job.get_result", "parks in the world", _PARKS, ("self", "timeout")),
)


class EventLoop:
    """One camera's event loop: `prodded` when its pipe was written to, `called` when its own thread has to see to it."""

    __slots__ = ("_plain_kinds", "busy", "called", "failure", "picam2", "preview", "prodded")

    def __init__(self, preview: Any, picam2: Any, plain_kinds: set[type]) -> None:
        """`plain_kinds`: preview classes known to do nothing that could wait."""
        self.preview, self.picam2, self._plain_kinds = preview, picam2, plain_kinds
        self.prodded = self.busy = self.called = False
        self.failure: Exception | None = None

    def is_plain(self) -> bool:
        """Whether this turn runs no code of the user's, so that anybody may do it."""
        picam2 = self.picam2
        if picam2.pre_callback is not None or picam2.post_callback is not None or picam2._encoders:  # noqa: SLF001
            return False
        if type(self.preview) not in self._plain_kinds:
            return False
        for job in picam2._job_list:  # noqa: SIM110, SLF001 - all() would make a generator for every frame
            if job._signal_function is not None:  # noqa: SLF001
                return False
        return True

    def turn(self) -> None:
        """What `select` returning would do: process what has come."""
        self.prodded = self.called = False
        self.busy = True
        try:
            self.preview.handle_request(self.picam2)
        finally:
            self.busy = False

    def lend_a_hand(self) -> None:
        """The same, on a driver's stack: a failure belongs to the loop's own thread."""
        try:
            self.turn()
        except Exception as failure:  # it is raised again where it belongs
            self.failure, self.called = failure, True

    def is_due(self) -> bool:
        """Whether the loop's own thread has something to do."""
        return self.called or self.preview._abort.is_set()  # noqa: SLF001


class Delivery:
    """From finished requests to the programs that wait for them."""

    def __init__(self, threads: Threads) -> None:
        """`manager` is picamera2's, once that is imported; `plain_kinds`: see EventLoop."""
        self._threads = threads
        self.manager: Any = None
        self.loops: list[EventLoop] = []
        self.by_pipe: dict[int, EventLoop] = {}
        self.plain_kinds: set[type] = set()

    def deliver(self) -> bool:
        """Hand on what is ready now; called when everybody waits. Returns whether there was anything."""
        did = False
        manager = self.manager
        if manager is not None and manager.running:
            cms = manager._cms  # noqa: SLF001
            if cms is not None and cms._outbox.ready:  # noqa: SLF001 - our own binding's queue; asking its eventfd costs 1 us
                manager.handle_request()
                did = True
        for loop in self.loops:
            if loop.prodded and not loop.busy and not loop.called:
                did = True
                if loop.is_plain():
                    loop.lend_a_hand()
                else:
                    loop.called = True
        return did

    def write(self, fd: int, data: bytes) -> int:
        """`os.write` of picamera2's main module: prod an event loop of ours, or write to the pipe."""
        loop = self.by_pipe.get(fd)
        if loop is None:
            return os.write(fd, data)
        loop.prodded = True
        return len(data)

    def run_loop(self, preview: Any, picam2: Any) -> None:
        """The body of an event loop's thread."""
        self._threads.serve()
        loop = EventLoop(preview, picam2, self.plain_kinds)
        loop.prodded = bool(picam2.notifymeread.read())
        self.by_pipe[picam2.notifyme_w] = loop
        self.loops.append(loop)
        preview._started.set()  # noqa: SLF001
        try:
            while not preview._abort.is_set():  # noqa: SLF001
                self._threads.executive.wait(loop.is_due, None, "its camera")
                if loop.failure is not None:
                    raise loop.failure
                if loop.called:
                    loop.turn()
        finally:
            self._retire(loop)

    def _retire(self, loop: EventLoop) -> None:
        self.loops.remove(loop)
        for fd, known in list(self.by_pipe.items()):
            if known is loop:
                del self.by_pipe[fd]
                if loop.prodded and not loop.picam2.notifymeread.closed:
                    os.write(fd, b"\x00")  # for the next loop of this camera

    def await_job(self, original: Callable[..., Any], job: Any, timeout: float | None) -> Any:
        """`Job.get_result`: park until the camera's event loop has done the job."""
        if self._threads.host.in_child or not self._threads.takes_part():
            return original(job, timeout)
        future = job._future  # noqa: SLF001
        self._threads.wait(lambda: future._state != "RUNNING", timeout, "a camera job")  # noqa: SLF001
        return future.result(timeout=0)


def _os_with(write: Callable[[int, bytes], int], polling: Polling) -> ModuleType:
    """Module `os` as picamera2's main module sees it."""
    ours = ModuleType("os")
    ours.__dict__.update(vars(os))

    def pipe2(flags: int) -> tuple[int, int]:
        ends = os.pipe2(flags)
        polling.pipes.add(os.fstat(ends[0]).st_ino)
        return ends

    ours.write, ours.pipe2 = write, pipe2  # type: ignore[attr-defined]
    return ours


def change_picamera2(module: Any, delivery: Delivery, polling: Polling, patches: Patches) -> None:
    """Module `picamera2.picamera2`."""
    delivery.manager = module.Picamera2._cm  # noqa: SLF001
    patches.attribute(module.CameraManager, "listen", lambda _self: None)
    patches.attribute(module, "os", _os_with(delivery.write, polling))


def change_null_preview(module: Any, delivery: Delivery, patches: Patches) -> None:
    """Module `picamera2.previews.null_preview`."""
    delivery.plain_kinds.add(module.NullPreview)
    real = module.NullPreview.thread_func

    def thread_func(self: Any, picam2: Any) -> None:
        if threading.current_thread() in delivery._threads.participants:  # noqa: SLF001
            delivery.run_loop(self, picam2)
        else:
            real(self, picam2)

    patches.attribute(module.NullPreview, "thread_func", thread_func)


def change_job(module: Any, delivery: Delivery, patches: Patches) -> None:
    """Module `picamera2.job`."""
    original = module.Job.get_result

    def get_result(self: Any, timeout: float | None = None) -> Any:
        return delivery.await_job(original, self, timeout)

    patches.attribute(module.Job, "get_result", get_result)
