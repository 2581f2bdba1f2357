"""What a camera delivers, as plain arrays: they travel between processes and need nothing but numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.measure.measurement import Measurement
from hil.measure.pulsed import SentPulses
from hil.measure.timing import FrameTiming, frame_timing


@dataclass(frozen=True, slots=True)
class SensorMode:
    """One readout mode as libcamera lists it."""

    size: tuple[int, int]
    bits: int
    crop: tuple[int, int, int, int]
    """Left, top, width, height on the active pixel array."""
    fps: float
    """As printed: 1e6 / shortest frame duration in whole microseconds, two decimals."""
    exposure_min_us: int
    exposure_max_us: int | None
    """None where libcamera states no upper limit."""
    format: str
    """libcamera's raw format, packed where the pipeline packs."""
    frame_duration_min_us: int
    frame_duration_max_us: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a camera says it is."""

    model: str
    id: str
    """libcamera's id: the path of its device-tree node."""
    index: int
    rotation: int | None
    pixel_array_size: tuple[int, int] | None
    colour_filter: int | None


@dataclass(frozen=True, slots=True)
class Achieved:
    """What the sensor really runs at, from the metadata of its first frame after `configure`."""

    size: tuple[int, int]
    bits: int
    frame_duration_us: float
    exposure_us: float
    gain: float
    digital_gain: float
    format: str
    stride: int
    """Bytes per row of the raw buffer."""
    black_dn: float
    """Black level as reported, in DN of `bits`."""


@dataclass(frozen=True)
class Burst:
    """Consecutive frames that the host handed over, without their pixels."""

    timestamps_ns: NDArray[np.int64]
    """SensorTimestamp: start of readout, CLOCK_MONOTONIC of the host."""
    sequence: NDArray[np.int64]
    """The sensor's frame counter as V4L2 keeps it; a gap is a frame that nobody fetched."""
    exposure_us: NDArray[np.float64]
    gain: NDArray[np.float64]
    frame_duration_us: NDArray[np.float64]
    """As metadata says; it may echo the request. Rates come from `timestamps_ns`."""

    @property
    def frames(self) -> int:
        """How many frames the burst holds."""
        return len(self.timestamps_ns)

    @cached_property
    def timing(self) -> FrameTiming:
        """Period, rate, jitter, dropped, doubled and late frames of this burst."""
        return frame_timing(self.timestamps_ns, self.sequence)

    @property
    def frame_rate_hz(self) -> Measurement:
        """Frames per second from timestamps."""
        return self.timing.rate

    @property
    def frame_period_us(self) -> Measurement:
        """Frame period from timestamps."""
        return self.timing.period

    @property
    def dropped_frames(self) -> Measurement:
        """Frames that are missing, whoever lost them."""
        return self.timing.dropped


@dataclass(frozen=True)
class RawFrames:
    """Raw frames in DN of the mode's bit depth."""

    pixels: NDArray[np.uint16]
    """uint16 [n, height, width]."""
    bits: int
    cfa: str
    """Colours of the top-left 2x2, row by row: "RGGB"."""
    black_dn: float
    burst: Burst

    @property
    def full_scale_dn(self) -> int:
        """The largest code of this bit depth."""
        return (1 << self.bits) - 1


@dataclass(frozen=True)
class Encoded:
    """A recording that an H.264 encoder has really made, as found in its bytes."""

    frames: int
    """Pictures in the bit stream: slices that begin with the first macroblock (ITU-T H.264, 7.3.3)."""
    bytes: int
    timestamps_ns: NDArray[np.int64]
    """SensorTimestamp of each encoded frame, to the whole microsecond that encoders keep."""


@dataclass(frozen=True)
class Shots:
    """What came after `Camera.arm`, even where it is less than was asked for."""

    burst: Burst
    reduced: list[Any]
    """What the reduction made of each frame of `burst`; empty without one."""
    encoded: Encoded | None
    """The recording, where one was asked for."""
    complete: bool
    """Every frame that was asked for came."""
    why: str = ""
    """Why it is not complete, in words; "" where it is."""
    gave_up: bool = False
    """libcamera itself gave up ("Camera frontend has timed out"): its dequeue timeout was shorter than the silence."""
    achieved: Achieved | None = None
    """What the sensor said it ran at with the first frame; None without a frame. A triggered sensor echoes the request."""
    pulses: SentPulses | None = None
    """The pulses it was captured for, where `Camera.capture` had them sent."""
