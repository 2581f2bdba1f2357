"""A finished frame as plain data: when its rows were exposed, to what light, with which gains, and the key of its chance.

Nothing here is a picture. The pixels are a pure function of the frame (`hil.sim.render`), computed only where somebody
looks, so a million frames that nobody looks at cost nothing and two looks at one frame see the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hil.sim.light import DARK, Light

Rectangle = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the sensor's active array."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is in front of the lens: a kind of content under a light."""

    content: str = "room"
    """"room" is the default picture: gradient, colour patches, slanted edges, texture; "flat" a uniform panel."""
    light: Light = DARK
    reflectance: float = 0.5
    """Of the flat panel, 0 to 1; the room has its own."""


@dataclass(frozen=True, slots=True)
class Pixel:
    """How one sensor turns light into numbers (EMVA 1288 release 4.0, section 2); numbers of one device at one mode.

    Electrons are those of a native pixel, before binning. DN16 is the scale on which a sensor of any bit depth has full scale 65536.
    """

    responsivity_e_per_lux_s: float = 160.0
    """Electrons of a green pixel per lux second on a white surface, quantum efficiency and lens folded in."""
    conversion_dn16_per_e: float = 7.5
    """Overall system gain at analogue gain 1."""
    full_well_e: float = 8180.0
    read_noise_e: float = 3.0
    """Temporal dark noise at analogue gain 1."""
    read_noise_floor_e: float = 1.5
    """The part of it that stays at any gain; the rest comes after the amplifier."""
    dark_current_e_per_s: float = 0.2
    black_dn16: float = 4096.0
    prnu: float = 0.006
    """Photo response non-uniformity: standard deviation of the relative gain from pixel to pixel."""
    dsnu_e: float = 0.6
    """Dark signal non-uniformity: standard deviation of the offset from pixel to pixel."""
    nonlinearity: float = 0.0
    """Fraction by which the response at full well falls short of a straight line."""
    noir: bool = False
    """No infrared filter."""

    def read_noise_at(self, analogue_gain: float) -> float:
        """Temporal dark noise in e- at an analogue gain."""
        behind = max(self.read_noise_e**2 - self.read_noise_floor_e**2, 0.0)
        return math.sqrt(self.read_noise_floor_e**2 + behind / analogue_gain**2)


@dataclass(frozen=True, slots=True)
class Frame:
    """One exposure of one sensor, read out. Geometry is that of the sensor mode, after its flips."""

    seed: int
    device: str
    """Key of the individual sensor: fixed patterns depend on (seed, device), noise also on `number`."""
    number: int
    """Counts every exposure of the device since power-on, so that no two frames share noise."""
    width: int
    height: int
    bits: int
    first_row_start_ns: int
    """True time at which row 0 begins to expose."""
    exposure_ns: float
    line_time_ns: float
    crop: Rectangle
    """What the mode shows of the active array."""
    active_size: tuple[int, int]
    """The whole active array, which sees the whole scene."""
    cfa: str = "RGGB"
    """Colours of the 2x2 cell at the top left as it is in the buffer (after flips), or "MONO"."""
    binning: int = 1
    """Native pixels combined into one, 4 for 2x2; light is averaged, so noise falls with its root."""
    global_shutter: bool = False
    """All rows expose together; otherwise row n begins n line times after row 0."""
    hflip: bool = False
    vflip: bool = False
    analogue_gain: float = 1.0
    digital_gain: float = 1.0
    """Of the ISP: raw streams do not have it."""
    colour_gains: tuple[float, float] = (1.0, 1.0)
    """White balance (red, blue) of the ISP."""
    pixel: Pixel = field(default_factory=Pixel)
    scene: Scene = field(default_factory=Scene)

    @property
    def row_step_ns(self) -> float:
        """Time between the exposure starts of two rows."""
        return 0.0 if self.global_shutter else self.line_time_ns

    @property
    def last_row_stop_ns(self) -> int:
        """True time at which the last row stops exposing."""
        return self.first_row_start_ns + math.ceil(self.row_step_ns * (self.height - 1) + self.exposure_ns)


def row_exposure_integral(frame: Frame) -> npt.NDArray[np.float64]:
    """Light that each row collected, in lux seconds on the scene; float64[height], exact over pulses and flicker."""
    light = frame.scene.light
    if light.steady_over(frame.first_row_start_ns, frame.last_row_stop_ns):
        one = light.integral(frame.first_row_start_ns, np.zeros(1), frame.exposure_ns)
        return np.full(frame.height, one[0])
    return light.integral(frame.first_row_start_ns, np.arange(frame.height, dtype=np.float64) * frame.row_step_ns, frame.exposure_ns)
