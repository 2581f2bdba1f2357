"""The image processing algorithms' side of a camera: controls in, sensor settings and metadata out.

Source: libcamera v0.7.1, src/ipa/rpi/common/ipa_base.cpp, whose order of things is kept: a request's controls are applied
when its frame is processed; algorithms run at most 30 times a second; settings go through the sensor's delays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hil.catalog import GainModel, Sensor, Startup
from hil.sim.camera.advertised import Kind
from hil.sim.camera.agc import Agc, Limits, tuning
from hil.sim.camera.applied import ControlTable
from hil.sim.camera.autofocus import Autofocus
from hil.sim.camera.colour import Awb
from hil.sim.camera.sync import OFF, Network, Sync
from hil.sim.camera.timing import ModeTiming, Programmed, Readout
from hil.sim.libcamera._casters import float32
from hil.sim.libcamera.ids import ControlId, controls

Metadata = dict[ControlId, Any]

_DEFAULT_SHORTEST_NS, _DEFAULT_LONGEST_NS = 1e9 / 30, 250e9
_LEAST_INTERVAL_NS = 0.9 * 1e9 / 30
"""Runs closer than this are left out (controllerMinFrameDuration with its 10 % margin)."""
_TEMPERATURE_EVERY_NS = 1_000_000_000

# HdrMode: Off, MultiExposureUnmerged, MultiExposure, SingleExposure, Night; HdrChannel: Short 1, Long 3 (tuning files, rpi.hdr).
_HDR_MODES = {"vc4": (0, 1), "pisp": (0, 1, 2, 3, 4)}
_HDR_CHANNELS = {1: (1, 3), 2: (1, 3), 3: (1,), 4: (1,)}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sensor and the ISP's gain are set to for a frame."""

    programmed: Programmed
    readout: Readout
    digital_gain: float


@dataclass(frozen=True, slots=True)
class Scenery:
    """What the algorithms may learn of the picture, instead of from statistics."""

    mean_luma: Callable[[Settings, int], float]
    """Mean luminance as a fraction of full scale, of a frame with these settings whose readout began at a true time in ns."""
    light_k: float
    lux_per_luma_ns: float
    """What a mean luminance of 1 per ns of exposure at gain 1 and sensitivity 1 is in lux, for an average unit."""
    temperature_c: Callable[[int], int]
    """Of the sensor at a true time in ns."""


class Ipa:
    """One camera's algorithms and what they remember between frames."""

    def __init__(self, kind: Kind, sensor: Sensor, *, noir: bool, focus_dpt: float, network: Network) -> None:
        """`noir`: libcamera knows that there is no infrared filter; `focus_dpt`: where the picture is sharp."""
        self.kind, self.sensor = kind, sensor
        self.gain: GainModel = sensor.gain
        self.agc, self.awb = Agc(kind.platform, sensor.name), Awb(noir=noir)
        self.autofocus = Autofocus(kind.lens, focus_dpt) if kind.lens else None
        self.sync = Sync(network)
        self.frame_ns = (_DEFAULT_SHORTEST_NS, _DEFAULT_LONGEST_NS)
        self.first_start = True
        self.hdr_mode = 0
        self.ccm: tuple[float, ...] = tuple(float32(value) for value in tuning()["ccm"]["matrix"])
        self.crop: Metadata = {}
        self.echo: Metadata = {}
        self._table = ControlTable(self)
        self._base: Metadata = {}
        self._base_of: Settings | None = None
        self._reports_temperature = sensor.facts.flag("temperature_in_metadata", default=False)
        self._lux = 0.0

    # -- configure and start ------------------------------------------------------------------------------------------

    def configure(self, timing: ModeTiming, scenery: Scenery) -> None:
        """Another mode; the first time, with the default frame duration limits and exposure."""
        self.timing, self.scenery = timing, scenery
        if self.first_start:
            self.limit_frame_duration(_DEFAULT_SHORTEST_NS, _DEFAULT_LONGEST_NS)

    def start(self, given: Metadata, true_ns: int) -> tuple[Settings, int, int]:
        """Settings of the first frame, and how many frames will be marked as invalid and then as start-up frames."""
        self.apply(given)
        timing = self.timing
        longest = timing.blanking(float("inf"), *self.frame_ns).exposure_ns
        limits = Limits(timing.exposure_min_ns, longest, self.gain.min, self.gain.max_reported, timing.mode.sensitivity)
        self.agc.switch_mode(limits)
        self.sync.reset()
        self.settings = self._settings(0.0)
        self._frames, self._last_run_ns, self._locked, self._dirty = 0, 0, False, True
        self._settled: tuple[float, Settings] | None = None
        self._temperature_ns, self._temperature = true_ns, self.scenery.temperature_c(true_ns)
        invalid, startup = self._untrusted()
        self.first_start, self._base_of = False, None
        return self.settings, invalid, startup

    def _untrusted(self) -> tuple[int, int]:
        """Frames to be marked (IpaBase::start): hidden ones, then those while exposure and colours settle after a cold start."""
        given: Startup = self.sensor.startup
        hidden_hdr = given.hide_frames_hdr if self.timing.mode.hdr else 0
        if not self.first_start:
            self._mistrust, self._invalid = given.mistrust_frames_mode_switch, max(given.hide_frames_mode_switch, hidden_hdr)
            return self._invalid, 0
        self._mistrust = given.mistrust_frames
        settling = [frames + self._mistrust for frames in (self.agc.convergence_frames, self.awb.convergence_frames) if frames]
        hidden, startup = max(given.hide_frames, hidden_hdr), max(settling, default=0)
        self._invalid = max(hidden, startup)
        return hidden, startup

    # -- controls -----------------------------------------------------------------------------------------------------

    def apply(self, given: Metadata) -> None:
        """Take a request's controls, or those of a start, into effect."""
        self.echo = {}
        if given:
            self._table.apply(given)
            self._dirty, self._base_of = True, None

    def limit_frame_duration(self, shortest_ns: float, longest_ns: float) -> None:
        """FrameDurationLimits, silently clamped to the mode's; 0 stands for the default."""
        low, high = self.timing.frame_min_ns, self.timing.frame_max_ns
        shortest = min(max(shortest_ns or _DEFAULT_SHORTEST_NS, low), high)
        longest = max(min(max(longest_ns or _DEFAULT_LONGEST_NS, low), high), shortest)
        self.frame_ns = (shortest, longest)
        self.echo[controls.FrameDurationLimits] = (int(shortest / 1e3), int(longest / 1e3))
        self.agc.limit_exposure(self.timing.blanking(float("inf"), shortest, longest).exposure_ns)

    # -- frames -------------------------------------------------------------------------------------------------------

    def frame(self, given: Metadata, in_force: Settings, readout_ns: int, stamp_ns: int, wall_ns: int) -> Metadata:
        """Process one frame: the metadata of its request, to be copied before anything is added; `settings` are those to push next.

        `in_force`: what it was taken with; `readout_ns`: when its readout began (true time); `stamp_ns`, `wall_ns`: SensorTimestamp and
        FrameWallClock.
        """
        if given or self.echo:
            self.apply(given)
        if self._due(stamp_ns):
            self._run(in_force, readout_ns, wall_ns)
        self._frames += 1
        if self._base_of is not in_force:
            self._report(in_force)
        if self.hdr_mode:
            return self._base | self.echo | self._hdr_metadata()
        return self._base | self.echo if self.echo else self._base

    def _due(self, stamp_ns: int) -> bool:
        last = self._last_run_ns
        if last and self._frames > self._invalid and stamp_ns - last < _LEAST_INTERVAL_NS:
            return False
        self._last_run_ns = stamp_ns
        # VC4 counts a frame before it looks at its statistics, PiSP after: ipa_base.cpp, prepareIsp().
        return self._frames + (self.kind.platform == "vc4") >= self._mistrust

    def _run(self, in_force: Settings, readout_ns: int, wall_ns: int) -> None:
        if self._reports_temperature and readout_ns - self._temperature_ns >= _TEMPERATURE_EVERY_NS:
            self._warm(readout_ns)
        if self.awb.automatic and self.awb.process(self.scenery.light_k):
            self._base_of = None
        if self.autofocus is not None and self.autofocus.process():
            self._base_of = None
        correction_us = 0
        if self.sync.mode != OFF:
            correction_us = self.sync.process(wall_ns, int(self.frame_ns[0] / 1e3))
            self._dirty, self._base_of = True, None
        if self._dirty or not self.agc.manual:
            self._expose(in_force, readout_ns, correction_us)

    def _expose(self, in_force: Settings, readout_ns: int, correction_us: int) -> None:
        readout, before = in_force.readout, self.agc.status
        luma = self.scenery.mean_luma(in_force, readout_ns)
        if not self._dirty and self._settled == (luma, in_force):
            return
        exposure_ns = readout.reported_exposure_us * 1e3
        lux = luma / (exposure_ns * readout.gain * self.timing.mode.sensitivity) * self.scenery.lux_per_luma_ns if exposure_ns else 0.0
        locked = self.agc.locked(exposure_ns, readout.gain)
        wanted = self.agc.process(exposure_ns, readout.gain, luma)
        if self._dirty or wanted != before:
            self.settings = self._settings(correction_us * 1e3)
        # Once nothing moves it stays so until the next control, or until the light or the frame's settings change.
        still = locked and wanted == before and not self._dirty and self.agc.started_up
        self._settled = (luma, in_force) if still else None
        self._dirty = bool(correction_us)
        if locked != self._locked or abs(lux - self._lux) > 0.002 * self._lux:
            self._locked, self._lux, self._base_of = locked, lux, None

    def _settings(self, shorter_ns: float) -> Settings:
        """What IpaBase::applyAGC makes of the algorithm's wish; whatever the sensor cannot do becomes digital gain."""
        wanted = self.agc.status
        shortest, longest = self.frame_ns
        programmed, got_ns = self.timing.programmed(wanted.exposure_ns, wanted.gain, shortest - shorter_ns, longest - shorter_ns)
        digital = wanted.digital_gain * (wanted.gain / self.gain.gain(programmed.gain_code)) * (wanted.exposure_ns / got_ns)
        return Settings(programmed, self.timing.readout(programmed), digital)

    def _warm(self, true_ns: int) -> None:
        self._temperature_ns = true_ns
        temperature = self.scenery.temperature_c(true_ns)
        if temperature != self._temperature:
            self._temperature, self._base_of = temperature, None

    # -- metadata -----------------------------------------------------------------------------------------------------

    def _report(self, in_force: Settings) -> None:
        """What IpaBase::reportMetadata says of every frame until something changes."""
        readout, awb = in_force.readout, self.awb
        state = 0 if self.agc.manual else 2 if self._locked else 1  # Idle, Converged, Searching
        base: Metadata = {
            controls.ExposureTime: readout.reported_exposure_us,
            controls.AnalogueGain: float32(readout.reported_gain),
            controls.FrameDuration: readout.reported_frame_us,
            controls.AeState: state,
            controls.DigitalGain: float32(in_force.digital_gain),
            controls.Lux: float32(self._lux),
            controls.ColourGains: (float32(awb.gains[0]), float32(awb.gains[1])),
            controls.ColourTemperature: int(awb.temperature_k),
            controls.SensorBlackLevels: (self.sensor.black_level16,) * 4,
            controls.FocusFoM: self.autofocus.figure_of_merit if self.autofocus else 1000,
            controls.ColourCorrectionMatrix: self.ccm,
        }
        if self._reports_temperature:
            base[controls.SensorTemperature] = float(self._temperature)
        base |= self._lens_metadata() | self._sync_metadata() | self.crop
        self._base, self._base_of = base, in_force

    def _lens_metadata(self) -> Metadata:
        lens = self.autofocus
        if lens is None:
            return {}
        return {controls.LensPosition: float32(lens.position), controls.AfState: lens.state, controls.AfPauseState: lens.pause_state}

    def _sync_metadata(self) -> Metadata:
        if self.sync.mode == OFF:
            return {}
        return {controls.rpi.SyncReady: self.sync.ready} | ({controls.rpi.SyncTimer: self.sync.timer_us} if self.sync.known else {})

    def _hdr_metadata(self) -> Metadata:
        """Which of the exposures this frame is; the two of the multi-exposure modes take turns (rpi.hdr of the tuning files)."""
        channels = _HDR_CHANNELS[self.hdr_mode]
        return {controls.HdrMode: self.hdr_mode, controls.HdrChannel: channels[self._frames % len(channels)]}

    def set_hdr_mode(self, mode: int) -> None:
        """HdrMode; VC4 knows only the first of the modes, and what is not known is ignored."""
        if mode in _HDR_MODES[self.kind.platform]:
            self.hdr_mode = mode

    def forget_report(self) -> None:
        """The crop changed: make the metadata anew."""
        self._base_of = None
