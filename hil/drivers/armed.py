"""A camera that is armed: it streams, and waits for pulses that somebody else sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from hil.drivers.capture import Capture, Patience
from hil.drivers.frames import Encoded, Shots
from hil.drivers.limits import Request
from hil.drivers.recording import Recording
from hil.measure.pulsed import SentPulses

Method = TypeVar("Method", bound=Callable[..., Any])


def composed(method: Method) -> Method:
    """Marks a method of a driver that only calls its public ones: for a driver in another process it is done here, by calls there."""
    method.composed = True  # type: ignore[attr-defined]
    return method


class Pulses(Protocol):
    """Pulses that are described but not yet sent, each of which should make a frame."""

    @property
    def frames(self) -> int:
        """How many frames they should make."""

    @property
    def longest_gap_s(self) -> float:
        """The longest time without a pulse, before the first as well as between two."""

    def send(self) -> None:
        """Have them sent; returns at once or when they are."""

    def sent(self) -> SentPulses | None:
        """What was sent, asked once the frames are there; None where nobody knows."""


class Armed:
    """What one `Camera.arm` takes: frames, what is made of them, and the recording."""

    def __init__(
        self, picam2: Any, asked: Request, frames: int, limit: Patience, look: Callable[[Any], Any] | None, *, encode: bool
    ) -> None:
        """Begins to take, before the stream is on."""
        self.limit, self._reduce = limit, look
        self.complete = False
        self._recording = Recording(picam2, asked.fps or 1 / asked.interval_s) if encode else None
        try:
            self.capture = Capture(picam2, frames, self._look, bits=asked.mode.bits)
        except BaseException:
            self._drop_recording()
            raise

    def _look(self, request: Any) -> Any:
        if self._recording is not None:
            self._recording.take(request)
        return None if self._reduce is None else self._reduce(request)

    def shots(self, *, gave_up: bool) -> Shots:
        """What has come. `gave_up`: libcamera waits no longer."""
        burst = self.capture.burst()
        return Shots(
            burst=burst,
            reduced=[] if self._reduce is None else list(self.capture.seen),
            encoded=self._encoded(int(burst.timestamps_ns[0]) if burst.frames else 0),
            complete=self.complete,
            why="" if self.complete else self.capture.why,
            gave_up=gave_up and not self.complete,
            achieved=self.capture.achieved,
        )

    def _encoded(self, first_ns: int) -> Encoded | None:
        return None if self._recording is None else self._recording.finish(first_ns)

    def close(self) -> None:
        """Take no more frames and stop recording; nothing if it has ended."""
        self.capture.cancel()
        self._drop_recording()

    def _drop_recording(self) -> None:
        if self._recording is not None:
            self._recording.close()
