"""A camera between start and stop: frames in virtual time, requests bound to them, buffers filled, drops where there is no buffer.

Two events a frame: its start (readout of row 0, which is when the interrupt is stamped) and its completion. Everything that
does not change from frame to frame is worked out before, because this is the hot path of every simulated run.
"""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hil.sim import chance
from hil.sim.agenda import Event
from hil.sim.camera.crops import Crops
from hil.sim.camera.delayed import DelayedControls
from hil.sim.camera.ipa import Ipa, Settings
from hil.sim.camera.shots import Optics, Shot, Target
from hil.sim.libcamera.backend import FRAME_STARTUP, Deliver, buffers_of, cancel, complete, controls_of, finish_buffer
from hil.sim.libcamera.buffers import FrameMetadata, pend
from hil.sim.libcamera.ids import controls
from hil.sim.libcamera.request import Request
from hil.sim.libcamera.stream import Stream
from hil.sim.truth import DeviceTruth
from hil.sim.world import HostClock, World

_SUCCESS, _ERROR = FrameMetadata.Status.Success, FrameMetadata.Status.Error
_STARTUP = FrameMetadata.Status(FRAME_STARTUP)
_SENSOR_TIMESTAMP, _FRAME_WALL_CLOCK = controls.SensorTimestamp, controls.FrameWallClock
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_TIMEOUT_FRAMES, _TIMEOUT_LEAST_NS = 5, 1_000_000_000
_TIMEOUT_MESSAGE = (
    "ERROR RPI pipeline_base.cpp Camera frontend has timed out!\n"
    "ERROR RPI pipeline_base.cpp Please check that your camera sensor connector is attached securely.\n"
    "ERROR RPI pipeline_base.cpp Alternatively, try another cable and/or sensor.\n"
)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a configured camera streams with."""

    world: World
    clock: HostClock
    wall_offset_ns: int
    """CLOCK_REALTIME minus CLOCK_MONOTONIC of the host."""
    optics: Optics
    ipa: Ipa
    crops: Crops
    targets: Callable[[], dict[Stream, Target]]
    """Of the configured streams, with the crops of now."""
    raw_requested: bool
    """The application has a raw stream, so frames go straight into its buffers."""
    internal_buffers: int
    """Raw buffers of the pipeline itself, where the application has no raw stream."""
    isp_ns: int
    delay_frames: int


class StampNoise:
    """The interrupt's delay from the true start of a frame to its time stamp, keyed by frame: two splitmix64 words, no state."""

    __slots__ = ("_base", "_key", "_late_ns", "_late_share", "_scale")

    def __init__(self, truth: DeviceTruth, seed: int, *key: str | int) -> None:
        """`key`: device and stream."""
        self._key = chance.digest(seed, *key) & _MASK
        self._base, self._scale = truth.interrupt_latency_ns, truth.interrupt_jitter_ns
        self._late_share, self._late_ns = 2**32 / truth.interrupt_late_every, truth.interrupt_late_ns

    def __call__(self, number: int) -> int:
        """Delay in ns of frame `number`."""
        word = (self._key + number * _GOLDEN) & _MASK
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
        word ^= word >> 31
        delay = self._base - self._scale * math.log(((word >> 32) + 1) * 2.0**-32)
        low = word & 0xFFFFFFFF
        if low < self._late_share:
            delay -= self._late_ns * math.log((low + 1) / (self._late_share + 1))
        return int(delay)


class Streaming:
    """One run of a camera. Requests complete in the order they were queued, or are cancelled in that order."""

    def __init__(self, setup: Setup, given: dict[Any, Any], deliver: Deliver, first_number: int, noise: StampNoise) -> None:
        """`given`: controls of the start; `first_number`: exposures of the device before this run."""
        self._setup, self._deliver, self._noise, self._first = setup, deliver, noise, first_number
        self._world, self._ipa, self._optics = setup.world, setup.ipa, setup.optics
        self._stamped, self._slow = setup.clock.to_host, setup.optics.slow
        setup.crops.apply(given)
        setup.ipa.crop = setup.crops.metadata()
        self._targets = setup.targets()
        start, self._invalid, self._startup = setup.ipa.start(given, setup.world.now_ns)
        self._delayed = DelayedControls(setup.delay_frames, start)
        self._next, self._sequence = start, -1
        self._waiting: deque[Request] = deque()
        self._bound: deque[Request] = deque()
        self._captured: deque[tuple[int, int, Settings]] = deque()
        self._free = setup.internal_buffers
        self._isp_free_ns = 0
        self._lines = setup.optics.timing.mode.size[1] * self._slow
        self.running, self.stalled, self.dropped = True, False, 0
        self._start_ns = setup.world.now_ns + setup.optics.truth.wake_ns + start.readout.frame_ns * self._slow
        self._start: Event = self._world.at(int(self._start_ns), self._frame_start)

    @property
    def frames(self) -> int:
        """Frames that the sensor has started to read out."""
        return self._sequence + 1

    # -- the sensor ---------------------------------------------------------------------------------------------------

    def _frame_start(self) -> None:
        if self.stalled:
            self._watch()
            return
        number = self._sequence = self._sequence + 1
        settings, began_ns = self._next, self._world.now_ns
        delayed = self._delayed
        delayed.frame_started(number)
        self._next = following = delayed.at(number + 1)
        self._start_ns += following.readout.frame_ns * self._slow
        self._start = self._world.at(int(self._start_ns), self._frame_start)
        ready_ns = began_ns + int(self._lines * settings.readout.line_ns) + self._setup.isp_ns
        if self._setup.raw_requested:
            if self._waiting:
                request = self._waiting.popleft()
                self._bound.append(request)
                self._world.at(ready_ns, self._finish, request, number, began_ns, settings)
            else:
                self.dropped += 1
        elif self._free:
            self._free -= 1
            self._world.at(ready_ns, self._arrive, number, began_ns, settings)
        else:
            self.dropped += 1

    def _watch(self) -> None:
        """No more frames: libcamera waits five frame lengths, at least a second, then gives up."""
        self._start = self._world.after(max(_TIMEOUT_LEAST_NS, round(_TIMEOUT_FRAMES * self._next.readout.frame_ns)), self._time_out)

    def _time_out(self) -> None:
        sys.stderr.write(_TIMEOUT_MESSAGE)
        self._cancel_all()

    # -- requests -----------------------------------------------------------------------------------------------------

    def queue(self, request: Request) -> None:
        """Take a request; where the pipeline has captured frames of its own already, it gets the oldest of them."""
        if not self.running:
            self._waiting.append(request)
            self._cancel_all()
        elif self._captured:
            number, began_ns, settings = self._captured.popleft()
            self._bound.append(request)
            self._isp_free_ns = max(self._world.now_ns, self._isp_free_ns) + self._setup.isp_ns
            self._world.at(self._isp_free_ns, self._finish_internal, request, number, began_ns, settings)
        else:
            self._waiting.append(request)

    def _arrive(self, number: int, began_ns: int, settings: Settings) -> None:
        if not self.running:
            return
        if self._waiting and not self._captured:
            request = self._waiting.popleft()
            self._bound.append(request)
            self._finish_internal(request, number, began_ns, settings)
        else:
            self._captured.append((number, began_ns, settings))

    def _finish_internal(self, request: Request, number: int, began_ns: int, settings: Settings) -> None:
        self._free += 1
        self._finish(request, number, began_ns, settings)

    def _finish(self, request: Request, number: int, began_ns: int, settings: Settings) -> None:
        if not self.running:
            return
        self._bound.popleft()
        given, ipa = controls_of(request), self._ipa
        if given and self._setup.crops.apply(given):
            ipa.crop, self._targets = self._setup.crops.metadata(), self._setup.targets()
            ipa.forget_report()
        stamp = self._stamped(began_ns + self._noise(number))
        wall = stamp + self._setup.wall_offset_ns
        metadata = ipa.frame(given, settings, began_ns, stamp, wall).copy()
        self._delayed.push(ipa.settings)
        metadata[_SENSOR_TIMESTAMP], metadata[_FRAME_WALL_CLOCK] = stamp, wall
        status, shot = self._status(), Shot(self._optics, self._first + number, began_ns, settings, ipa.awb.gains)
        for stream, buffer in buffers_of(request).items():
            target = self._targets[stream]
            finish_buffer(buffer, status, number, stamp, target.bytes_used if len(buffer.planes) == 1 else target.plane_bytes)
            pend(buffer, partial(shot.show, target), shot)
        complete(request, metadata)
        self._deliver(request)

    def _status(self) -> Any:
        """Frames that libcamera does not trust are marked: invalid ones first, then those before the algorithms have settled."""
        if self._invalid:
            self._invalid -= 1
            return _ERROR
        if self._startup:
            self._startup -= 1
            return _STARTUP
        return _SUCCESS

    # -- the end ------------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Cancel what was queued, in order, and let no more frames come."""
        self._cancel_all()
        self._world.cancel(self._start)

    def _cancel_all(self) -> None:
        self.running = False
        for request in (*self._bound, *self._waiting):
            cancel(request)
            self._deliver(request)
        self._bound.clear()
        self._waiting.clear()
