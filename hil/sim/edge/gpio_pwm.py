"""PWM as lgpio makes it: a thread of the Pi toggles the pin, in whole per cent, each edge a little late."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hil.sim.agenda import Event
    from hil.sim.edge.gpio import Header
    from hil.sim.edge.gpio_pad import Pad

NS = 1e9


class Pwm:
    """One pin that is toggled. A new frequency or duty holds from the next cycle on; at 0 and 100 % the pin stands."""

    def __init__(self, header: Header, pad: Pad, frequency_hz: float) -> None:
        """Low until a duty is set."""
        self._header, self._pad, self.frequency_hz = header, pad, frequency_hz
        self.duty_percent = 0
        self._events: list[Event] = []
        self._running = False

    def set_duty(self, percent: int) -> None:
        """Whole per cent of the cycle that the pin is high."""
        self.duty_percent = percent
        if not self._running:
            self._cycle(self._header.world.now_ns)

    def stop(self) -> None:
        """Low from now on."""
        for event in self._events:
            self._header.world.cancel(event)
        self._events.clear()
        self._running = False
        self._pad.drive(False)

    def _cycle(self, start_ns: int) -> None:
        """One cycle of the grid that began when the pin last stood still."""
        self._events.clear()
        self._running = 0 < self.duty_percent < 100
        if not self._running:
            self._pad.drive(self.duty_percent >= 100)
            return
        period_ns = NS / self.frequency_hz
        world = self._header.world
        self._edge(start_ns, True)
        self._edge(start_ns + round(period_ns * self.duty_percent / 100), False)
        next_ns = start_ns + round(period_ns)
        self._events.append(world.at(next_ns, self._cycle, next_ns))

    def _edge(self, t_ns: int, level: bool) -> None:
        late_ns = self._header.truth.write_delay_ns(self._pad.pin, t_ns)
        self._events.append(self._header.world.at(t_ns + late_ns, self._pad.drive, level))
