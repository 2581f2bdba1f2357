"""The chain from light to numbers of one frame, as a handful of constants (EMVA 1288 release 4.0, section 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hil.sim.frame import Frame, row_exposure_integral
from hil.sim.light import channel_response

CHANNELS = "RGB"


@dataclass(frozen=True, slots=True)
class Chain:
    """Constants of one frame, for the pixels of its mode: `binning` native pixels act as one large one."""

    gain: float
    """DN per e-, at the frame's bit depth, analogue gain included."""
    black: float
    """DN."""
    full_well_e: float
    read_noise_e: float
    dark_e: float
    prnu: float
    dsnu_e: float
    bend_per_e: float
    """Electrons lost to non-linearity, per electron squared."""
    top: int
    """Largest DN."""

    def response(self, electrons: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """DN (not quantised) of a number of electrons: full well, bend, gain, black level."""
        kept = np.minimum(electrons, self.full_well_e)
        lost = kept * self.bend_per_e
        lost *= kept
        kept -= lost
        kept *= self.gain
        kept += self.black
        return np.asarray(kept, dtype=np.float64)


def chain(frame: Frame) -> Chain:
    """The constants of a frame.

    n pixels combined collect n times the electrons at 1/n of the gain; read noise and patterns of n pixels add as roots.
    """
    pixel, n = frame.pixel, frame.binning
    scale = 2.0 ** (frame.bits - 16)
    return Chain(
        gain=pixel.conversion_dn16_per_e * scale * frame.analogue_gain / n,
        black=pixel.black_dn16 * scale,
        full_well_e=pixel.full_well_e * n,
        read_noise_e=pixel.read_noise_at(frame.analogue_gain) * n**0.5,
        dark_e=pixel.dark_current_e_per_s * frame.exposure_ns * 1e-9 * n,
        prnu=pixel.prnu / n**0.5,
        dsnu_e=pixel.dsnu_e * n**0.5,
        bend_per_e=pixel.nonlinearity / (pixel.full_well_e * n),
        top=(1 << frame.bits) - 1,
    )


def row_electrons(frame: Frame) -> npt.NDArray[np.float64]:
    """Electrons that a white surface gives in each row and channel; float64[height, 3], R, G, B."""
    scale = frame.pixel.responsivity_e_per_lux_s * frame.binning
    return row_exposure_integral(frame)[:, None] * (scale * np.array(response(frame)))


def response(frame: Frame) -> tuple[float, float, float]:
    """Relative response of R, G, B to the scene's illuminant; a monochrome sensor sees their mean in every channel."""
    colour = channel_response(frame.scene.light.temperature_k, frame.pixel.noir)
    return (sum(colour) / 3.0,) * 3 if frame.cfa == "MONO" else colour


def cell(frame: Frame) -> tuple[int, int, int, int]:
    """Channel (0 R, 1 G, 2 B) of the pixels of the 2x2 cell, line by line. A monochrome pixel counts as green."""
    first, second, third, fourth = (CHANNELS.index(colour) for colour in ("GGGG" if frame.cfa == "MONO" else frame.cfa))
    return first, second, third, fourth
