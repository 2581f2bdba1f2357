"""Frames that are missing, and who lost them: the sensor, the host that fetched none, or the encoder.

A sensor that pauses leaves a gap in the timestamps and none in the frame counter; a host without a free buffer leaves one in the
counter; an encoder makes fewer pictures than it was given frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hil.measure import EstimatorError, FrameTiming, frame_timing

if TYPE_CHECKING:
    from hil.checks.notebook import Notebook
    from hil.drivers.frames import Burst, Encoded

CAUSE = "frames dropped"


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many frames each has lost, of those that were delivered and lost together."""

    sensor: int
    host: int
    encoder: int
    delivered: int

    @property
    def total(self) -> int:
        """All that are missing."""
        return self.sensor + self.host + self.encoder

    @property
    def evidence(self) -> tuple[str, ...]:
        """One observation for each who has lost some."""
        told = (
            (self.sensor, f"{self.sensor} by the sensor: a gap in the timestamps, none in the frame counter"),
            (self.host, f"{self.host} by the host: missing in the frame counter, while the sensor kept its period"),
            (
                self.encoder,
                f"{self.encoder} by the encoder: {self.delivered} frames went in, {self.delivered - self.encoder} pictures came out",
            ),
        )
        return tuple(text for count, text in told if count)

    def says(self, camera: str) -> str:
        """The attribution in one sentence."""
        who = {"the sensor paused": self.sensor, "the host fetched too few": self.host, "the encoder left some out": self.encoder}
        blamed = " and ".join(sentence for sentence, count in who.items() if count)
        frames = "frame is" if self.total == 1 else "frames are"
        return f"{self.total} {frames} missing of {camera}: {blamed}"


def of_timing(timing: FrameTiming, encoded: int | None = None) -> Dropped:
    """What a burst's timing shows; `encoded`: pictures that an encoder made of its frames."""
    delivered = timing.period.n
    encoder = 0 if encoded is None else max(delivered - encoded, 0)
    return Dropped(_count(timing.dropped_sensor.value), _count(timing.dropped_host.value), encoder, delivered)


def of_recording(burst: Burst, encoded: Encoded | None) -> Dropped | None:
    """What a recording shows; None where its frames have no steady period."""
    try:
        timing = frame_timing(burst.timestamps_ns, burst.sequence)
    except EstimatorError:
        return None
    return of_timing(timing, None if encoded is None else encoded.frames)


def tell(dropped: Dropped | None, camera: str, during: str, notebook: Notebook) -> None:
    """Note who lost frames, if anybody did."""
    if dropped is not None and dropped.total:
        notebook.finding(CAUSE, camera, (during, *dropped.evidence), says=dropped.says(camera))


def _count(value: float) -> int:
    return 0 if math.isnan(value) else round(value)
