"""Frames of one camera, taken in picamera2's own event loop, each looked at and given back at once.

A capture begins before the stream does, so that no frame passes unseen, and it never hangs: whoever waits says how long a silence
and how long the whole may last on the host's clock.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from hil.clock import Clock
from hil.drivers.frames import Achieved, Burst
from hil.drivers.timeouts import waits
from hil.errors import UserError

GRACE_S = 3.0
"""What a wait may last beyond the frames themselves: start-up, ISP and a busy host."""


class Progress(Protocol):
    """Called while something long runs."""

    def __call__(self, what: str, done: int, of: int, elapsed_s: float, expected_s: float) -> None:
        """`what` goes on; frame `done` of `of`; seconds on the rig's clock."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for frames, in seconds on the host's clock."""

    silence_s: float
    """From one frame to the next, and to the first."""
    total_s: float
    """For all of them."""
    expected_s: float
    """What it should take, for a progress line."""
    slice_s: float
    """How often to look."""


def patience(frames: int, interval_s: float, gap_s: float | None = None) -> Patience:
    """How long to wait for `frames` that come every `interval_s`, or with gaps of up to `gap_s` where pulses from outside make them."""
    longest_s = interval_s if gap_s is None else max(interval_s, gap_s)
    # Two intervals more than the frames: the first exposure has yet to begin, and the pipeline adds part of one.
    expected_s = (frames + 2) * interval_s
    total_s = 1.5 * (frames + 2) * longest_s + GRACE_S
    # A camera that nobody else paces is given all its time at once: start-up may take the share of several frames.
    silence_s = total_s if gap_s is None else 1.5 * (2 * interval_s + gap_s) + GRACE_S
    return Patience(silence_s, total_s, expected_s, max(0.5, interval_s / 20))


@dataclass
class Stream:
    """A picamera2 object's stream: started so that what libcamera does with its requests can be seen."""

    picam2: Any
    _requests: list[Any] = field(default_factory=list, repr=False)

    @property
    def running(self) -> bool:
        """The stream is on."""
        return bool(self.picam2.started)

    @property
    def gave_up(self) -> bool:
        """The stream is on, but libcamera has cancelled what was queued: "Camera frontend has timed out"."""
        return self.running and any(request.status.name == "Cancelled" for request in self._requests)

    def start(self) -> None:
        """Start; every buffer is queued on return. Nothing if it runs."""
        if self.running:
            return
        make = self.picam2._make_requests  # noqa: SLF001 - picamera2 drops cancelled requests without a word and has no other list

        def keep() -> list[Any]:
            self._requests = make()
            return self._requests

        self.picam2._make_requests = keep  # noqa: SLF001
        try:
            self.picam2.start()
        finally:
            del self.picam2._make_requests  # noqa: SLF001

    def stop(self) -> None:
        """Stop, whatever is pending; nothing if it does not run."""
        if self.running:
            # picamera2's own stop waits behind jobs that wait for frames.
            self.picam2.cancel_all_and_flush()
            self.picam2.stop()
        self._requests = []


class Capture:
    """The next frames of a camera, from the moment this is made."""

    def __init__(self, picam2: Any, frames: int, look: Callable[[Any], Any], *, settle: int = 0, bits: int) -> None:
        """`look`: called with each completed request, in the event loop; `settle`: frames let pass first."""
        if frames < 1 or settle < 0:
            raise UserError(f"{frames} frames after {settle} asked for", "", "at least one frame, after none or more")
        self.frames, self.seen = frames, list[Any]()
        self._picam2, self._look, self._left, self._bits = picam2, look, settle, bits
        self._rows: list[tuple[float, ...]] = []
        self.why = ""
        """Why not all have come, in words; "" while nobody has waited in vain."""
        self.achieved: Achieved | None = None
        self._job = picam2.dispatch_functions([self._take], wait=False)

    @property
    def done(self) -> int:
        """How many frames have come."""
        return len(self._rows)

    def _take(self) -> tuple[bool, None]:
        waiting = self._picam2.completed_requests
        while waiting and self.done < self.frames:
            request = waiting.pop(0)
            try:
                if self._left > 0:
                    self._left -= 1
                else:
                    row, seen = self._row(request), self._look(request)
                    self._rows.append(row)
                    self.seen.append(seen)
            finally:
                request.release()
        return self.done >= self.frames, None

    def _row(self, request: Any) -> tuple[float, ...]:
        metadata = request.get_metadata()
        sequence = next(iter(request.request.buffers.values())).metadata.sequence
        if self.achieved is None:
            self.achieved = _achieved(request, metadata, self._bits)
        return metadata["SensorTimestamp"], sequence, metadata["ExposureTime"], metadata["AnalogueGain"], metadata["FrameDuration"]

    def wait(self, clock: Clock, allowed: Patience, gave_up: Callable[[], bool], told: Callable[[int, float], None]) -> bool:
        """Wait until every frame has come (True), or patience has run out or libcamera `gave_up()` (False): then no more are taken.

        `told` is called with the frames so far and the seconds spent whenever it looked in vain.
        """
        begun_ns = heard_ns = clock.now_ns()
        heard = self.done
        while True:
            spent_s, silent_s = (clock.now_ns() - begun_ns) / 1e9, (clock.now_ns() - heard_ns) / 1e9
            left_s = min(allowed.total_s - spent_s, allowed.silence_s - silent_s)
            if left_s <= 0 or gave_up():
                self.cancel()
                self.why = self._said(allowed, spent_s, gave_up=left_s > 0)
                return self.done >= self.frames
            try:
                self._job.get_result(timeout=min(allowed.slice_s, left_s))
            except (TimeoutError, concurrent.futures.TimeoutError):
                if self.done > heard:
                    heard, heard_ns = self.done, clock.now_ns()
                told(self.done, spent_s)
            else:
                return True

    def cancel(self) -> None:
        """Take no more frames."""
        self._picam2.cancel_all_and_flush()

    def _said(self, allowed: Patience, spent_s: float, *, gave_up: bool) -> str:
        came = f"{self.done} of {self.frames} came"
        if gave_up:
            return f"{came}, then libcamera gave up ('Camera frontend has timed out'); it was to wait {waits()} for a frame"
        if spent_s >= allowed.total_s:
            return f"{came} in {allowed.total_s:.3g} s"
        return f"{came}, then none for {allowed.silence_s:.3g} s"

    def burst(self) -> Burst:
        """The frames that have come, without their pixels."""
        stamp, sequence, exposure, gain, duration = zip(*self._rows, strict=True) if self._rows else ((),) * 5
        return Burst(
            timestamps_ns=np.array(stamp, dtype=np.int64),
            sequence=np.array(sequence, dtype=np.int64),
            exposure_us=np.array(exposure, dtype=np.float64),
            gain=np.array(gain, dtype=np.float64),
            frame_duration_us=np.array(duration, dtype=np.float64),
        )


def _achieved(request: Any, metadata: dict[str, Any], bits: int) -> Achieved:
    config = request.config["raw"]
    return Achieved(
        size=tuple(config["size"]),
        bits=bits,
        frame_duration_us=metadata["FrameDuration"],
        exposure_us=metadata["ExposureTime"],
        gain=metadata["AnalogueGain"],
        digital_gain=metadata.get("DigitalGain", 1.0),
        format=config["format"],
        stride=config["stride"],
        black_dn=metadata["SensorBlackLevels"][0] / (1 << (16 - bits)),
    )
