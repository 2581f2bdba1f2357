"""Shutter: rolling or global, and the line time, by flashes whose place moves through the frame from one to the next.

On a rolling shutter the lit band moves with the flash, a row per line time; a global one sees each flash in all rows alike, also those
that its exposure cuts.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hil import catalog
from hil.checks import generation as generations
from hil.checks import roles
from hil.checks.case import START_S, Case, Expected, bare_case, mode_names, paced
from hil.checks.diagnosis import measured_by_light
from hil.checks.notebook import Notebook
from hil.checks.rigcase import RigCase, rig_case
from hil.checks.station import Station
from hil.checks.strobes import Strobe, refuse_unseen
from hil.errors import CameraTimeout
from hil.judge import Limit
from hil.judge.limits import characteristic
from hil.measure import Measurement
from hil.measure.looks import RowLook, Rows, mean_rows
from hil.measure.skew import Skew, readout_skew
from hil.measure.tilt import NotGlobal, shutter_tilt

if TYPE_CHECKING:
    from hil.drivers.frames import Shots
    from hil.rig import Plan, Rig

WIDTH_US = 200.0
REFERENCE_FRAMES = 4
SETTLE = 2

SHARE_ROLLING = 0.12
"""Part of a frame period that is exposed: little, so that the band's edges are in the picture."""

EXPOSURE_GLOBAL_US = 600.0
"""Longer than a flash, so that some fall wholly inside."""

CYCLES = 13.382
"""Flashes in a frame period of a global shutter: one at most falls into an exposure, and its place moves on by more than a third of a cycle
from frame to frame, so that a few frames see the whole of it (a golden section leaves no gaps)."""

SWEEP = 0.93
"""Part of a frame period through which the flash's place moves in one recording."""

TYPICAL_SKEW = 5e-3
"""Relative tolerance of the line time by flash, as in `limits.toml`; the skew of all rows has the same."""


def cases(rig: Rig, plan: Plan) -> list[RigCase]:
    """One for each camera that looks at the strobe and makes frames by itself, and each mode that the plan names."""
    if rig.strobe is None:
        return []
    free = [name for name in rig.strobe.seen_by if not paced(rig, name)]
    found = []
    for name in free:
        for mode in mode_names(bare_case("shutter", name, rig, plan)):
            case = rig_case("shutter", [name], rig, plan, mode=mode)
            part = case.cameras[name]
            names = ("shutter_skew", "line_time") if _is_rolling(part) else ("shutter_skew",)
            known = part.expected_mode()
            rate = known.nominal_fps if known else 30.0
            seconds = 4 * START_S + (int(case.options["frames"]) + 3 * REFERENCE_FRAMES) / rate
            found.append(case.expecting(Expected(names, seconds)))
    return found


def _is_rolling(case: Case) -> bool:
    return case.sensor.shutter != "global"


def run(station: Station, case: RigCase, notebook: Notebook) -> None:
    """Record with flashes, without, and under steady light; place the flashes in the rows."""
    name, part = next(iter(case.cameras.items()))
    resolved = generations.resolve(station.cameras[name], part, notebook)
    if resolved is None:
        return
    _, mode = resolved
    # By itself, where a parameter can make it so; the device tree's source runs freely too.
    fixed = part.sensor.name == "imx477" and part.fitted.always_on
    with roles.held(station, (name,), None if fixed else ""), notebook.step(f"flashes through frames of {case.mode}", case.seconds):
        found = _skew(station, name, mode, _is_rolling(part), int(case.options["frames"]))
    notebook.text("shutter", f"{'rolling' if found.rolling else 'global'} shutter", subject=name, mode=case.mode)
    _measure(found, mode, part, case, notebook)


@dataclass(frozen=True)
class _Recorder:
    """A camera of its own, and the strobe that it looks at."""

    station: Station
    name: str
    mode: catalog.Mode
    strobe: Strobe

    @property
    def period_us(self) -> float:
        """From frame to frame."""
        return self.mode.frame_time_min_ns / 1e3

    def record(self, count: int, exposed_us: float, flash_us: float = 0.0) -> Shots:
        """So many frames; with flashes all the while, one every `flash_us`, if that is given."""
        camera, mode = self.station.cameras[self.name], self.mode
        camera.configure(size=mode.size, bits=mode.bits, exposure_us=exposed_us, gain=1.0, fps=None, hdr=mode.hdr)
        camera.arm(count + SETTLE, reduce=Rows((1 << mode.bits) - 1))
        if flash_us:
            flashes = math.ceil((count + 4 * SETTLE) * self.period_us / flash_us)
            self.strobe.train(WIDTH_US, flash_us, flashes, delay_us=1_000.0)
        try:
            shots = camera.collect()
        finally:
            if flash_us:
                self.strobe.off()
        if not shots.complete:
            asked = f"{self.name}: {count} frames of it alone asked for"
            raise CameraTimeout(asked, shots.why, "run it alone: rpicam-hello", where=self.name)
        return shots

    def dark(self, exposure_us: float) -> list[RowLook]:
        """Without flashes."""
        return _looks(self.record(REFERENCE_FRAMES, exposure_us))

    def lit(self, frames: int, exposure_us: float, flash_us: float, dark: Sequence[RowLook]) -> Shots:
        """With flashes. RigError where none is seen, or they saturate the frames."""
        shots = self.record(frames, exposure_us, flash_us)
        refuse_unseen(self.name, shots.reduced, dark, self.station.rig)
        return shots


def _skew(station: Station, name: str, mode: catalog.Mode, rolling: bool, frames: int) -> Skew:
    recorder = _Recorder(station, name, mode, Strobe(station))
    asked = f"{name}: rolling or global shutter, by flashes,"
    with measured_by_light(asked, name, "is the LED in the picture, and nothing else flashing?"):
        if not rolling:
            with contextlib.suppress(NotGlobal):
                return _global(recorder, frames)
        return _rolling(recorder, frames)


def _rolling(recorder: _Recorder, frames: int) -> Skew:
    """One flash a frame, its place moving through most of a frame."""
    mode, period_us = recorder.mode, recorder.period_us
    exposure_us = max(SHARE_ROLLING * period_us, 2.0 * WIDTH_US)
    flash_us = period_us * (1.0 + SWEEP / frames)
    dark = recorder.dark(exposure_us)
    with recorder.strobe.on():
        flat = recorder.dark(WIDTH_US)
    flat_dn = mean_rows(flat) - mean_rows(recorder.dark(WIDTH_US))
    lit = recorder.lit(frames, exposure_us, flash_us, dark)
    phases = _phases_us(lit, mean_rows(dark), period_us, flash_us, mode)
    return readout_skew([look.means_dn for look in lit.reduced[SETTLE:]], mean_rows(dark), flat_dn, phases)


def _global(recorder: _Recorder, frames: int) -> Skew:
    """Many flashes a frame, so that some are cut by starts and ends of the short exposures."""
    cycle_us = recorder.period_us / CYCLES
    dark = recorder.dark(EXPOSURE_GLOBAL_US)
    lit = recorder.lit(frames, EXPOSURE_GLOBAL_US, cycle_us, dark)
    place_us = np.mod(-(lit.burst.timestamps_ns[SETTLE:] - lit.burst.timestamps_ns[SETTLE]) / 1e3, cycle_us)
    tilt = shutter_tilt([look.means_dn for look in lit.reduced[SETTLE:]], mean_rows(dark), place_us, cycle_us, WIDTH_US)
    rows = recorder.mode.size[1] - 1
    found, budget = tilt.skew, [part.times(1.0 / rows) for part in tilt.skew.budget]
    line = Measurement.of("line_time", found.value / rows, "us", budget, tilt.frames, found.method, found.series)
    return Skew(False, line, tilt.frames)


def _looks(shots: Shots) -> list[RowLook]:
    return list(shots.reduced[SETTLE:])


def _phases_us(shots: Shots, dark_dn: NDArray[np.float64], period_us: float, flash_us: float, mode: catalog.Mode) -> NDArray[np.float64]:
    """Where in its frame each flash came, but for a constant.

    One flash a frame, though which one a frame sees slips by one where flashes cross the gap between two frames; where the band lies in
    the rows tells it apart, for a flash earlier or later is a whole period off.
    """
    stamps_us = (shots.burst.timestamps_ns[SETTLE:] - shots.burst.timestamps_ns[SETTLE]) / 1e3
    places = np.rint(stamps_us / period_us)
    phases = places * flash_us - stamps_us
    bands = [_band(look.means_dn - dark_dn) for look in shots.reduced[SETTLE:]]
    lit = [i for i, band in enumerate(bands) if band is not None]
    if lit:
        line_us = mode.line_time_ns / 1e3
        reference = bands[lit[len(lit) // 2]] * line_us - phases[lit[len(lit) // 2]]  # type: ignore[operator]
        for i in lit:
            off = bands[i] * line_us - phases[i] - reference  # type: ignore[operator]
            phases[i] += round(off / flash_us) * flash_us
    return np.asarray(phases)


def _band(above_dn: NDArray[np.float64]) -> float | None:
    """The middle row of what is lit; None where nothing is."""
    weight = np.clip(above_dn - 0.5 * above_dn.max(), 0.0, None)
    return float(weight @ np.arange(len(weight)) / weight.sum()) if weight.sum() > 0 and above_dn.max() > 0 else None


def _measure(found: Skew, mode: catalog.Mode, part: Case, case: RigCase, notebook: Notebook) -> None:
    line_us, rows = mode.line_time_ns / 1e3, mode.size[1]
    name = part.camera
    skew_us = found.line_time.value * (rows - 1)
    nominal_us = line_us * (rows - 1) if _is_rolling(part) else 0.0
    budget = [part.times(rows - 1) for part in found.line_time.budget]
    m = Measurement.of("shutter_skew", skew_us, "us", budget, found.frames, found.line_time.method, found.line_time.series)
    span = nominal_us * TYPICAL_SKEW if nominal_us else line_us
    source = f"{rows - 1} x {line_us:.6g} us" if nominal_us else f"global shutter: all rows within a line time, {line_us:.6g} us"
    notebook.measure(m, characteristic("shutter_skew").limit(nominal_us, span=span, source=source), subject=name, mode=case.mode)
    if found.rolling:
        notebook.measure(found.line_time, _line_limit(line_us), subject=name, mode=case.mode)


def _line_limit(line_us: float) -> Limit | None:
    return characteristic("line_time").limit(line_us, source=f"{line_us:.6g} us")
