"""Looking through a camera by hand: frames without a plan, also of a sink, which has some only while its source streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hil.checks.case import paced
from hil.checks.pairs import SINK_FASTER, names_of
from hil.drivers.pixels import bayer_order
from hil.errors import RigError
from hil.measure.looks import Only

if TYPE_CHECKING:
    from hil.checks.station import Station
    from hil.drivers.frames import Achieved, SensorMode

SETTLE = 20
"""Frames that automatic exposure is given to find its level."""

SOURCE_S = 1.5
"""What a source takes at most to its first frame, while its sink waits."""

AT_ONCE = 5
"""Frames of a sink that are taken with one start of its source."""

Reduction = Callable[[NDArray[np.uint16]], Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to look; None is left to the camera."""

    size: tuple[int, int] | None = None
    exposure_us: float | None = None
    gain: float | None = None

    @property
    def automatic(self) -> bool:
        """Whether the level has to be found first."""
        return self.exposure_us is None or self.gain is None


@dataclass(frozen=True, slots=True)
class Shot:
    """One raw frame and what the sensor did for it."""

    pixels: NDArray[np.uint16]
    mode: SensorMode
    cfa: str
    achieved: Achieved
    exposure_us: float
    gain: float

    @property
    def full_scale_dn(self) -> int:
        """The largest code of the mode."""
        return (1 << self.mode.bits) - 1


def look(station: Station, camera: str, wanted: Wanted) -> Shot:
    """One frame, once automatic exposure has settled. CameraTimeout if none comes."""
    mode = _mode(station, camera, wanted)
    _configure(station, camera, mode, wanted)
    driver = station.cameras[camera]
    if paced(station.rig, camera):
        frames = (SETTLE if wanted.automatic else 0) + 1
        shots = _with_source(station, camera, Only(frames), frames)
        assert shots.achieved is not None
        burst, pixels, achieved = shots.burst, shots.reduced[-1], shots.achieved
    else:
        taken = driver.raw(1, settle=SETTLE if wanted.automatic else 1)
        burst, pixels, achieved = taken.burst, taken.pixels[0], driver.achieved
    return Shot(pixels, mode, bayer_order(achieved.format), achieved, float(burst.exposure_us[-1]), float(burst.gain[-1]))


def watch(station: Station, camera: str, mode: SensorMode, wanted: Wanted, reduce: Reduction) -> Iterator[Any]:
    """What `reduce` makes of each frame, as long as somebody asks; a sink's come in groups."""
    _configure(station, camera, mode, wanted)
    while True:
        if paced(station.rig, camera):
            yield from _with_source(station, camera, reduce, AT_ONCE).reduced
        else:
            yield from station.cameras[camera].reduce_raw(reduce, 1)[1]


def brisk(station: Station, camera: str, wanted: Wanted, least_hz: float = 20.0) -> SensorMode:
    """The mode asked for; else the largest of those that run at `least_hz`, for who watches while turning a ring."""
    if wanted.size is not None:
        return station.cameras[camera].mode(wanted.size)
    listed = station.cameras[camera].sensor_modes()
    quick = [mode for mode in listed if mode.fps >= least_hz] or [max(listed, key=lambda mode: mode.fps)]
    return max(quick, key=lambda mode: (mode.size[0] * mode.size[1], mode.bits))


def _mode(station: Station, camera: str, wanted: Wanted) -> SensorMode:
    driver = station.cameras[camera]
    if wanted.size is not None:
        return driver.mode(wanted.size)
    return max(driver.sensor_modes(), key=lambda mode: (mode.size[0] * mode.size[1], mode.bits))


def _configure(station: Station, camera: str, mode: SensorMode, wanted: Wanted) -> None:
    station.cameras[camera].configure(size=mode.size, bits=mode.bits, exposure_us=wanted.exposure_us, gain=wanted.gain)
    if paced(station.rig, camera):
        # The sink's own frame is the shorter one: it has to be done when the next pulse comes.
        source = station.cameras[_source_of(station, camera)]
        source.configure(size=mode.size, bits=mode.bits, fps=mode.fps / SINK_FASTER, exposure_us=mode.exposure_min_us, gain=1.0)


def _with_source(station: Station, sink: str, reduce: Reduction, frames: int) -> Any:
    """Frames of a sink, armed before its source streams."""
    driver, source = station.cameras[sink], station.cameras[_source_of(station, sink)]
    driver.arm(frames, reduce=reduce, expect_gap_s=SOURCE_S)
    try:
        source.burst(frames + 2)
        shots = driver.collect()
    finally:
        driver.stop()
        source.stop()
    if not shots.complete:
        raise RigError(
            f"{sink}: frames asked for while its source streams",
            shots.why,
            "hil accept with plan quick names the cause",
            where=sink,
            cause="no frames",
        )
    return shots


def _source_of(station: Station, sink: str) -> str:
    names = names_of(station.rig)
    if names is None:
        asked = f"{sink}: a frame asked for"
        raise RigError(
            asked,
            "its board waits for a source, and this rig has none",
            "declare the source in the rig file",
            where=sink,
            cause="no frames",
        )
    return names[0]
