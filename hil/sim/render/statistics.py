"""What the statistics block of the ISP tells the firmware's auto exposure and white balance; no pixels are made.

For the simulated firmware only: measurements come from pixels.
"""

from __future__ import annotations

import functools

import numpy as np

from hil.sim.frame import Frame
from hil.sim.render import scene
from hil.sim.render.electrons import chain, response

_ROWS = 16
_GRID = (64, 48)


def mean_signal(frame: Frame) -> tuple[float, float, float]:
    """Mean red, green, blue of the raw frame as fractions of the range from black level to full scale; costs some 30 us.

    Saturation is that of the mean, not of single pixels; flicker and pulses are sampled on 16 rows.
    """
    offsets = (np.arange(_ROWS, dtype=np.float64) + 0.5) * (frame.height / _ROWS * frame.row_step_ns)
    light = frame.scene.light.integral(frame.first_row_start_ns, offsets, frame.exposure_ns).mean()
    part = chain(frame)
    electrons = float(light) * frame.pixel.responsivity_e_per_lux_s * frame.binning
    full = min(part.full_well_e * part.gain / (part.top - part.black), 1.0)
    sight = scene.sight(frame, frame.crop, *_GRID)
    red, green, blue = (
        min((electrons * relative * seen + part.dark_e) * part.gain / (part.top - part.black), full)
        for relative, seen in zip(response(frame), _mean_reflectance(sight), strict=True)
    )
    return red, green, blue


@functools.lru_cache(maxsize=64)
def _mean_reflectance(sight: scene.Sight) -> tuple[float, ...]:
    return tuple((scene.picture(sight).mean(axis=(1, 2)) / scene.FULL).tolist())
