"""The rig's trigger: trains of low pulses on XTR, described before they are sent, and the frames that came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hil.checks.station import Station, pin_of
from hil.drivers.armed import Pulses
from hil.drivers.pico import Train
from hil.errors import UserError
from hil.measure.pulsed import SentPulses
from hil.rig.roles import Roles

if TYPE_CHECKING:
    from hil.drivers.frames import Shots
    from hil.rig import Rig

READ_OUT_US = 16_563.0
"""From the end of one exposure to the earliest next frame: 1118 lines of IMX296."""

START_US = 100_000.0
"""Idle time before the first pulse, for whoever arms cameras."""

MARK_PERIODS = 2.5
"""The marked gap lasts so many periods: no whole number, so that it is told from lost pulses."""


def shortest_period_us(exposure_us: float) -> float:
    """The shortest time between two pulses that leaves every frame its exposure and its read-out."""
    return exposure_us + READ_OUT_US


@dataclass(frozen=True)
class PulseBurst:
    """Pulses that are not sent yet: a camera arms first. See `hil.drivers.armed.Pulses`."""

    pico: Any
    pin: str
    pulses: int
    low_us: float
    period_us: float
    mark: int | None = None
    """Index of the pulse after which one gap is longer, so that nobody can be off by one."""

    @property
    def frames(self) -> int:
        """One a pulse."""
        return self.pulses

    @property
    def mark_gap_us(self) -> float:
        """From the marked pulse to the next one."""
        return self.period_us if self.mark is None else MARK_PERIODS * self.period_us

    @property
    def times_us(self) -> NDArray[np.float64]:
        """When each pulse falls, after the first one."""
        times: NDArray[np.float64] = np.arange(self.pulses, dtype=np.float64) * self.period_us
        if self.mark is not None:
            times[self.mark + 1 :] += self.mark_gap_us - self.period_us
        return times

    @property
    def longest_gap_s(self) -> float:
        """The longest time without a pulse, before the first as well as between two."""
        return max(START_US, self.mark_gap_us) / 1e6

    @property
    def seconds(self) -> float:
        """From sending to the end of the last pulse."""
        return float(START_US + self.times_us[-1] + self.period_us) / 1e6

    @property
    def train(self) -> Train:
        """As the Pico's driver takes it."""
        return Train(
            self.pin,
            low_us=self.low_us,
            period_us=self.period_us,
            pulses=self.pulses,
            mark=self.mark,
            mark_gap_us=self.mark_gap_us if self.mark is not None else 0.0,
            start_delay_us=START_US,
        )

    def send(self) -> None:
        """Start them; returns at once."""
        self.pico.trigger(self.train)

    def sent(self) -> SentPulses:
        """As the Pico counted them, with the low level that it granted."""
        done = self.pico.ledger()
        return SentPulses(self.times_us[: done.sent], done.low_us)


class Trigger:
    """The Pico whose pin makes XTR pulses."""

    def __init__(self, station: Station) -> None:
        """UserError if no Pico of the rig drives XTR."""
        self.rig = station.rig
        found = drive_pin(station.rig)
        if found is None:
            raise UserError(f"{station.rig.name}: a trigger asked for", "no Pico pin leads to XTR in [wiring]")
        device, self.pin = pin_of(found)
        self.pico: Any = station.picos[device]

    def burst(self, pulses: int, low_us: float, rate_hz: float, *, mark: int | None = None) -> PulseBurst:
        """So many pulses, low for `low_us`, at a rate. UserError if a pulse would not end before the next."""
        period_us = 1e6 / rate_hz
        if low_us >= period_us:
            raise UserError(f"pulses of {low_us:g} us at {rate_hz:g} Hz asked for", f"the period is {period_us:g} us", "a slower rate")
        return PulseBurst(self.pico, self.pin, pulses, low_us, period_us, mark)

    def idle(self) -> None:
        """XTR high: nobody exposes."""
        self.pico.idle()


def drive_pin(rig: Rig) -> str | None:
    """The pin that pulses XTR, "pico.GP28"; None where nothing does."""
    return next(iter(Roles(rig).triggers), None)


def capture_all(
    station: Station, cameras: Sequence[str], pulses: Pulses, *, reduce: Mapping[str, Callable[[NDArray[np.uint16]], Any]] | None = None
) -> dict[str, Shots]:
    """Arm all cameras, have the pulses sent once, collect from all."""
    drivers = {name: station.cameras[name] for name in cameras}
    with ExitStack() as stopped:
        for camera in drivers.values():
            # Both before any streams: a timeout that has to be raised closes and reopens the cameras of the host.
            camera.expect_gap(pulses.longest_gap_s, False)
            stopped.callback(camera.stop)
        for name, camera in drivers.items():
            camera.arm(pulses.frames, expect_gap_s=pulses.longest_gap_s, reduce=(reduce or {}).get(name))
        pulses.send()
        return {name: camera.collect() for name, camera in drivers.items()}
