"""Triggered exposures by light: a flash locked to the trigger pulse is moved across both ends of the exposure.

Flashes come after a fall of XTR, never before, but a window may open at once with it. So pulses go out in twos, and the flash that is to
come shortly before the second one is locked to the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hil import catalog
from hil.checks.by_flash import SATURATED, SaturatedError
from hil.checks.case import START_S
from hil.checks.diagnosis import measured_by_light
from hil.checks.notebook import Notebook
from hil.checks.rigcase import RigCase
from hil.checks.station import Station
from hil.checks.strobes import Strobe, refuse_unseen
from hil.checks.triggers import READ_OUT_US, START_US, Trigger, capture_all
from hil.drivers.pico import Train
from hil.errors import RigError
from hil.judge.limits import characteristic
from hil.measure import Measurement
from hil.measure.looks import RowLook, Rows
from hil.measure.sync import offset_by_windows
from hil.measure.window import Window, exposure_window

if TYPE_CHECKING:
    from hil.drivers.frames import Shots

OFFSET_US, U_OFFSET_US = 14.26, 1.0
"""Exposure beyond the low pulse, and how far a sensor may be off it."""

SHORTEST_US = 30.0
"""The exposure of the shortest pulse that the page lets one send: 15.74 us low."""

LONGEST_US = 15.5e6
"""The longest exposure of the page's table."""

BEFORE, AFTER = 1.6, 0.8
"""How far the scan reaches to both sides of where an end should be, in widths of the flash: the greater part of it must be level, and the
window may open up to `AFTER` later than XTR falls, by what no public source states."""

DARK = 3
"""Steps of a scan without a flash: what it is compared with."""

EDGE_STEPS = 12
"""Delays across each end of the window."""

GAIN = 4.0

SHORTER_US = (1e6, 1e5, 1e4)
"""Low pulses that are measured instead of a longer one that other light saturates."""

PAIR_US = 5.0
"""Most by which two cameras on one pulse may open apart; their latencies differ, and no source states by how much."""


@dataclass(frozen=True)
class Scan:
    """Pulses in twos, each two with a flash at another delay after the second's fall. See `hil.drivers.armed.Pulses`."""

    trigger: Trigger
    strobe: Strobe
    low_us: float
    width_us: float
    delays_us: tuple[float, ...]
    granted_us: list[float] = field(default_factory=list)
    """The delays as the Pico made them."""

    @property
    def steps(self) -> int:
        """Twos of pulses."""
        return DARK + len(self.delays_us)

    @property
    def frames(self) -> int:
        """Two a step."""
        return 2 * self.steps

    @property
    def period_us(self) -> float:
        """Between the two."""
        return self.low_us + READ_OUT_US + 2_000.0

    @property
    def longest_gap_s(self) -> float:
        """Between two steps there is time to talk to the Pico."""
        return 4.0 * self.period_us / 1e6 + 1.0

    @property
    def seconds(self) -> float:
        """About what it takes."""
        return self.steps * (5.0 * self.period_us / 1e6 + 0.05)

    def send(self) -> None:
        """Send all; returns when the last pulse has been."""
        self.strobe.off()
        for step in range(self.steps + 1):
            if DARK <= step < self.steps:
                self._flash_at(self.delays_us[step - DARK])
            # One more at the end: kernels that hand a frame over one pulse late then give all that count.
            pulses = 2 if step < self.steps else 1
            delay_us = START_US if step == 0 else 2.5 * self.period_us
            train = Train(self.trigger.pin, self.low_us, self.period_us, pulses=pulses, start_delay_us=delay_us)
            self.trigger.pico.trigger(train)
            self.trigger.pico.wait_done()
        self.strobe.off()

    def sent(self) -> None:
        """Nobody counts the twos."""

    def _flash_at(self, delay_us: float) -> None:
        before = delay_us < 0.0
        granted = self.strobe.after_each_trigger(delay_us + self.period_us * before, self.width_us, self.trigger.pin)
        self.granted_us.append(granted - self.period_us * before)


def possible(case: RigCase) -> bool:
    """Whether the cameras look at a strobe that the same Pico drives which triggers them."""
    strobe = case.rig.strobe
    if strobe is None or not case.options["by_light"]:
        return False
    return strobe.drive.partition(".")[0] in case.rig.picos and set(case.cameras) <= set(strobe.seen_by)


def lows_us(case: RigCase) -> list[float]:
    """Low pulses whose exposures are measured: the plan's, the shortest, the longest."""
    longest = min(float(case.options["longest_s"]) * 1e6, LONGEST_US)
    return [exposure - OFFSET_US for exposure in (float(case.options["exposure_us"]), SHORTEST_US, longest)]


def names(case: RigCase) -> list[str]:
    """Of the measurements to come."""
    own = ["trigger_start", "trigger_offset", *["trigger_exposure"] * len(lows_us(case))]
    return own * len(case.cameras) + ["trigger_pair_offset"] * (len(case.cameras) == 2)


def seconds(case: RigCase) -> float:
    """Rig time of all scans."""
    return sum(START_S + (DARK + 2 * EDGE_STEPS + 3) * (5.0 * (low + READ_OUT_US) / 1e6 + 0.05) for low in lows_us(case))


def run(station: Station, trigger: Trigger, mode: catalog.Mode, case: RigCase, notebook: Notebook) -> None:
    """Scan each exposure. RigError where no flash is seen, or no window found."""
    strobe = Strobe(station)
    first, *others = lows_us(case)
    windows = _scan(station, trigger, strobe, mode, first, case, notebook)
    for name, (window, low_us) in windows.items():
        where: dict[str, Any] = {"subject": name, "mode": mode.key, "conditions": {"low_us": low_us}}
        notebook.measure(window.start.named("trigger_start"), None, **where)
        found, how = window.length, "strobe scan less low pulse, both on the Pico's clock"
        beyond = Measurement.of("trigger_offset", found.value - low_us, "us", found.budget, found.n, how)
        notebook.measure(beyond, characteristic("trigger_offset").limit(OFFSET_US, span=U_OFFSET_US), **where)
        _exposure(name, window, low_us, mode, notebook)
    if len(windows) == 2:
        (one, _), (other, _) = windows.values()
        apart = offset_by_windows(one, other).start.named("trigger_pair_offset")
        notebook.measure(apart, characteristic("trigger_pair_offset").limit(0.0, span=PAIR_US), subject=case.subject, mode=mode.key)
    shortest, longest = others
    for candidates in ([shortest], [longest, *(each for each in SHORTER_US if each < longest)]):
        for name, (window, granted_us) in _first_dark_enough(station, trigger, strobe, mode, candidates, case, notebook).items():
            _exposure(name, window, granted_us, mode, notebook)
    top_s = LONGEST_US / 1e6
    if float(case.options["longest_s"]) < top_s:
        notebook.not_said(f"triggered exposures longer than {case.options['longest_s']:g} s (plan {case.plan}; up to {top_s:g} s)")


def _first_dark_enough(
    station: Station, trigger: Trigger, strobe: Strobe, mode: catalog.Mode, lows: Sequence[float], case: RigCase, notebook: Notebook
) -> dict[str, tuple[Window, float]]:
    """The scan of the first of these pulses that other light does not drown."""
    for low_us in lows:
        try:
            return _scan(station, trigger, strobe, mode, low_us, case, notebook)
        except SaturatedError:
            notebook.not_said(f"a triggered exposure of {low_us / 1e6:.4g} s by light (other light saturates it)")
    return {}


def _exposure(name: str, window: Window, low_us: float, mode: catalog.Mode, notebook: Notebook) -> None:
    # A long pulse is counted by the Pico's crystal, and its low level is what the sensor obeys.
    span = U_OFFSET_US + 50e-6 * low_us
    limit = characteristic("trigger_exposure").limit(low_us + OFFSET_US, span=span, source=f"{low_us:.9g} us low")
    notebook.measure(window.length.named("trigger_exposure"), limit, subject=name, mode=mode.key, conditions={"low_us": round(low_us, 4)})


def _scan(
    station: Station, trigger: Trigger, strobe: Strobe, mode: catalog.Mode, low_us: float, case: RigCase, notebook: Notebook
) -> dict[str, tuple[Window, float]]:
    """The window of each camera, and the low pulse that the Pico granted."""
    scan = Scan(trigger, strobe, low_us, _width_us(low_us), tuple(_delays_us(low_us)))
    full = (1 << mode.bits) - 1
    for name in case.cameras:
        station.cameras[name].configure(size=mode.size, bits=mode.bits, exposure_us=5_000, gain=GAIN)
    with notebook.step(f"strobe across an exposure of {(low_us + OFFSET_US) / 1e6:.4g} s", scan.seconds):
        taken = capture_all(station, tuple(case.cameras), scan, reduce={name: Rows(full) for name in case.cameras})
    granted_us = trigger.pico.ledger().low_us
    return {name: (_window(name, scan, shots, full, station), granted_us) for name, shots in taken.items()}


def _width_us(low_us: float) -> float:
    return 10.0 if low_us < 200.0 else 20.0


def _delays_us(low_us: float) -> NDArray[np.float64]:
    """Across the start, across the end, and some between."""
    width = _width_us(low_us)
    across = np.linspace(-BEFORE * width, AFTER * width, EDGE_STEPS)
    end = low_us + OFFSET_US
    # Odd fractions: no delay is to fall on the same place of every ramp.
    middle = np.array([0.31, 0.52, 0.67]) * (end - width) + 1.0
    return np.unique(np.round(np.concatenate([across, middle, across + end]), 3))


def _window(name: str, scan: Scan, shots: Shots, full: int, station: Station) -> Window:
    seconds_of_two = _seconds_of_two(shots, scan)
    if len(seconds_of_two) != scan.steps:
        raise RigError(
            f"{name}: {scan.steps} times two frames asked for, one a pulse",
            f"{shots.burst.frames} frames came, {len(seconds_of_two)} of them {scan.period_us:.6g} us after another; {shots.why}",
            "look at the trigger measurements before this one",
            where=name,
            cause="frames of a scan missing",
        )
    looks: Sequence[RowLook] = [shots.reduced[index] for index in seconds_of_two]
    if any(look.mean_dn > SATURATED * full for look in looks[:DARK]):
        raise SaturatedError
    refuse_unseen(name, looks[DARK:], looks[:DARK], station.rig)
    asked = f"{name}: the exposure of a pulse of {scan.low_us:g} us by light"
    with measured_by_light(asked, name, "is the LED bright enough, and nothing else lit?"):
        return exposure_window(scan.granted_us, [look.mean_dn for look in looks[DARK:]], scan.width_us, full_scale_dn=float(full))


def _seconds_of_two(shots: Shots, scan: Scan) -> list[int]:
    gaps_us = np.diff(shots.burst.timestamps_ns) / 1e3
    return [int(index) + 1 for index in np.flatnonzero(np.abs(gaps_us - scan.period_us) < 0.2 * scan.period_us)]
