"""Pulses by hand: triggers where a Pico drives XTR, else flashes of the strobe; and what came back from the cameras."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hil.checks import roles
from hil.checks.case import paced
from hil.checks.poke import Wanted, brisk
from hil.checks.strobes import Strobe, rises_of, shows_flash
from hil.checks.triggers import Trigger, capture_all, drive_pin
from hil.errors import UserError
from hil.measure import EstimatorError
from hil.measure.ledger import ledger
from hil.measure.looks import Rows

if TYPE_CHECKING:
    from hil.checks.station import Station
    from hil.rig import Rig

DARK_FRAMES = 5
BEFORE_S = 0.2
"""From the start of the cameras to the first flash."""


@dataclass(frozen=True, slots=True)
class Pulses:
    """What to send."""

    count: int
    rate_hz: float
    low_us: float
    """Of a trigger pulse; of a flash the time it lasts."""

    @property
    def period_us(self) -> float:
        """From fall to fall."""
        return 1e6 / self.rate_hz


def refuse(rig: Rig, pulses: Pulses) -> None:
    """UserError for pulses that cannot be, or a rig that has nothing to pulse."""
    if pulses.count < 1 or pulses.rate_hz <= 0 or not 0 < pulses.low_us < pulses.period_us:
        asked = f"{pulses.count} pulses of {pulses.low_us:g} us at {pulses.rate_hz:g} Hz asked for"
        raise UserError(asked, "a pulse lasts some time and ends before the next", "--count 20 --rate 30 --low-us 1000")
    if drive_pin(rig) is None and rig.strobe is None:
        raise UserError(
            f"{rig.name}: nothing to pulse", "no Pico drives XTR, and there is no [strobe]", "[strobe] in the rig file; rigs/README.md"
        )


def send(station: Station, pulses: Pulses) -> Iterator[str]:
    """Send them; what was sent and what came back, a line each."""
    return _trigger(station, pulses) if drive_pin(station.rig) is not None else _flash(station, pulses)


def _trigger(station: Station, pulses: Pulses) -> Iterator[str]:
    trigger = Trigger(station)
    trigger.idle()
    burst = trigger.burst(pulses.count, pulses.low_us, pulses.rate_hz, mark=pulses.count // 3 if pulses.count >= 6 else None)
    names = [name for name, fitted in station.rig.cameras.items() if fitted.sync == "trigger"]
    with roles.held(station, names):
        for name in names:
            mode = brisk(station, name, Wanted())
            station.cameras[name].configure(size=mode.size, bits=mode.bits, exposure_us=max(mode.exposure_min_us, 1000), gain=1.0)
        taken = capture_all(station, names, burst)
        done = trigger.pico.ledger()
        trigger.idle()
    granted = f"low {done.low_us:.3f} us, period {done.period_us:.3f} us granted ({done.generator}, clk_sys {done.clk_sys_hz / 1e6:g} MHz)"
    yield f"{trigger.pin}  {done.sent} of {pulses.count} pulses sent · {granted}"
    for name, shots in taken.items():
        came = shots.burst.timestamps_ns
        try:
            book = ledger(burst.times_us, (came - came[:1].sum()) / 1e3, burst.period_us, burst.mark)
        except EstimatorError as unpaired:
            yield f"{name}  {shots.burst.frames} frames came; not paired with pulses: {unpaired}"
            continue
        late = f" · {book.lag} pulse late" if book.lag else ""
        yield f"{name}  {shots.burst.frames} frames came · {len(book.missed)} pulses without one, {len(book.extra)} without a pulse{late}"


def _flash(station: Station, pulses: Pulses) -> Iterator[str]:
    strobe = Strobe(station)
    names = [name for name in strobe.seen_by if not paced(station.rig, name)]
    looks = {}
    for name in names:
        camera, mode = station.cameras[name], brisk(station, name, Wanted())
        camera.configure(size=mode.size, bits=mode.bits, exposure_us=min(1e6 / mode.fps * 0.5, 5000), gain=1.0)
        look = Rows((1 << mode.bits) - 1)
        _, dark = camera.reduce_raw(look, DARK_FRAMES, settle=2)
        strobe.train(pulses.low_us, pulses.period_us, pulses.count, delay_us=BEFORE_S * 1e6)
        frames = max(3, round((BEFORE_S + pulses.count / pulses.rate_hz) * mode.fps))
        _, lit = camera.reduce_raw(look, frames)
        strobe.off()
        looks[name] = (dark, lit)
    yield f"{strobe.pin}  {pulses.count} flashes of {pulses.low_us:g} us at {pulses.rate_hz:g} Hz"
    for name, (dark, lit) in looks.items():
        rises, noise = rises_of(lit, dark)
        seen = sum(shows_flash(rise, noise) for rise in rises)
        yield f"{name}  {seen} of {len(lit)} frames show a flash · brightest row {max(rises):+.1f} DN, noise of a row {noise:.2g} DN"
