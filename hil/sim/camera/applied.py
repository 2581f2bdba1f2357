"""What each control of a request does to the algorithms (IpaBase::applyControls), and what it echoes in that request's metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hil.sim.libcamera.ids import ControlId, controls

if TYPE_CHECKING:
    from hil.sim.camera.ipa import Ipa

_MANUAL = 1
_FLICKER_MANUAL = 1


class ControlTable:
    """The controls that do something, in the order in which they must be done."""

    def __init__(self, ipa: Ipa) -> None:
        """`ipa`: whose algorithms they act on."""
        self._ipa = ipa
        self._flicker_manual, self._flicker_ns = False, 0.0
        first: dict[ControlId, Callable[[Any], None]] = {
            controls.AfMode: self._af_mode,
            controls.AnalogueGainMode: self._gain_mode,
            controls.ExposureTimeMode: self._exposure_mode,
            controls.AwbEnable: self._awb_enable,
            controls.ColourGains: self._colour_gains,
            controls.ColourTemperature: self._colour_temperature,
        }
        self._actions = first | {
            controls.ExposureTime: self._exposure_time,
            controls.AnalogueGain: self._analogue_gain,
            controls.AeExposureMode: self._ae_exposure_mode,
            controls.ExposureValue: self._exposure_value,
            controls.AeFlickerMode: self._flicker_mode,
            controls.AeFlickerPeriod: self._flicker_period,
            controls.AwbMode: self._awb_mode,
            controls.ColourCorrectionMatrix: self._ccm,
            controls.FrameDurationLimits: self._frame_duration,
            controls.AfRange: self._af_range,
            controls.AfSpeed: self._af_speed,
            controls.AfPause: self._af_pause,
            controls.AfTrigger: self._af_trigger,
            controls.LensPosition: self._lens_position,
            controls.HdrMode: ipa.set_hdr_mode,
            controls.rpi.SyncMode: ipa.sync.set_mode,
            controls.rpi.SyncFrames: self._sync_frames,
        }

    def apply(self, given: dict[ControlId, Any]) -> None:
        """Do what the given controls ask; those that only the ISP's picture would show are echoed."""
        for identity, action in self._actions.items():
            if identity in given:
                action(given[identity])
        for identity in _ECHOED:
            if identity in given:
                self._ipa.echo[identity] = given[identity]

    # -- exposure -----------------------------------------------------------------------------------------------------

    def _gain_mode(self, mode: int) -> None:
        self._ipa.agc.auto_gain(on=mode != _MANUAL)
        self._ipa.echo[controls.AnalogueGainMode] = mode

    def _exposure_mode(self, mode: int) -> None:
        self._ipa.agc.auto_exposure(on=mode != _MANUAL)
        self._ipa.echo[controls.ExposureTimeMode] = mode

    def _exposure_time(self, microseconds: int) -> None:
        self._ipa.agc.fix_exposure(microseconds * 1e3)

    def _analogue_gain(self, gain: float) -> None:
        self._ipa.agc.fix_gain(gain)

    def _ae_exposure_mode(self, mode: int) -> None:
        self._ipa.agc.exposure_mode = mode
        self._ipa.echo[controls.AeExposureMode] = mode

    def _exposure_value(self, stops: float) -> None:
        self._ipa.agc.ev = 2.0**stops
        self._ipa.echo[controls.ExposureValue] = stops

    def _flicker_mode(self, mode: int) -> None:
        self._flicker_manual = mode == _FLICKER_MANUAL
        self._ipa.agc.flicker_period_ns = self._flicker_ns if self._flicker_manual else 0.0

    def _flicker_period(self, microseconds: int) -> None:
        self._flicker_ns = microseconds * 1e3
        if self._flicker_manual:
            self._ipa.agc.flicker_period_ns = self._flicker_ns

    def _frame_duration(self, limits: tuple[int, int]) -> None:
        self._ipa.limit_frame_duration(limits[0] * 1e3, limits[1] * 1e3)

    # -- colours ------------------------------------------------------------------------------------------------------

    def _awb_enable(self, on: bool) -> None:
        self._ipa.awb.automatic = on
        self._ipa.echo[controls.AwbEnable] = on

    def _colour_gains(self, gains: tuple[float, float]) -> None:
        self._ipa.awb.fix_gains(gains[0], gains[1])

    def _colour_temperature(self, kelvin: int) -> None:
        self._ipa.awb.fix_temperature(kelvin)

    def _awb_mode(self, mode: int) -> None:
        self._ipa.awb.mode = mode
        self._ipa.echo[controls.AwbMode] = mode

    def _ccm(self, matrix: tuple[float, ...]) -> None:
        if not self._ipa.awb.automatic:
            self._ipa.ccm = tuple(matrix)

    # -- lens ---------------------------------------------------------------------------------------------------------

    def _af_mode(self, mode: int) -> None:
        if self._ipa.autofocus is not None:
            self._ipa.autofocus.set_mode(mode)

    def _af_range(self, which: int) -> None:
        if self._ipa.autofocus is not None:
            self._ipa.autofocus.range = which

    def _af_speed(self, speed: int) -> None:
        if self._ipa.autofocus is not None:
            self._ipa.autofocus.fast = speed == 1

    def _af_pause(self, how: int) -> None:
        if self._ipa.autofocus is not None:
            self._ipa.autofocus.pause(how)

    def _af_trigger(self, trigger: int) -> None:
        if self._ipa.autofocus is not None:
            self._ipa.autofocus.trigger(start=trigger == 0)

    def _lens_position(self, dioptres: float) -> None:
        if self._ipa.autofocus is not None:
            self._ipa.autofocus.set_position(dioptres)

    # -- synchronisation ----------------------------------------------------------------------------------------------

    def _sync_frames(self, frames: int) -> None:
        if frames > 0:
            self._ipa.sync.ready_frames = frames


_ECHOED = (
    controls.AeMeteringMode,
    controls.AeConstraintMode,
    controls.Brightness,
    controls.Contrast,
    controls.Saturation,
    controls.Sharpness,
    controls.draft.NoiseReductionMode,
)
