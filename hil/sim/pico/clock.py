"""The Pico's crystal: ticks of clk_sys to true nanoseconds and back, in integers."""

from __future__ import annotations

CLK_SYS_HZ = 125_000_000
"""RP2040, MicroPython's default (ports/rp2, pico-sdk set_sys_clock_khz); one tick is 8 ns of the Pico's own time."""
_NS = 1_000_000_000


class PicoClock:
    """Tick n of clk_sys is at `epoch + round(n * 1e9 / true clk_sys)` true ns: no error adds up, however long a train."""

    def __init__(self, epoch_ns: int, ppm: float, nominal_hz: int = CLK_SYS_HZ) -> None:
        """`epoch_ns`: true time of tick 0 (power-on or reset); `ppm`: by how much the crystal is fast."""
        self.epoch_ns, self.nominal_hz = epoch_ns, nominal_hz
        self._mhz = nominal_hz * 1000 + round(nominal_hz * ppm / 1000)  # true frequency in millihertz
        self._asked_ns, self._answer = epoch_ns, 0  # one instant is asked for many times

    def ns(self, tick: int) -> int:
        """True time of a tick."""
        return self.epoch_ns + (tick * _NS * 1000 * 2 + self._mhz) // (2 * self._mhz)

    def tick(self, t_ns: int) -> int:
        """The last tick that has happened at a true time."""
        if t_ns == self._asked_ns:
            return self._answer
        guess = (t_ns - self.epoch_ns) * self._mhz // (_NS * 1000)
        while self.ns(guess + 1) <= t_ns:
            guess += 1
        while self.ns(guess) > t_ns:
            guess -= 1
        self._asked_ns, self._answer = t_ns, guess
        return guess

    def us(self, t_ns: int) -> int:
        """What the 64 bit timer shows, in us since reset."""
        return (t_ns - self.epoch_ns) * self._mhz // (self.nominal_hz * 1_000_000)

    def at_us(self, us: int) -> int:
        """The first true instant at which the timer shows `us`."""
        guess = self.epoch_ns + us * self.nominal_hz * 1_000_000 // self._mhz
        while self.us(guess) < us:
            guess += 1
        return guess
