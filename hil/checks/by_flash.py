"""A long exposure by light: one flash at each of its ends, placed in the rows of a rolling shutter.

While one frame is read out and the next one begins, a flash lights those rows of the first that are still exposed, and those of the second
that already are again. The two edges that it leaves, one in each frame, are as far apart as nothing was exposed between the frames: the
exposure is the frame interval less that. A second flash where the frame ends shows that it gathers light to its end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hil.checks.by_light import TARGET
from hil.checks.diagnosis import measured_by_light
from hil.checks.strobes import Strobe
from hil.drivers.camera import Camera
from hil.measure import EstimatorError, Measurement
from hil.measure.budget import rectangular
from hil.measure.looks import RowLook, Rows

if TYPE_CHECKING:
    from hil.catalog import Mode
    from hil.drivers.frames import Burst

NAME = "exposure_by_flash"

FRAMES = 2
"""The frame before the one that is measured, and that one."""

FIRST, SECOND = 0.35, 0.65
"""Where in the read-out the flashes at the start and at the end of the exposure come: apart, so that one frame shows both edges."""

FLASH_LINES = 12.0
"""Length of a flash, at most: its edge is a ramp over so many rows, and lies between two of them."""

FILL = 0.4
"""Part of the range that a flash fills at most: an edge is found by half its height, and a clipped one lies elsewhere."""

VISIBLE = 8.0
"""Of a flash against the noise of single rows."""

SATURATED = 0.6
"""Part of full scale above which the mean of a frame leaves no room for a flash: colours differ, and wells are full before codes are."""

LATENCY_US = 50.0
"""Half width of what two timestamps' interrupt latencies differ by (type B, rectangular)."""

EDGE_ROWS = 0.5
"""Half width of the place of an edge in rows (type B, rectangular)."""


class SaturatedError(Exception):
    """Other light fills so long an exposure: neither the rig's fault nor the unit's."""


def measure(camera: Camera, strobe: Strobe, mode: Mode, burst: Burst, line_us: float, filled_us: float | None) -> Measurement:
    """The exposure in us. The camera still streams the long exposures of which `burst`, two or more frames, has just come.

    RigError where no flash is seen, SaturatedError where other light drowns it. `line_us`: the line time at this exposure; `filled_us`: of
    the strobe's steady light, that `hil.checks.by_light.TARGET` of the range needs, None where it is not known.
    """
    width_us = min(FLASH_LINES * line_us, math.inf if filled_us is None else FILL / TARGET * filled_us)
    period_ns = float(np.median(np.diff(burst.timestamps_ns)))
    read_out_ns = line_us * mode.size[1] * 1e3
    next_ns = float(burst.timestamps_ns[-1]) + period_ns
    now_ns = camera.host.clock.now_ns()
    starts_us = [(next_ns + FIRST * read_out_ns - now_ns) / 1e3, (next_ns + period_ns + SECOND * read_out_ns - now_ns) / 1e3]
    full = (1 << mode.bits) - 1
    try:
        strobe.play(starts_us, width_us, period_us=starts_us[1] - starts_us[0])
        taken, looks = camera.reduce_raw(Rows(full), FRAMES)
    finally:
        strobe.off()
    if any(look.mean_dn > SATURATED * full for look in looks):
        raise SaturatedError
    asked = f"{camera.name}: its long exposure by a flash at each end"
    with measured_by_light(asked, camera.name, "is the LED in the picture, and is it dark otherwise?"):
        return _exposure(taken, looks, line_us)


def _exposure(taken: Burst, looks: list[Any], line_us: float) -> Measurement:
    before, during = (_steps(look) for look in looks)
    ended = _edge(before, rising=True, what="end of the frame before")
    began = _edge(during[: _middle(during)], rising=False, what="start of the exposure")
    _edge(during[_middle(during) :], rising=True, what="end of the exposure")
    interval_us = float(taken.timestamps_ns[1] - taken.timestamps_ns[0]) / 1e3
    value = interval_us - (ended - began) * line_us
    budget = (
        rectangular("interrupt latencies", LATENCY_US),
        rectangular("edges, half a row each", EDGE_ROWS * line_us * 2.0**0.5),
        rectangular("host clock, 50 ppm", value * 50e-6),
    )
    return Measurement.of(NAME, value, "us", budget, FRAMES, "frame interval less what is dark between two frames, by flashes")


def _steps(look: RowLook) -> NDArray[np.float64]:
    """Row means without the difference between the two kinds of colour rows."""
    rows = look.means_dn.copy()
    for kind in (0, 1):
        rows[kind::2] -= rows[kind::2].min()
        rows[kind::2] *= 1.0 / max(float(rows[kind::2].max()), 1e-9)
    return rows


def _middle(rows: NDArray[np.float64]) -> int:
    return len(rows) // 2


def _edge(rows: NDArray[np.float64], *, rising: bool, what: str) -> float:
    """The row where a step passes half its height. EstimatorError if there is none."""
    ends = max(8, len(rows) // 12)
    low, high = (float(np.median(part)) for part in ((rows[:ends], rows[-ends:]) if rising else (rows[-ends:], rows[:ends])))
    noise = float(np.median(np.abs(np.diff(rows[:: 2 if len(rows) > 64 else 1])))) + 1e-9
    if high - low < max(VISIBLE * noise, 0.2):
        raise EstimatorError(f"no edge of a flash at the {what}: rows differ by {high - low:.2g} of their range")
    above = rows > 0.5 * (low + high)
    crossing = np.flatnonzero(above[1:] != above[:-1])
    if not len(crossing):
        raise EstimatorError(f"no edge of a flash at the {what}")
    return float(np.median(crossing)) + 0.5
