"""gpiozero's pins over the pads of a simulated header. Where gpiozero's lgpio pins have a quirk, these have it too.

Imported only once gpiozero is: its classes are what these are made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gpiozero.exc import PinFixedPull, PinInvalidBounce, PinInvalidFunction, PinInvalidPull, PinInvalidState, PinPWMFixedValue, PinSetInput
from gpiozero.pins.local import LocalPiSoftwareSPI, LocalPiSoftwareSPIShared
from gpiozero.pins.pi import PiFactory, PiPin

from hil.sim.edge.gpio_pwm import Pwm
from hil.sim.edge.gpio_spi import SimSPI, SimSPIShared

if TYPE_CHECKING:
    from hil.sim.edge.gpio import Header
    from hil.sim.edge.gpio_edges import Interrupts, Line
    from hil.sim.edge.threads import Threads


class SimFactory(PiFactory):  # type: ignore[misc]  # gpiozero is untyped
    """The pins of one simulated host; its ticks are CLOCK_MONOTONIC in s."""

    def __init__(self, header: Header, interrupts: Interrupts, running: Threads) -> None:
        """`running`: the threads of the simulated run."""
        super().__init__()
        self.header, self.interrupts, self.running = header, interrupts, running
        self.pin_class = SimPin

    def _get_revision(self) -> int:
        return self.header.revision

    def _get_spi_class(self, shared: bool, hardware: bool) -> type:
        if hardware:
            return SimSPIShared if shared else SimSPI
        return LocalPiSoftwareSPIShared if shared else LocalPiSoftwareSPI  # type: ignore[no-any-return]

    def ticks(self) -> float:
        """CLOCK_MONOTONIC in s."""
        return self.header.clock.now_ns() / 1e9

    @staticmethod
    def ticks_diff(later: float, earlier: float) -> float:
        """Seconds between two ticks."""
        return later - earlier

    def spend(self, ns: int) -> None:
        """What the program asked for takes so long."""
        if self.running.takes_part():
            self.header.world.sleep_until(self.header.world.now_ns + ns)


class SimPin(PiPin):  # type: ignore[misc]
    """One pin of the header, as gpiozero's LGPIOPin behaves."""

    def __init__(self, factory: SimFactory, info: Any) -> None:
        """An input without a pull, whatever it was before."""
        super().__init__(factory, info)
        self._header = factory.header
        self._pad = factory.header.pad(info.name)
        self._pwm: Pwm | None = None
        self._bounce: float | None = None
        self._edges = "both"
        self._line: Line | None = None
        self._release()

    def close(self) -> None:
        """An input again; nobody listens."""
        self.when_changed = None
        self._stop_pwm()
        self._release()

    def _release(self) -> None:
        self._pad.drive(None)
        self._pad.pull("floating")

    def _get_function(self) -> str:
        return "input" if self._pad.driven is None else "output"

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f'invalid function "{value}" for pin {self!r}')
        self._stop_pwm()
        if value == "input":
            self._pad.drive(None)
        elif self._pad.driven is None:
            self._pad.pull("floating")
            self._pad.drive(False)

    def _get_state(self) -> bool | float:
        return self._pad.level if self._pwm is None else self._pwm.duty_percent / 100

    def _set_state(self, value: float) -> None:
        if self._pwm is not None:
            if not 0 <= value <= 1:
                raise PinInvalidState(f'invalid state "{value}" for pin {self!r}')
            self._pwm.set_duty(int(value * 100))  # whole per cent, as gpiozero gives them to lgpio
        elif self._pad.driven is None:
            raise PinSetInput(f"cannot set state of pin {self!r}")
        else:
            self.factory.spend(self._header.truth.write_delay_ns(self._pad.pin, self._header.world.now_ns))
            self._pad.drive(bool(value))

    def _get_pull(self) -> str:
        return self._pad.pulled

    def _set_pull(self, value: str) -> None:
        if self._pad.driven is not None:
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if self.info.pull not in (value, ""):
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        if value not in ("up", "down", "floating"):
            raise PinInvalidPull(f'invalid pull "{value}" for pin {self!r}')
        self._pad.pull(value)

    def _get_frequency(self) -> float | None:
        return None if self._pwm is None else self._pwm.frequency_hz

    def _set_frequency(self, value: float | None) -> None:
        if not value:
            self._stop_pwm()
            return
        if self._pad.driven is None:
            raise PinPWMFixedValue(f"cannot start PWM on pin {self!r}")
        if self._pwm is None:
            self._pwm = Pwm(self._header, self._pad, float(value))
        else:
            self._pwm.frequency_hz = float(value)

    def _stop_pwm(self) -> None:
        if self._pwm is not None:
            self._pwm.stop()
            self._pwm = None

    def _get_bounce(self) -> float | None:
        return self._bounce

    def _set_bounce(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise PinInvalidBounce("bounce must be 0 or greater")
        self._bounce = value or None

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        self._edges = value

    def _enable_event_detect(self) -> None:
        self._line = self.factory.interrupts.line(self._pad.pin, self._call_when_changed)
        self._pad.listener = self._edge

    def _disable_event_detect(self) -> None:
        self._pad.listener = None
        if self._line is not None:
            self._line.close()
            self._line = None

    def _edge(self, t_ns: int, level: bool) -> None:
        if self._line is not None:
            self._line.edge(t_ns, level, self._edges, self._bounce)

    def _call_when_changed(self, ticks: float, state: bool) -> None:
        if self._when_changed is not None:
            super()._call_when_changed(ticks, state)
