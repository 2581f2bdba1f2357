"""The camera driver, on picamera2: identity, modes, limits, configure, timed bursts, raw frames, armed captures.

It never clamps silently: what the mode cannot do is a `UserError` naming the limit. It never hangs: every wait has a
deadline that scales with the frame interval, and a camera that delivers nothing is a `CameraTimeout`, or, where it was
armed for pulses that others send, `Shots` that say why they are not complete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.drivers.armed import Armed, Pulses, composed
from hil.drivers.capture import GRACE_S, Capture, Patience, Progress, Stream, patience
from hil.drivers.frames import Achieved, Burst, Identity, RawFrames, SensorMode, Shots
from hil.drivers.host import Host
from hil.drivers.limits import Request, check_exposure, frame_durations
from hil.drivers.modes import apply, identity_of, largest, modes_of, pick
from hil.drivers.pixels import bayer_order, dng_of, raw_pixels
from hil.errors import CameraTimeout, UserError
from hil.measure.looks import Levels

__all__ = ["GRACE_S", "Camera", "Progress", "Request"]


@dataclass
class Camera:
    """One camera of a rig. Made by `hil.drivers.cameras.CameraSet`, which opens and closes it."""

    name: str
    host: Host
    picam2: Any
    set_hdr: Callable[[bool], None]
    """Switches the sensor's HDR readout; the camera system is reopened, so `picam2` is another object afterwards."""
    progress: Progress | None = None
    expect_gap: Callable[[float, bool], None] = lambda _seconds, _paced: None
    """Called before a silence of so many seconds is waited for, and whether the sensor itself paces its frames: libcamera's dequeue
    timeout must allow for it, which may reopen the camera system."""
    _modes: dict[bool, list[SensorMode]] = field(default_factory=dict, repr=False)
    _hdr: bool = False
    _request: Request | None = field(default=None, repr=False)
    _achieved: Achieved | None = field(default=None, repr=False)
    _armed: Armed | None = field(default=None, repr=False)
    _stream: Stream = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._stream = Stream(self.picam2)

    # -- who it is, what it can do ------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """Model, id and the properties that libcamera reports."""
        return identity_of(self.picam2)

    def controls(self) -> dict[str, tuple[Any, Any, Any]]:
        """Advertised controls of the present configuration: name to (min, max, default)."""
        return dict(self.picam2.camera_controls)

    def sensor_modes(self, *, hdr: bool = False) -> list[SensorMode]:
        """Every mode libcamera lists, with the limits it advertises in that mode. Stops the camera."""
        self._switch_hdr(hdr)
        if hdr not in self._modes:
            self.stop()
            self._modes[hdr] = modes_of(self.picam2)
        return self._modes[hdr]

    def mode(self, size: tuple[int, int], bits: int | None = None, *, hdr: bool = False) -> SensorMode:
        """The mode of that size (and bit depth; the deepest if None). UserError lists what there is."""
        return pick(self.name, self.sensor_modes(hdr=hdr), size, bits)

    # -- configure ----------------------------------------------------------------------------------------------------

    def configure(
        self,
        size: tuple[int, int] | None = None,
        bits: int | None = None,
        fps: float | None = None,
        exposure_us: float | None = None,
        gain: float | None = None,
        *,
        hdr: bool = False,
        packed: bool = False,
    ) -> None:
        """Choose a mode and fix rate, exposure and analogue gain; the camera starts with the first frame asked for.

        `fps` None: the mode's fastest, or as slow as `exposure_us` needs. `gain` and `exposure_us` None: left to AEC/AGC.
        White balance is fixed and the lens parked, so that nothing else changes from frame to frame. Cameras of one model
        that are given the same mode and `fps` have the same frame length to the line. UserError if the mode cannot do it,
        naming the limit.
        """
        mode = self.mode(size, bits, hdr=hdr) if size else largest(self.sensor_modes(hdr=hdr))
        self.stop()
        durations = frame_durations(self.name, mode, fps, exposure_us)
        check_exposure(self.name, mode, exposure_us, durations[1])
        request = Request(mode, fps, exposure_us, gain, packed, durations)
        self.expect_gap(request.interval_s, True)
        apply(self.name, self.picam2, request)
        self._request = request

    @property
    def achieved(self) -> Achieved:
        """What the sensor really does after `configure`: whole lines, real gain. Starts the camera if need be."""
        if self._achieved is None:
            self.burst(1)
        assert self._achieved is not None
        return self._achieved

    # -- frames of a camera that runs by itself -----------------------------------------------------------------------

    def burst(self, frames: int, *, settle: int = 0) -> Burst:
        """The next `frames` frames as arrays, after letting `settle` frames pass. CameraTimeout if they do not come."""
        return self._next(frames, settle, lambda request: None).burst()

    def raw(self, frames: int = 1, *, settle: int = 0) -> RawFrames:
        """The next `frames` raw frames, uint16 [n, height, width] in DN of the mode's bit depth."""
        taken = self._next(frames, settle, self._pixels)
        config = self.picam2.camera_configuration()["raw"]
        return RawFrames(
            pixels=np.stack(taken.seen),
            bits=self._asked.mode.bits,
            cfa=bayer_order(config["format"]),
            black_dn=self.achieved.black_dn,
            burst=taken.burst(),
        )

    def reduce_raw(self, reduction: Callable[[NDArray[np.uint16]], Any], frames: int = 1, *, settle: int = 0) -> tuple[Burst, list[Any]]:
        """Reduce each of the next `frames` raw frames as it arrives, so that none is kept. Returns burst and results."""
        taken = self._next(frames, settle, lambda request: reduction(self._pixels(request)))
        return taken.burst(), taken.seen

    def dng(self) -> bytes:
        """The next frame as picamera2 writes it into a DNG file."""
        return self._next(1, 0, dng_of).seen[0]  # type: ignore[no-any-return]

    def _next(self, frames: int, settle: int, look: Callable[[Any], Any]) -> Capture:
        self._refuse_armed("more frames")
        asked = self._asked
        self._start()
        taken = Capture(self.picam2, frames, look, settle=settle, bits=asked.mode.bits)
        if not self._wait(taken, patience(frames + settle, asked.interval_s)):
            hint = "reseat the ribbon, see what libcamera says in this log; a camera set to sync or trigger waits for pulses"
            raise CameraTimeout(f"{self.name}: the camera delivers no more frames", taken.why, hint, where=self.name)
        self._achieved = self._achieved or taken.achieved
        return taken

    def _pixels(self, request: Any) -> NDArray[np.uint16]:
        return raw_pixels(request, self._asked.mode.bits)

    def _wait(self, taken: Capture, limit: Patience) -> bool:
        def told(done: int, spent_s: float) -> None:
            if self.progress is not None:
                self.progress(self._asked.activity, min(done + 1, taken.frames), taken.frames, spent_s, limit.expected_s)

        return taken.wait(self.host.clock, limit, lambda: self._stream.gave_up, told)

    # -- frames that pulses from outside make -------------------------------------------------------------------------

    def arm(
        self,
        frames: int,
        *,
        reduce: Callable[[NDArray[np.uint16]], Any] | None = None,
        encode: bool = False,
        expect_gap_s: float | None = None,
    ) -> None:
        """Start streaming for `frames` frames, and return when the camera is armed, with its buffers queued and none awaited.

        For a sink or a triggered camera, whose first frame comes when somebody else sends a pulse; `collect` fetches them. Streaming
        begins anew, so that roles set before are read. `reduce` is called with each raw frame as it comes, `encode` records in
        H.264. `expect_gap_s`: the longest time without a pulse, before the first as well as between two; libcamera's timeout
        is chosen for it, which can reopen this host's cameras: UserError if another of them is armed then.
        """
        self._refuse_armed("arming it again")
        asked = self._asked
        self.stop()
        if expect_gap_s is not None:
            self.expect_gap(expect_gap_s, False)
        limit = patience(frames, asked.interval_s, expect_gap_s)
        look = None if reduce is None else lambda request: reduce(self._pixels(request))
        self._armed = Armed(self.picam2, asked, frames, limit, look, encode=encode)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def collect(self) -> Shots:
        """The frames that `arm` was for, or those that came before the camera fell silent; the camera is stopped then.

        Waits with a deadline on the host's clock: as long as the frames and the gap given to `arm` take, and half as much again.
        """
        if self._armed is None:
            raise UserError(f"{self.name}: collect() of a camera that is not armed", "", "arm() first")
        armed = self._armed
        try:
            armed.complete = self._wait(armed.capture, armed.limit)
            return armed.shots(gave_up=self._stream.gave_up)
        finally:
            self.stop()

    @composed
    def capture(self, pulses: Pulses, **how: Any) -> Shots:
        """Arm, have the pulses sent, collect: one frame for each pulse, of which the levels are kept. `how`: as for `arm`."""
        self.arm(pulses.frames, expect_gap_s=pulses.longest_gap_s, **{"reduce": Levels(), **how})
        try:
            pulses.send()
            return replace(self.collect(), pulses=pulses.sent())
        finally:
            self.stop()

    @property
    def armed(self) -> bool:
        """Between `arm` and `collect`."""
        return self._armed is not None

    # -- start, stop, leave safe --------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """The stream is on: the sensor was told to start and nobody has stopped it. It need not deliver frames."""
        return self._stream.running

    @property
    def streaming(self) -> bool:
        """The stream is on and libcamera still waits for its frames; False once it has given up."""
        return self._stream.running and not self._stream.gave_up

    @property
    def _asked(self) -> Request:
        if self._request is None:
            self.configure()
        assert self._request is not None
        return self._request

    def _refuse_armed(self, wanted: str) -> None:
        if self._armed is not None:
            raise UserError(f"{self.name}: {wanted} asked for", "it is armed and waits for pulses", "collect() or stop() first")

    def _start(self) -> None:
        if self._stream.gave_up:
            self._stream.stop()
        if not self._stream.running:
            self._achieved = None
            self._stream.start()

    def stop(self) -> None:
        """Stop streaming, and forget what was armed; nothing if there is nothing."""
        self._achieved = None
        armed, self._armed = self._armed, None
        try:
            if armed is not None:
                armed.close()
        finally:
            self._stream.stop()

    def reopened(self, picam2: Any, *, keep: bool = False) -> None:
        """Go on with a new picamera2 object on the same camera. `keep`: configured as it was, else to be configured again."""
        self.picam2, self._stream, self._achieved, self._armed = picam2, Stream(picam2), None, None
        if not keep:
            self._request = None
        elif self._request is not None:
            apply(self.name, picam2, self._request)

    def rest(self) -> None:
        """Stop, and leave HDR: the camera is as it was found."""
        self.stop()
        self._switch_hdr(False)

    def _switch_hdr(self, hdr: bool) -> None:
        if hdr == self._hdr:
            return
        self.stop()
        self.set_hdr(hdr)
        self._hdr = hdr
