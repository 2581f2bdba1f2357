"""A thread that plays the pulses of a train at their times. Every wait of it has an end, and it can be stopped in between."""

from __future__ import annotations

import threading
from typing import Any

from hil.clock import Clock
from hil.errors import RigError

SHORT_S = 0.05
"""A pulse of up to this length is slept through in one go; a longer one can be cut short."""

GRACE_S = 10.0
"""What a train may last beyond its own length on a busy host before its thread is given up."""


class Player:
    """One train on one pin."""

    def __init__(self, pin: str, clock: Clock, output: Any, starts_us: tuple[float, ...], width_us: float) -> None:
        """`pin`: its name in messages; `output`: a gpiozero output; times from `start()` on."""
        self.pin, self._clock, self._output = pin, clock, output
        self._starts_us, self._width_us = starts_us, width_us
        self._stopping = threading.Event()
        self._failure: Exception | None = None
        self._began_ns = 0
        self._thread = threading.Thread(target=self._play, name=f"pulses on {pin}", daemon=True)

    @property
    def length_s(self) -> float:
        """From its beginning to the end of its last pulse."""
        return (self._starts_us[-1] + self._width_us) / 1e6 if self._starts_us else 0.0

    def start(self) -> None:
        """Begin; times count from here."""
        self._began_ns = self._clock.now_ns()
        self._thread.start()

    def wait(self) -> None:
        """Until it has ended."""
        left_s = self.length_s - (self._clock.now_ns() - self._began_ns) / 1e9
        self._thread.join(max(left_s, 0.0) + GRACE_S)
        if self._thread.is_alive():
            said = f"its thread still plays {GRACE_S:g} s after the last pulse was due"
            raise RigError(
                f"{self.pin}: a pulse train should have ended", said, "a host with less to do", where=self.pin, cause="late pulses"
            )
        if self._failure is not None:
            raise RigError(f"{self.pin}: a pulse train broke off", f"{self._failure}", where=self.pin, cause="pin lost") from self._failure

    def stop(self) -> None:
        """No pulse begins after this; the pin is low when it returns."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(SHORT_S + GRACE_S)

    def _play(self) -> None:
        try:
            for start_us in self._starts_us:
                if self._waits_until(self._began_ns + round(start_us * 1e3)):
                    return
                self._pulse()
        except Exception as failure:
            self._failure = failure

    def _pulse(self) -> None:
        self._output.on()
        try:
            if self._width_us <= SHORT_S * 1e6:
                self._clock.sleep(self._width_us / 1e6)
            else:
                self._stopping.wait(self._width_us / 1e6)
        finally:
            self._output.off()

    def _waits_until(self, due_ns: int) -> bool:
        """Whether it was stopped before."""
        return self._stopping.wait(max(due_ns - self._clock.now_ns(), 0) / 1e9)
