"""What a sensor mode can do, held against what is asked for: nothing is clamped silently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hil.drivers.frames import SensorMode
from hil.errors import UserError


@dataclass(frozen=True, slots=True)
class Request:
    """What `configure` was asked for, kept for messages, for the record and for configuring again after a reopening."""

    mode: SensorMode
    fps: float | None
    exposure_us: float | None
    gain: float | None
    packed: bool
    frame_duration_us: tuple[int, int]
    """The limits given to libcamera; equal where a rate was asked for, so that two cameras of one mode have one frame length."""

    @property
    def interval_s(self) -> float:
        """The longest time from frame to frame, in seconds, of a camera that runs by itself."""
        shortest, longest = self.frame_duration_us
        if self.exposure_us is None:
            return longest / 1e6
        return max(shortest, min(longest, self.exposure_us * 1.01 + 1000)) / 1e6

    @property
    def activity(self) -> str:
        """What the camera is doing, for a progress line."""
        exposure_us = self.exposure_us
        return f"exposure {exposure_us / 1e6:.4g} s" if exposure_us and exposure_us >= 1e5 else "capturing"


def frame_durations(camera: str, mode: SensorMode, fps: float | None, exposure_us: float | None) -> tuple[int, int]:
    """FrameDurationLimits in us for a rate and an exposure. UserError naming the limit that is in the way."""
    shortest, longest = mode.frame_duration_min_us, mode.frame_duration_max_us
    if fps is None:
        # The pipeline stretches the frame as far as the exposure needs, within these limits.
        return (shortest, shortest) if exposure_us is None else (shortest, longest)
    if fps <= 0:
        raise UserError(f"{camera}: {fps:g} frames a second asked for", "", "a rate above 0")
    # libcamera's limits are whole microseconds; one more is still at least this rate's frame.
    duration = int(1e6 / fps)
    if duration < shortest:
        raise UserError(f"{camera}: {fps:g} frames a second asked for", f"{_name(mode)} runs at most {1e6 / shortest:.2f}")
    if duration > longest:
        raise UserError(f"{camera}: {fps:g} frames a second asked for", f"{_name(mode)} runs at least {1e6 / longest:.6f}")
    if exposure_us is not None and exposure_us > duration:
        asked = f"{camera}: exposure {exposure_us:g} us at {fps:g} frames a second asked for"
        raise UserError(asked, f"a frame lasts {duration} us", "a slower rate")
    return duration, duration


def check_exposure(camera: str, mode: SensorMode, exposure_us: float | None, longest_frame_us: int) -> None:
    """UserError for an exposure that the mode does not take."""
    if exposure_us is None:
        return
    top = mode.exposure_max_us if mode.exposure_max_us is not None else longest_frame_us
    if not mode.exposure_min_us <= exposure_us <= top:
        raise UserError(f"{camera}: exposure {exposure_us:g} us asked for", f"{_name(mode)} takes {mode.exposure_min_us} .. {top} us")


def check_gain(camera: str, advertised: tuple[float, float, Any], gain: float | None) -> None:
    """UserError for an analogue gain outside (min, max, default) as libcamera advertises it."""
    if gain is None:
        return
    low, high, _ = advertised
    # 1.0 is what a person writes for "least": the IMX708 starts at 1.123 and `achieved` says so.
    if not min(low, 1.0) <= gain <= high * (1 + 1e-6):
        raise UserError(f"{camera}: gain {gain:g} asked for", f"{low:.4g} .. {high:.4g} are advertised")


def _name(mode: SensorMode) -> str:
    return f"{mode.size[0]}x{mode.size[1]}-{mode.bits}"
