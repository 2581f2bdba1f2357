"""From a captured frame to `hil.sim.frame.Frame` and its pixels, only when somebody asks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

from hil.sim.camera.clocks import Exposed
from hil.sim.camera.ipa import Scenery, Settings
from hil.sim.camera.timing import ModeTiming
from hil.sim.frame import Frame, Pixel, Rectangle, Scene
from hil.sim.led import Flashes, Rows
from hil.sim.light import Pulse
from hil.sim.truth import DeviceTruth

_WARMING_S = 300.0
_ROOM_REFLECTANCE = 0.32
"""Mean reflectance of the default picture (measured on its rendered frames), for automatic exposure."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the mode and the orientation put the scene into the buffer."""

    cfa: str
    hflip: bool
    vflip: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """One individual camera and what it looks at."""

    seed: int
    device: str
    truth: DeviceTruth
    scene: Scene
    expected: Pixel
    """The pixel of an average unit, by which libcamera's tuning estimates illuminance."""
    strobe: Flashes | None = None
    """The LED that it looks at, if any."""
    light_offset_ns: float = 0.0
    """Its rows are exposed later by this than its time stamps say."""


class Optics:
    """One sensor in one mode in front of its scene: what a frame is made of but for its time and gains."""

    def __init__(self, unit: Unit, timing: ModeTiming, geometry: Geometry) -> None:
        """A `unit` in one mode and orientation."""
        self.seed, self.device, self.truth, self.scene = unit.seed, unit.device, unit.truth, unit.scene
        self.timing, self.geometry, scene, truth, expected = timing, geometry, unit.scene, unit.truth, unit.expected
        self.strobe, self.light_offset_ns = unit.strobe, unit.light_offset_ns
        self.is_global = timing.sensor.shutter == "global"
        sensitivity = timing.mode.sensitivity
        self.slow = 1.0 / (1.0 + truth.crystal_ppm * 1e-6)
        """True time per time on the sensor's own clock."""
        self.pixel = truth.pixel if sensitivity == 1.0 else _scaled(truth.pixel, sensitivity)
        self._reflectance = scene.reflectance if scene.content == "flat" else _ROOM_REFLECTANCE
        self._luma_per_lux_ns = self._level_of(self.pixel)
        self._luma_expected = self._level_of(expected) if expected.responsivity_e_per_lux_s else 0.0
        self._mean_lux = scene.light.lux + sum(lamp.lux for lamp in scene.light.lamps)
        self._saturation = min(1.0, self.pixel.full_well_e * self.pixel.conversion_dn16_per_e / (65536.0 - self.pixel.black_dn16))

    def _level_of(self, pixel: Pixel) -> float:
        """Fraction of full scale per lux and ns at gain 1."""
        return pixel.responsivity_e_per_lux_s * self._reflectance * pixel.conversion_dn16_per_e / (65536.0 - pixel.black_dn16) * 1e-9

    @cached_property
    def scenery(self) -> Scenery:
        """What the algorithms may know of it."""
        return Scenery(self.mean_luma, self.scene.light.temperature_k, 1.0 / self._luma_expected, self.temperature_c)

    def look(self, since_ns: int | None) -> None:
        """Flashes from then on are for frames still to come; None: it looks at nothing any more."""
        if self.strobe is not None:
            self.strobe.needed(self.device, since_ns)

    def mean_luma(self, settings: Settings, _readout_ns: int) -> float:
        """Mean luminance of a frame as a fraction of full scale; flashes are left out."""
        readout = settings.readout
        level = min(self._mean_lux * readout.exposure_ns * self.slow * self._luma_per_lux_ns, self._saturation) * readout.gain
        return min(level, 1.0)

    def temperature_c(self, true_ns: int) -> int:
        """Sensor temperature: it warms up while the world runs; the register holds whole degrees from -20 to 80."""
        rise = self.truth.warming_c * -math.expm1(-true_ns / 1e9 / _WARMING_S)
        return min(max(int(self.truth.temperature_c + rise), -20), 80)


def _scaled(pixel: Pixel, sensitivity: float) -> Pixel:
    return replace(pixel, responsivity_e_per_lux_s=pixel.responsivity_e_per_lux_s * sensitivity)


class Shot:
    """One captured frame. `frame` is its plain data, `show` puts its pixels into a buffer."""

    __slots__ = ("_exposed", "_flashes", "_optics", "colour_gains", "number", "readout_ns", "settings")

    def __init__(
        self,
        optics: Optics,
        number: int,
        readout_ns: int,
        settings: Settings,
        colour_gains: tuple[float, float],
        exposed: Exposed | None = None,
    ) -> None:
        """`number`: of all exposures of the device; `readout_ns`: true time at which row 0 is read; `exposed`: if not by the settings."""
        self._optics, self.number, self.readout_ns, self.settings, self.colour_gains = optics, number, readout_ns, settings, colour_gains
        self._exposed = exposed
        # Taken now, while they are known: the frame is done, and may be looked at long after the flashes are forgotten.
        strobe = optics.strobe
        self._flashes = () if strobe is None or strobe.dark else self._lit(strobe)

    def _lit(self, strobe: Flashes) -> tuple[Pulse, ...]:
        start_ns, exposure_ns = self._exposure()
        optics = self._optics
        readout_ns = 0.0 if optics.is_global else self.settings.readout.line_ns * optics.slow * (optics.timing.mode.size[1] - 1)
        found = strobe.on(Rows(start_ns, start_ns + exposure_ns, start_ns + readout_ns, start_ns + readout_ns + exposure_ns))
        optics.look(min(self.readout_ns, math.floor(start_ns + exposure_ns)))
        return found

    def _exposure(self) -> tuple[float, float]:
        """Row 0: true time at which its exposure starts, and how long it is, in ns."""
        exposed, optics = self._exposed, self._optics
        if exposed is None:
            exposure_ns = self.settings.readout.exposure_ns * optics.slow
            return self.readout_ns - exposure_ns + optics.light_offset_ns, exposure_ns
        return self.readout_ns - exposed.before_readout_ns - exposed.exposure_ns + optics.light_offset_ns, exposed.exposure_ns

    @property
    def frame(self) -> Frame:
        """The frame as plain data."""
        optics, readout = self._optics, self.settings.readout
        sensor, mode, scene = optics.timing.sensor, optics.timing.mode, optics.scene
        start_ns, exposure_ns = self._exposure()
        return Frame(
            seed=optics.seed,
            device=optics.device,
            number=self.number,
            width=mode.size[0],
            height=mode.size[1],
            bits=mode.bits,
            first_row_start_ns=round(start_ns),
            exposure_ns=exposure_ns,
            line_time_ns=readout.line_ns * optics.slow,
            crop=mode.crop,
            active_size=sensor.active_size,
            cfa=optics.geometry.cfa,
            binning=mode.binning[0] * mode.binning[1],
            global_shutter=optics.is_global,
            hflip=optics.geometry.hflip,
            vflip=optics.geometry.vflip,
            analogue_gain=readout.gain,
            digital_gain=self.settings.digital_gain,
            colour_gains=self.colour_gains,
            pixel=optics.pixel,
            scene=replace(scene, light=replace(scene.light, pulses=self._flashes)) if self._flashes else scene,
        )

    def show(self, target: Target, memory: memoryview) -> None:
        """Write the frame's pixels into a buffer of that stream."""
        from hil.sim.render import render_into

        size = (target.width, target.height)
        render_into(self.frame, target.format, *size, target.stride, memory, crop=target.crop, colour_space=target.colour_space)


@dataclass(frozen=True, slots=True)
class Target:
    """What of a frame a stream shows, and how."""

    format: str
    width: int
    height: int
    stride: int
    crop: Rectangle | None
    """In native pixels of the active array; None for raw streams."""
    colour_space: str
    bytes_used: tuple[int, ...]
    """Of a buffer in one plane."""
    plane_bytes: tuple[int, ...]
    """Of a buffer with one plane per component."""
