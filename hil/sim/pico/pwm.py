"""A PWM slice of the RP2040: 16 bit counter, TOP, compare levels and an 8.4 divider, all from its registers (data sheet 4.5).

New TOP and levels are latched when the counter wraps; which registers MicroPython writes for `freq` and `duty_u16` is the
business of the `machine` module (ports/rp2/machine_pwm.c).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Levels:
    """The registers of one slice; `div16` is the divider in sixteenths."""

    div16: int
    top: int
    cc: tuple[int, int]


class Slice:
    """The counter of one slice, as the ticks of clk_sys at which it wraps and at which its outputs change."""

    def __init__(self) -> None:
        """Disabled: both outputs are low."""
        self.levels: Levels | None = None
        self._next: Levels | None = None
        self._wrapped16 = 0  # in sixteenths of a tick: the divider's fraction is carried from period to period

    def write(self, levels: Levels, tick: int) -> None:
        """Write the registers at `tick`; a stopped slice starts with them at once."""
        if self.levels is None:
            self.levels, self._wrapped16 = levels, tick * 16
        self._next = levels

    def stop(self) -> None:
        """Disable the counter."""
        self.levels = self._next = None

    def next_change(self, tick: int) -> int | None:
        """The first tick after `tick` at which anything about the slice changes; None while it is stopped."""
        if self.levels is None:
            return None
        levels = self._present(tick)
        counts = sorted({min(level, levels.top + 1) for level in levels.cc} | {levels.top + 1})
        return next(at for at in (self._at(count * levels.div16) for count in counts) if at > tick)

    def outputs(self, tick: int) -> tuple[int, int]:
        """Both outputs at `tick`: high while the counter is below the level."""
        if self.levels is None:
            return 0, 0
        levels = self._present(tick)
        a, b = (int(tick < self._at(min(level, levels.top + 1) * levels.div16)) for level in levels.cc)
        return a, b

    def _at(self, sixteenths: int) -> int:
        return (self._wrapped16 + sixteenths) // 16

    def _present(self, tick: int) -> Levels:
        """Go to the period that holds `tick`."""
        levels = self.levels
        assert levels is not None
        while tick >= self._at((levels.top + 1) * levels.div16):
            self._wrapped16 += (levels.top + 1) * levels.div16
            levels = self._next or levels
        self.levels = levels
        return levels
