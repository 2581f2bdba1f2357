"""Sensor timing: what libcamera asks of a sensor for an exposure and a frame duration, and what the sensor makes of it.

The first half is arithmetic of libcamera's camera helpers (src/ipa/rpi/cam_helper, v0.7.1), in the same doubles and with the
same truncations, so that a granted value is the one a Pi grants. The second half is kernel driver and sensor: registers
that hold fewer bits, minimum exposures and steps that nobody announces, a line length that wraps. Times are in ns.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from hil.catalog import ExposureModel, Generation, Mode, Sensor

_UINT32_MAX = 2**32 - 1
# cam_helper_imx296.cpp counts in its own constant, whatever HBLANK says.
_IMX296_LINE_NS = 550.0 / 37.125e6 * 1e9


@cache
def _drivers() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("data/drivers.toml").read_text())


@dataclass(frozen=True, slots=True)
class Programmed:
    """The V4L2 controls of one frame, in the driver's units."""

    frame_length: int
    """Height + VBLANK in lines."""
    line_pix: int
    """Width + HBLANK in pixels."""
    exposure_lines: int
    gain_code: int


@dataclass(frozen=True, slots=True)
class Blanking:
    """libcamera's answer to an exposure and frame duration limits (CamHelper::getBlanking)."""

    frame_length: int
    line_pix: int
    exposure_ns: float
    """What is left of the exposure asked for."""


@dataclass(frozen=True, slots=True)
class Readout:
    """What the sensor does with one `Programmed`, on a perfect clock, and what libcamera then reports."""

    frame_ns: float
    """From this frame's start of readout back to the one before."""
    exposure_ns: float
    line_ns: float
    gain: float
    reported_exposure_us: int
    reported_gain: float
    reported_frame_us: int


def _whole(lines: float) -> int:
    """Truncated to the 32 bits that libcamera counts lines in."""
    return int(min(lines, _UINT32_MAX))


class ModeTiming:
    """The clockwork of one mode of one driver generation."""

    def __init__(self, sensor: Sensor, generation: Generation, mode: Mode, line_pix: int | None = None) -> None:
        """`line_pix`: the line length the driver really uses, where the catalog only has a derived figure or the link differs."""
        self.sensor, self.mode = sensor, mode
        self.model: ExposureModel = generation.exposure
        self.quirks: dict[str, Any] = _drivers().get(sensor.name, {})
        self.pixel_rate_hz = mode.pixel_rate_hz
        self.line_min_pix = line_pix or mode.line_length_pix
        self.line_min_ns = self.line_ns(self.line_min_pix)
        self._readouts: dict[Programmed, Readout] = {}

    # -- limits, as libcamera advertises them -------------------------------------------------------------------------

    @cached_property
    def line_max_ns(self) -> float:
        """The longest line that libcamera may stretch to; the shortest one where HBLANK is read-only."""
        if self.model.hblank_max:
            return self.line_ns(self.mode.size[0] + self.model.hblank_max)
        return self.line_ns(self.model.line_length_max) if self.model.line_length_max else self.line_min_ns

    @cached_property
    def frame_length_max(self) -> int:
        """Height + largest VBLANK of the driver, long exposure shift included."""
        return int(self.quirks.get("frame_length_register_max", self.model.frame_length_max)) << self.model.long_exp_shift_max

    @cached_property
    def frame_min_ns(self) -> float:
        """Shortest frame."""
        return self.mode.frame_length_min * self.line_min_ns

    @cached_property
    def frame_max_ns(self) -> float:
        """Longest frame."""
        return self.frame_length_max * self.line_max_ns

    @cached_property
    def exposure_min_ns(self) -> float:
        """The shortest exposure libcamera believes in: the driver's V4L2 minimum."""
        return self.exposure_ns(self.exposure_min_lines, self.line_min_ns)

    @cached_property
    def exposure_min_lines(self) -> int:
        """Minimum of the driver's V4L2 exposure control."""
        us = self.mode.exposure_min_reported_us - self.mode.exposure_offset_us
        return max(1, math.ceil(us * 1e3 / self.line_min_ns - 1e-9))

    @cached_property
    def exposure_max_ns(self) -> float:
        """The longest exposure libcamera believes in."""
        return self.blanking(math.inf, self.frame_min_ns, self.frame_max_ns).exposure_ns

    # -- libcamera's camera helper ------------------------------------------------------------------------------------

    def line_ns(self, pix: int) -> float:
        """Duration of a line of `pix` pixels."""
        return pix * 10**9 / self.pixel_rate_hz

    def lines(self, exposure_ns: float, line_ns: float) -> int:
        """Whole lines of exposure to program, truncated (the helper's exposureLines)."""
        if self.mode.exposure_offset_us:
            return max(1, int((exposure_ns - self.mode.exposure_offset_us * 1e3) / _IMX296_LINE_NS))
        return int(exposure_ns / line_ns)

    def exposure_ns(self, lines: int, line_ns: float) -> float:
        """Exposure of so many lines (the helper's exposure)."""
        if self.mode.exposure_offset_us:
            return max(1, lines) * _IMX296_LINE_NS + self.mode.exposure_offset_us * 1e3
        return lines * line_ns

    def blanking(self, exposure_ns: float, shortest_ns: float, longest_ns: float) -> Blanking:
        """Frame and line length for an exposure within frame duration limits; the exposure may come back shorter.

        libcamera reckons here in plain lines, on IMX296 too: its offset comes in only when the exposure is programmed.
        """
        diff, line = self.model.frame_integration_diff, self.line_min_ns
        low, high = int(shortest_ns / line), int(longest_ns / line)
        frame = min(max(min(_whole(exposure_ns / line), _UINT32_MAX - diff) + diff, low), high)
        if frame > self.frame_length_max:
            line = min(self.line_max_ns, line * frame / self.frame_length_max)
            frame = self.frame_length_max
        pix = self._pix(line)
        return self._scaled(frame, pix, min(frame - diff, _whole(exposure_ns / line)) * line)

    def _pix(self, line_ns: float) -> int:
        # CamHelper::lineLengthToHblank: a double product, then an exact division, truncated; V4L2 holds it within the control's range.
        return max(self.line_min_pix, int(line_ns * float(self.pixel_rate_hz)) // 10**9)

    def _scaled(self, frame: int, pix: int, exposure_ns: float) -> Blanking:
        """IMX477 and IMX708 shift long frames right until they fit the register, and round the exposure to fit what is left."""
        if not self.model.long_exp_shift_max or frame <= self.model.frame_length_max:
            return Blanking(frame, pix, exposure_ns)
        length, shift = frame, 0
        while length > self.model.frame_length_max:
            shift += 1
            if shift > self.model.long_exp_shift_max:
                shift, length = self.model.long_exp_shift_max, self.model.frame_length_max
                break
            length >>= 1
        frame, line = length << shift, self.line_ns(pix)
        return Blanking(frame, pix, min(_whole(exposure_ns / line), frame - self.model.frame_integration_diff) * line)

    def programmed(self, exposure_ns: float, gain: float, shortest_ns: float, longest_ns: float) -> tuple[Programmed, float]:
        """What IpaBase::applyAGC writes for an exposure and gain, and the exposure it believes to have got."""
        blank = self.blanking(exposure_ns, shortest_ns, longest_ns)
        lines = self.lines(blank.exposure_ns, self.line_ns(blank.line_pix))
        # V4L2 holds VBLANK within its range, whatever truncation has made of the limits.
        length = max(blank.frame_length, self.mode.frame_length_min)
        return Programmed(length, blank.line_pix, lines, self.sensor.gain.code(gain)), blank.exposure_ns

    # -- driver and sensor --------------------------------------------------------------------------------------------

    def readout(self, programmed: Programmed) -> Readout:
        """What comes of it; cached, because a camera asks for the same few thousands of times."""
        found = self._readouts.get(programmed)
        if found is None:
            found = self._readouts[programmed] = self._read(programmed)
        return found

    def _read(self, p: Programmed) -> Readout:
        line = self.line_ns(self._line_register(p.line_pix))
        frame, shift = self._frame_register(p.frame_length)
        lines = self._exposure_register(p.exposure_lines, shift)
        exposure = (lines << shift) * line + self.mode.exposure_offset_us * 1e3
        told = self._reported(p, line, frame, lines, shift)
        gain = self.sensor.gain.gain(p.gain_code)
        return Readout((frame << shift) * line, exposure, line, gain, int(told[0] / 1e3), gain, int(told[1] / 1e3))

    def _line_register(self, pix: int) -> int:
        top = 1 << int(self.quirks.get("line_length_register_bits", 32))
        # Beyond it the register wraps to a line that is too short to read a row; the sensor then runs at its shortest (assumed).
        return pix if pix < top else max(pix % top, self.line_min_pix)

    def _frame_register(self, frame_length: int) -> tuple[int, int]:
        top, shift = int(self.quirks.get("frame_length_register_max", _UINT32_MAX)), 0
        frame_length -= frame_length % self.mode.frame_length_step
        while frame_length > top:
            shift, frame_length = shift + 1, frame_length >> 1
        return frame_length, shift

    def _exposure_register(self, lines: int, shift: int) -> int:
        lines = max(lines, self.mode.exposure_min_lines)
        lines -= lines % self.mode.exposure_step_lines
        return lines >> shift

    def _reported(self, p: Programmed, line: float, frame: int, lines: int, shift: int) -> tuple[float, float]:
        """Exposure and frame duration in metadata: from the sensor's embedded data where it has them, else the request's echo.

        Under long exposure the embedded registers lack the shift, so libcamera falls back on what it asked for (cam_helper_imx477.cpp,
        cam_helper_imx708.cpp); only the line length is still the sensor's.
        """
        asked = self.line_ns(p.line_pix)
        if not self.sensor.embedded_data:
            return self.exposure_ns(p.exposure_lines, asked), self.exposure_ns(p.frame_length, asked)
        if p.frame_length > self.model.frame_length_max:
            return self.exposure_ns(p.exposure_lines, asked), self.exposure_ns(p.frame_length, line)
        return self.exposure_ns(lines << shift, line), self.exposure_ns(frame << shift, line)
