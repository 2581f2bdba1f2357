"""Sensors as frozen values: driver generations, modes, exposure, delays.

Plain attributes are for use; `facts` carries the same values with their source and evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hil.catalog.facts import Fact, Facts
from hil.catalog.gain import GainModel

Size = tuple[int, int]
Crop = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ExposureModel:
    """What bounds an exposure, in lines; `Mode` holds the results in time."""

    min_lines: int
    step_lines: int
    offset_us: float
    """Added to lines x line time: 14.26 on IMX296, else 0."""
    frame_integration_diff: int
    """Lines by which an exposure must stay below the frame length."""
    frame_length_max: int
    """Longest frame in lines before any shift, as libcamera uses it."""
    long_exp_shift_max: int
    """LONG_EXP_SHIFT: exposure and frame length are counted in 2^shift lines; 0 where the sensor has none."""
    line_length_max: int
    """Longest line in pixels that a long exposure may use; 0 where the line length is fixed."""
    hblank_max: int
    """Largest HBLANK the driver advertises where libcamera reckons with that (IMX477); 0 else."""
    longest_tested_us: float
    """The longest exposure worth asking for; 0: each mode's maximum. IMX477: 650 s, its line length register wraps above 653.95 s."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Frames from writing a control to the frame it shows in (libcamera camera_sensor_properties.cpp)."""

    exposure: int
    gain: int
    vblank: int
    hblank: int


@dataclass(frozen=True, slots=True)
class Startup:
    """Frames that libcamera hides or does not trust after a start or a mode switch (cam_helper_*.cpp)."""

    hide_frames: int
    hide_frames_hdr: int
    hide_frames_mode_switch: int
    mistrust_frames: int
    mistrust_frames_mode_switch: int


@dataclass(frozen=True, slots=True)
class Mode:
    """One readout of a sensor as one driver generation offers it, at the sensor's default link frequency."""

    size: Size
    bits: int
    crop: Crop
    """Left, top, width, height in the active pixel array, as rpicam prints it."""
    crop_also_seen: Crop | None
    """What some kernels report instead, with the same timing."""
    hdr: bool
    binning: tuple[int, int]
    line_time_ns: float
    """True line time: line length / pixel rate, or derived from a printed frame rate (IMX477's current driver)."""
    frame_length_min: int
    """Lines of the shortest frame."""
    frame_length_step: int
    """The sensor's frames are multiples of so many lines, whatever is granted: 2 where IMX219 counts in registers of two lines."""
    fps_reported: float
    """What `--list-cameras` and picamera2's `sensor_modes` print: from a frame time truncated to whole microseconds."""
    fps_tolerance_ppm: float
    """Rounding of the printed figure that a derived line time was got from, for any limit on rates; 0 where the line time is exact."""
    pixel_rate_hz: int
    line_length_pix: int
    sensitivity: float
    """Relative to the full readout (libcamera's getModeSensitivity)."""
    exposure_min_lines: int
    exposure_step_lines: int
    exposure_offset_us: float
    exposure_max_us: float
    """The longest exposure the sensor really makes in this mode."""
    exposure_max_tested_us: float
    """The longest exposure a test should ask for."""
    exposure_min_reported_us: int
    exposure_max_reported_us: int
    """The ends of ExposureTime that libcamera advertises; not always the truth (IMX708's minimum, IMX477's maximum)."""
    facts: Facts

    @property
    def key(self) -> str:
        """The name of the mode in plans and reports: "2304x1296", "2304x1296 HDR"; with the bits, see `key_bits`."""
        return f"{self.size[0]}x{self.size[1]}" + (" HDR" if self.hdr else "")

    @property
    def key_bits(self) -> str:
        """`key` with the bit depth, for sensors that have several: "1640x1232-8"."""
        return f"{self.size[0]}x{self.size[1]}-{self.bits}" + (" HDR" if self.hdr else "")

    @property
    def line_time(self) -> Fact:
        """The line time in ns with its provenance."""
        return self.facts["line_time_ns"]

    @property
    def evidence(self) -> str:
        """What stands behind the line time."""
        return self.line_time.evidence

    @property
    def frame_time_min_ns(self) -> float:
        """Shortest frame period in ns."""
        return self.line_time_ns * self.frame_length_min

    @property
    def nominal_fps(self) -> float:
        """Fastest rate in Hz: 1 / (line time x shortest frame length); a few ppm below the printed figure."""
        return 1e9 / self.frame_time_min_ns

    @property
    def exposure_min_us(self) -> float:
        """Shortest exposure the sensor really makes."""
        return self.exposure_min_lines * self.line_time_ns / 1e3 + self.exposure_offset_us

    @property
    def exposure_step_us(self) -> float:
        """Spacing of the exposures the sensor can make below its long-exposure range."""
        return self.exposure_step_lines * self.line_time_ns / 1e3

    @property
    def readout_us(self) -> float:
        """From the first row's readout to one line after the last's: the skew of a rolling shutter."""
        return self.size[1] * self.line_time_ns / 1e3


@dataclass(frozen=True, slots=True)
class Generation:
    """The modes and limits of one state of a sensor's kernel driver."""

    sensor: str
    name: str
    """"only" where the driver never changed what matters here."""
    title: str
    told_by: str
    """How a rig can tell it from its siblings; "" for "only"."""
    modes: tuple[Mode, ...]
    exposure: ExposureModel
    link_changes_timing: bool
    """Whether another link frequency changes the line times in proportion (IMX477's current driver)."""
    facts: Facts

    def mode(self, key: str) -> Mode:
        """The mode of that `key` or `key_bits`; of several bit depths the deepest. KeyError names those that exist."""
        found = sorted((mode for mode in self.modes if key in (mode.key, mode.key_bits)), key=lambda mode: -mode.bits)
        if not found:
            raise KeyError(f"{self.sensor} ({self.name}) has no mode {key!r}; it has {', '.join(mode.key_bits for mode in self.modes)}")
        return found[0]


@dataclass(frozen=True, slots=True)
class Sensor:
    """An image sensor with its drivers."""

    name: str
    """As libcamera and the kernel call it: "imx708"."""
    title: str
    """As the page calls it: "Sony IMX708"."""
    libcamera_models: tuple[str, ...]
    shutter: str
    """"rolling" or "global"."""
    active_size: Size
    native_size: Size
    active_left_top: tuple[int, int]
    unit_cell_um: float
    cfa: str
    """Colour order of the top left 2 x 2 pixels as the driver lists it with the sensor's own rotation, no flips asked for: "RGGB"."""
    bit_depths: tuple[int, ...]
    i2c_addr: int
    rotation_dt: int
    """Rotation property of the overlay in degrees."""
    overlay: str
    link_freq_default_hz: int
    link_freqs_hz: tuple[int, ...]
    """Those the overlay's parameter may ask for."""
    link_freq_selectable: bool
    embedded_data: bool
    """Whether libcamera reads exposure and gain back from the sensor; else metadata echoes the request."""
    module_params: tuple[str, ...]
    black_level16: int
    """Black level on the 16-bit scale."""
    gain: GainModel
    delays: Delays
    startup: Startup
    generations: tuple[Generation, ...]
    """Oldest first."""
    usual_generation: str
    """Name of the generation to assume where nothing tells; a rig or the host's listing knows better."""
    facts: Facts

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other names it goes by: model strings and the maker's name."""
        return (*(model for model in self.libcamera_models if model != self.name), self.title)

    @property
    def usual(self) -> Generation:
        """The generation to assume where nothing tells."""
        return self.generation(self.usual_generation)

    @property
    def exposure(self) -> ExposureModel:
        """The exposure model of the usual generation."""
        return self.usual.exposure

    def generation(self, name: str) -> Generation:
        """The driver generation of that name; KeyError names those that exist."""
        for generation in self.generations:
            if generation.name == name:
                return generation
        raise KeyError(f"{self.name} has no driver generation {name!r}; it has {', '.join(g.name for g in self.generations)}")

    def at_link(self, generation: Generation, mode: Mode, link_hz: int) -> Mode:
        """The mode as it runs at another link frequency: itself, but where the driver takes its line times from the link.

        There the line time goes as 1 / link (11.72 frames a second at 450 MHz, 19.53 at 750 MHz), and is derived even where it was not.
        """
        if not generation.link_changes_timing or link_hz == self.link_freq_default_hz:
            return mode
        line_ns = mode.line_time_ns * self.link_freq_default_hz / link_hz
        frame_us = int(line_ns * mode.frame_length_min / 1e3)
        line = replace(mode.line_time, value=line_ns, evidence="derived", source="arithmetic", note=f"scaled to {link_hz / 1e6:g} MHz")
        return replace(
            mode,
            line_time_ns=line_ns,
            line_length_pix=round(line_ns * mode.pixel_rate_hz / 1e9),
            fps_reported=round(1e6 / frame_us, 2),
            exposure_min_reported_us=int(mode.exposure_min_lines * line_ns / 1e3),
            facts=Facts(mode.facts.subject, dict(mode.facts) | {"line_time_ns": line}),
        )
