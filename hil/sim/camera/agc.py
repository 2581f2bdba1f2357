"""Automatic exposure: libcamera's rpi.agc for one channel, without its histogram constraints.

Source: libcamera v0.7.1, src/ipa/rpi/controller/rpi/agc_channel.cpp; its numbers are in data/tuning.toml. What it is given
instead of statistics is the mean luminance of the scene, computed from light and exposure.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

_LOCK_COUNT = 5
_ERROR_FACTOR, _RESET_MARGIN, _LINE_ROUNDING_NS = 0.10, 1.5, 200e3


@cache
def tuning() -> dict[str, Any]:
    """The tuning numbers of data/tuning.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("data/tuning.toml").read_text())


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mode and the frame duration limits leave the algorithm."""

    exposure_min_ns: float
    exposure_max_ns: float
    gain_min: float
    gain_max: float
    sensitivity: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """The algorithm's answer for the frames to come."""

    exposure_ns: float
    gain: float
    digital_gain: float


def _tables(platform: str, sensor: str) -> list[tuple[list[float], list[float]]]:
    """Exposure modes normal, short, long: (exposures in ns, gains)."""
    chosen = tuning()[platform] | tuning()[platform].get(sensor, {})
    cap = tuning()["gain_max"].get(sensor, math.inf)
    modes = [chosen[name] for name in ("normal", "short", "long")]
    return [([us * 1e3 for us in mode["us"]], [min(gain, cap) for gain in mode["gain"]]) for mode in modes]


class Agc:
    """State of the algorithm. `fixed_exposure_ns` and `fixed_gain` are 0 where it is automatic."""

    def __init__(self, platform: str, sensor: str) -> None:
        """`platform`: "vc4" or "pisp", whose tuning files differ."""
        self._tables = _tables(platform, sensor)
        self._numbers = tuning()["agc"]
        self.limits = Limits(0.0, math.inf, 1.0, math.inf, 1.0)
        self.fixed_exposure_ns = self.fixed_gain = 0.0
        self.ev, self.flicker_period_ns, self.exposure_mode = 1.0, 0.0, 0
        self.status = Wanted(self._numbers["default_exposure_us"] * 1e3, 1.0, 1.0)
        self.frames = 0
        self._filtered_ns = self._target_ns = self._total_ns = 0.0
        self._lock_count, self._last = 0, (0.0, 0.0, 0.0)

    @property
    def manual(self) -> bool:
        """Both exposure and gain are fixed."""
        return self.fixed_exposure_ns != 0.0 and self.fixed_gain != 0.0

    @property
    def convergence_frames(self) -> int:
        """Frames that may be badly exposed after a cold start."""
        return 0 if self.manual else int(self._numbers["convergence_frames"])

    @property
    def started_up(self) -> bool:
        """It no longer jumps to its target at once."""
        return self.frames > int(self._numbers["startup_frames"])

    # -- controls -----------------------------------------------------------------------------------------------------

    def limit_exposure(self, longest_ns: float) -> None:
        """What frame duration limits leave, from now on."""
        self.limits = replace(self.limits, exposure_max_ns=longest_ns)

    def auto_exposure(self, *, on: bool) -> None:
        """Switch automatic exposure time; off keeps the present one."""
        self.fixed_exposure_ns = 0.0 if on else self.status.exposure_ns

    def auto_gain(self, *, on: bool) -> None:
        """Switch automatic gain; off keeps the present one."""
        self.fixed_gain = 0.0 if on else self.status.gain

    def fix_exposure(self, exposure_ns: float) -> None:
        """A manual exposure time; ignored while exposure is automatic."""
        if self.fixed_exposure_ns:
            self.fixed_exposure_ns = exposure_ns
            self.status = Wanted(self._limit_exposure(exposure_ns), self.status.gain, self.status.digital_gain)

    def fix_gain(self, gain: float) -> None:
        """A manual analogue gain; ignored while gain is automatic."""
        if self.fixed_gain:
            self.fixed_gain = gain

    # -- the algorithm ------------------------------------------------------------------------------------------------

    def switch_mode(self, limits: Limits) -> Wanted:
        """Start of streaming, perhaps in another mode: settings for its first frame."""
        last, self.limits = self.limits.sensitivity, limits
        if self.manual:
            self._filtered_ns = self._limit_exposure(self.fixed_exposure_ns) * self._limit_gain(self.fixed_gain)
        elif self._total_ns:
            self._filtered_ns *= last / limits.sensitivity
        else:
            exposure = self._limit_exposure(self.fixed_exposure_ns) or self._numbers["default_exposure_us"] * 1e3
            self._filtered_ns = exposure * (self._limit_gain(self.fixed_gain) or 1.0)
        self._target_ns = self._filtered_ns
        self._divide(self._filtered_ns)
        return self.status

    def process(self, exposure_ns: float, gain: float, mean_luma: float) -> Wanted:
        """One frame's statistics: its exposure, analogue gain and mean luminance as a fraction of full scale."""
        self.frames += 1
        factor, target_luma = self._gain_towards(mean_luma)
        self._aim(exposure_ns * gain, factor)
        self._filter()
        fast = target_luma > self._numbers["fast_reduce_threshold"] and factor < math.sqrt(target_luma)
        self._divide(self._filtered_ns * (self._numbers["fast_reduce_threshold"] if fast else 1.0))
        return self.status

    def _gain_towards(self, mean_luma: float) -> tuple[float, float]:
        target = min(0.9, float(self._numbers["y_target"]) * self.ev)
        gain = 1.0
        for _ in range(8):
            extra = min(10.0, target / (min(mean_luma * gain, 1.0) + 0.001))
            gain *= extra
            if extra < 1.01:
                break
        return gain, target

    def _aim(self, total_ns: float, factor: float) -> None:
        if self.manual:
            self._target_ns = self._limit_exposure(self.fixed_exposure_ns) * self._limit_gain(self.fixed_gain)
            return
        exposures, gains = self._table
        longest = self._limit_exposure(self.fixed_exposure_ns or exposures[-1])
        self._target_ns = min(total_ns * factor, longest * self._limit_gain(self.fixed_gain or gains[-1]))

    def _filter(self) -> None:
        speed, stable = float(self._numbers["speed"]), float(self._numbers["stable_region"])
        if self.manual or self.frames <= self._numbers["startup_frames"]:
            speed, stable = 1.0, 0.0
        target, filtered = self._target_ns, self._filtered_ns
        if filtered and filtered * (1.0 - stable) < target < filtered * (1.0 + stable):
            return
        if 0.8 * target < filtered < 1.2 * target:
            speed = math.sqrt(speed)
        self._filtered_ns = speed * target + filtered * (1.0 - speed) if filtered else target

    @property
    def _table(self) -> tuple[list[float], list[float]]:
        return self._tables[self.exposure_mode if self.exposure_mode < len(self._tables) else 0]

    def _divide(self, total_ns: float) -> None:
        """Share the total exposure out into exposure time, analogue gain and what is left, digital gain."""
        exposure, gain = self._shares(total_ns)
        if not self.fixed_exposure_ns and not self.fixed_gain and self.flicker_period_ns:
            periods = int(exposure / self.flicker_period_ns)
            if periods:
                gain *= exposure / (periods * self.flicker_period_ns)
                exposure = periods * self.flicker_period_ns
        gain = min(gain, self.limits.gain_max)
        digital = min(self._filtered_ns / (gain * exposure), float(self._numbers["max_digital_gain"]))
        self._filtered_ns = self._total_ns = gain * exposure * digital
        self.status = Wanted(exposure, gain, digital)

    def _shares(self, total_ns: float) -> tuple[float, float]:
        exposures, gains = self._table
        exposure = self._limit_exposure(self.fixed_exposure_ns or exposures[0])
        gain = self._limit_gain(self.fixed_gain or gains[0])
        if exposure * gain >= total_ns:
            return exposure, gain
        for step_exposure, step_gain in zip(exposures[1:], gains[1:], strict=True):
            if not self.fixed_exposure_ns:
                longer = self._limit_exposure(step_exposure)
                if longer * gain >= total_ns:
                    return total_ns / gain, gain
                exposure = longer
            if not self.fixed_gain:
                if step_gain * exposure >= total_ns:
                    return exposure, total_ns / exposure
                gain = self._limit_gain(step_gain)
        return exposure, gain

    def _limit_exposure(self, exposure_ns: float) -> float:
        """0 means automatic and passes through."""
        return exposure_ns and min(max(exposure_ns, self.limits.exposure_min_ns), self.limits.exposure_max_ns)

    def _limit_gain(self, gain: float) -> float:
        """Above the sensor's gain the ISP helps out; 0 means automatic and passes through."""
        return gain and min(max(gain, self.limits.gain_min), self.limits.gain_max * float(self._numbers["max_digital_gain"]))

    # -- convergence --------------------------------------------------------------------------------------------------

    def locked(self, exposure_ns: float, gain: float) -> bool:
        """Whether exposure, gain and target have been steady for five frames (AeState Converged)."""
        now = (exposure_ns, gain, self._target_ns)
        errors = [before * _ERROR_FACTOR for before in self._last]
        errors[0] += _LINE_ROUNDING_NS
        changes = [abs(value - before) for value, before in zip(now, self._last, strict=True)]
        if all(change < error for change, error in zip(changes, errors, strict=True)):
            self._lock_count = min(self._lock_count + 1, _LOCK_COUNT)
        elif any(change > _RESET_MARGIN * error for change, error in zip(changes, errors, strict=True)):
            self._lock_count = 0
        self._last = now
        return self._lock_count == _LOCK_COUNT
