"""The rig's timed light: a pin of a Pi or of a Pico that switches an LED, and what it can be asked to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from hil.checks.diagnosis import Diagnosed, diagnose
from hil.checks.station import Station, pin_of
from hil.errors import UserError
from hil.measure.looks import mean_rows

if TYPE_CHECKING:
    from hil.measure.looks import RowLook
    from hil.rig import Rig

SEEN_DN = 6.0
"""Standard deviations of a row's noise by which some row must be brighter than without the strobe, or there was no flash."""

LEAST_NOISE_DN = 0.05
"""What the noise of a row is taken to be at least: dark rows may be one code all over."""

CLIPPED = 0.002
"""Part of the pixels at full scale above which a flash is not measured."""


class Lit(Protocol):
    """What `Strobe.in_every_frame` shines into: it starts the flashes itself once its cameras stream."""

    flash: tuple[Strobe, float] | None
    """The strobe, and the width of a flash in us."""


class Strobe:
    """One LED. Whoever opens the rig switches it off at the end, whatever happened."""

    def __init__(self, station: Station) -> None:
        """UserError if the rig has no [strobe]."""
        written = station.rig.strobe
        if written is None:
            raise UserError(f"{station.rig.name}: a strobe asked for", "the rig file has no [strobe]")
        self.pin, self.seen_by = written.drive, tuple(written.seen_by)
        device, self._name = pin_of(written.drive)
        self._pico: Any = station.picos.get(device)
        self._gpio: Any = station.gpio.get(device)
        self._playing: Any = None

    @property
    def follows_trigger(self) -> bool:
        """Whether flashes can be locked to trigger pulses: the same Pico makes both."""
        return self._pico is not None

    @contextmanager
    def on(self) -> Iterator[None]:
        """Steady light."""
        self._level(on=True)
        try:
            yield
        finally:
            self.off()

    def off(self) -> None:
        """Dark."""
        playing, self._playing = self._playing, None
        if playing is not None and hasattr(playing, "stop"):
            playing.stop()
        self._level(on=False)

    def train(self, width_us: float, period_us: float, flashes: int, *, delay_us: float = 0.0) -> None:
        """So many flashes, beginning `delay_us` from now; returns at once."""
        self.play([delay_us + number * period_us for number in range(flashes)], width_us, period_us=period_us)

    def play(self, starts_us: Sequence[float], width_us: float, *, period_us: float = 0.0) -> None:
        """Flashes at these times from now; evenly spaced by `period_us` where a Pico makes them. Returns at once."""
        if self._pico is not None:
            self._pico.strobe_train(self.pin, width_us, period_us, len(starts_us), start_delay_us=starts_us[0])
        else:
            self._playing = self._gpio.pulse_train(self._name, starts_us, width_us)

    def after_each_trigger(self, delay_us: float, width_us: float, trigger_pin: str) -> float:
        """From now on a flash after every fall of the trigger pin; the delay that was granted, in us. UserError where no Pico drives it."""
        if self._pico is None:
            raise UserError("flashes locked to trigger pulses asked for", f"{self.pin} drives the strobe", "a Pico that makes both")
        _, granted_us = self._pico.strobe(self.pin, width_us, delay_us, trigger_pin)
        return float(granted_us)

    @contextmanager
    def in_every_frame(self, of: Lit, width_us: float) -> Iterator[None]:
        """While inside: a flash in about every frame that `of` captures, its place in the frame moving from one to the next."""
        of.flash = (self, width_us)
        try:
            yield
        finally:
            of.flash = None
            self.off()

    def _level(self, *, on: bool) -> None:
        if self._pico is not None:
            if on:
                self._pico.strobe_on(self.pin)
            else:
                self._pico.strobe_off()
        else:
            self._gpio.level(self._name, on)


def rises_of(lit: Sequence[RowLook], dark: Sequence[RowLook]) -> tuple[list[float], float]:
    """By how much the brightest row of each frame is above the dark ones, and the standard deviation of a row's noise, in DN."""
    reference = mean_rows(dark)
    noise = max(float((look.means_dn - reference).std()) for look in dark) * (len(dark) / max(len(dark) - 1, 1)) ** 0.5
    return [float((look.means_dn - reference).max()) for look in lit], noise


def shows_flash(rise_dn: float, noise_dn: float) -> bool:
    """Whether a frame with such a brightest row was lit."""
    return rise_dn >= SEEN_DN * max(noise_dn, LEAST_NOISE_DN)


def refuse_unseen(camera: str, lit: Sequence[RowLook], dark: Sequence[RowLook], rig: Rig) -> None:
    """RigError unless some frame shows a flash, and none is clipped: proof of the stimulus before anything is made of it."""
    if not lit or not dark:
        return  # frames that did not come are named by whoever asked for them
    rises, noise = rises_of(lit, dark)
    brightest = max(rises)
    clipped = max(look.clipped for look in lit)
    facts = {
        "dark": not shows_flash(brightest, noise),
        "clipped": clipped > CLIPPED,
        "frames_come": True,
        "pin_driven": True,
        "camera": camera,
        "drive": rig.strobe.drive if rig.strobe else "",
        "strobe_line": strobe_line(rig),
    }
    seen = (
        f"{len(lit)} frames of {camera} with the strobe driven",
        f"brightest row {brightest:+.1f} DN against {len(dark)} frames without it, noise of a row {noise:.2g} DN",
        f"{clipped:.1%} of the pixels at full scale",
    )
    found = diagnose("strobe", facts, seen)
    if found is not None:
        raise Diagnosed(found)


def strobe_line(rig: Rig) -> str:
    """The wiring line that the strobe's pin is in."""
    if rig.strobe is None:
        return ""
    return next((text for text in rig.wiring.values() if rig.strobe.drive in text), rig.strobe.drive)
