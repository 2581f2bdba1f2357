"""A camera between start and stop: frames in virtual time, requests bound to them, buffers filled, drops where there is no buffer.

Two events a frame: its start (readout of row 0, which is when the interrupt is stamped) and its completion. Everything that
does not change from frame to frame is worked out before, because this is the hot path of every simulated run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hil.sim.camera.clocks import Exposed, FrameClock
from hil.sim.camera.crops import Crops
from hil.sim.camera.delayed import DelayedControls
from hil.sim.camera.ipa import Ipa, Settings
from hil.sim.camera.shots import Optics, Shot, Target
from hil.sim.camera.stamps import StampNoise
from hil.sim.camera.timeout import RECENT, Watchdog
from hil.sim.libcamera.backend import FRAME_STARTUP, Deliver, buffers_of, cancel, complete, controls_of, finish_buffer
from hil.sim.libcamera.buffers import FrameMetadata, pend
from hil.sim.libcamera.ids import controls
from hil.sim.libcamera.request import Request
from hil.sim.libcamera.stream import Stream
from hil.sim.world import HostClock, World

_SUCCESS, _ERROR = FrameMetadata.Status.Success, FrameMetadata.Status.Error
_STARTUP = FrameMetadata.Status(FRAME_STARTUP)
_SENSOR_TIMESTAMP, _FRAME_WALL_CLOCK = controls.SensorTimestamp, controls.FrameWallClock

Capture = tuple[int, int, Settings, Exposed | None]
"""Number in this run, true time of the start of readout, settings, and how it was exposed where they do not say."""


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
    timeout_ns: int = 0
    """Configured dequeue timeout; 0 for libcamera's own rule."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is particular to one run of a camera."""

    clock: FrameClock
    first_number: int
    """Exposures of the device before this run."""
    noise: StampNoise
    one_late: bool = False
    """A frame is handed over only when the next one begins (kernels before linux #6010, triggered)."""


class Streaming:
    """One run of a camera. Requests complete in the order they were queued, or are cancelled in that order."""

    def __init__(self, setup: Setup, run: Run, given: dict[Any, Any], deliver: Deliver) -> None:
        """`given`: controls of the start."""
        self._setup, self._deliver, self._noise, self._first, self._clock = setup, deliver, run.noise, run.first_number, run.clock
        self._world, self._ipa, self._optics = setup.world, setup.ipa, setup.optics
        self._stamped = setup.clock.to_host
        setup.crops.apply(given)
        setup.ipa.crop = setup.crops.metadata()
        self._targets = setup.targets()
        start, self._invalid, self._startup = setup.ipa.start(given, setup.world.now_ns)
        self._delayed = DelayedControls(setup.delay_frames, start)
        self._next, self._sequence = start, -1
        self._waiting: deque[Request] = deque()
        self._bound: deque[Request] = deque()
        self._captured: deque[Capture] = deque()
        self._free = setup.internal_buffers
        self._isp_free_ns = 0
        self._lines = setup.optics.timing.mode.size[1] * setup.optics.slow
        self._hand_over = self._one_late if run.one_late else self._world.at
        self._held: tuple[Callable[..., object], tuple[object, ...]] | None = None
        self.running, self.dropped = True, 0
        self._watchdog = Watchdog(self._world, setup.timeout_ns, self._longest_ns, self._queued)

    def start(self, *, stalled: bool = False) -> None:
        """Stream on; a stalled sensor never begins a frame."""
        self._watchdog.start(self._time_out)
        self._optics.look(self._world.now_ns)
        if not stalled:
            self._clock.start(self._next, self._frame_start)

    def stall(self) -> None:
        """Fault: the sensor begins no more frames."""
        self._clock.stop()

    @property
    def frames(self) -> int:
        """Frames that the sensor has started to read out."""
        return self._sequence + 1

    # -- the sensor ---------------------------------------------------------------------------------------------------

    def _frame_start(self, exposed: Exposed | None) -> Settings:
        """A frame's readout begins; returns the settings of the next one."""
        number = self._sequence = self._sequence + 1
        settings, began_ns = self._next, self._world.now_ns
        delayed = self._delayed
        delayed.frame_started(number)
        self._next = following = delayed.at(number + 1)
        ready_ns = began_ns + int(self._lines * settings.readout.line_ns) + self._setup.isp_ns
        if self._setup.raw_requested:
            if self._waiting:
                request = self._waiting.popleft()
                self._bound.append(request)
                self._hand_over(ready_ns, self._finish, request, (number, began_ns, settings, exposed))
            else:
                self.dropped += 1
        elif self._free:
            self._free -= 1
            self._hand_over(ready_ns, self._arrive, (number, began_ns, settings, exposed))
        else:
            self.dropped += 1
        return following

    def _one_late(self, _ready_ns: int, finish: Callable[..., object], *args: object) -> None:
        """Nothing ends a frame but the start of the next: what was held back goes on now, and this one waits."""
        held, self._held = self._held, (finish, args)
        if held is not None:
            self._world.after(self._setup.isp_ns, held[0], *held[1])

    def _longest_ns(self) -> float:
        return max(settings.readout.frame_ns for settings in self._delayed.recent(RECENT))

    def _queued(self) -> bool:
        """Whether the receiver has a buffer to fill."""
        return bool(self._waiting or self._bound) if self._setup.raw_requested else bool(self._free)

    def _time_out(self) -> None:
        self._clock.stop()
        self._cancel_all()

    # -- requests -----------------------------------------------------------------------------------------------------

    def queue(self, request: Request) -> None:
        """Take a request; where the pipeline has captured frames of its own already, it gets the oldest of them."""
        if not self.running:
            self._waiting.append(request)
            self._cancel_all()
        elif self._captured:
            capture = self._captured.popleft()
            self._bound.append(request)
            self._isp_free_ns = max(self._world.now_ns, self._isp_free_ns) + self._setup.isp_ns
            self._world.at(self._isp_free_ns, self._finish_internal, request, capture)
        else:
            if not self._waiting and not self._bound:
                self._watchdog.fed_ns = self._world.now_ns
            self._waiting.append(request)

    def _arrive(self, capture: Capture) -> None:
        if not self.running:
            return
        self._watchdog.fed_ns = self._world.now_ns
        if self._waiting and not self._captured:
            request = self._waiting.popleft()
            self._bound.append(request)
            self._finish_internal(request, capture)
        else:
            self._captured.append(capture)

    def _finish_internal(self, request: Request, capture: Capture) -> None:
        self._free += 1
        self._finish(request, capture)

    def _finish(self, request: Request, capture: Capture) -> None:
        if not self.running:
            return
        number, began_ns, settings, exposed = capture
        self._watchdog.fed_ns = self._world.now_ns
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
        status, shot = self._status(), Shot(self._optics, self._first + number, began_ns, settings, ipa.awb.gains, exposed)
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
        self._clock.stop()
        self._optics.look(None)

    def _cancel_all(self) -> None:
        self.running = False
        self._watchdog.stop()
        for request in (*self._bound, *self._waiting):
            cancel(request)
            self._deliver(request)
        self._bound.clear()
        self._waiting.clear()
