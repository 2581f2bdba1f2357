"""SPI0 of a simulated header, as gpiozero's hardware SPI: what it sends reaches the chip on that select line, if there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gpiozero.mixins import SharedMixin
from gpiozero.pins import SPI
from gpiozero.pins.pi import spi_port_device

if TYPE_CHECKING:
    from hil.sim.edge.gpio_pins import SimFactory

OVERHEAD_NS = 30_000
"""Of one transfer in the kernel: assumed."""


class SimSPI(SPI):  # type: ignore[misc]  # gpiozero is untyped
    """One device of SPI0. Its pins are the controller's: they are reserved, but no edges travel on the wires of the world."""

    def __init__(self, clock_pin: Any, mosi_pin: Any, miso_pin: Any, select_pin: Any, pin_factory: SimFactory) -> None:
        """SPIBadArgs if these are not the pins of a hardware SPI."""
        self._port, self._device = spi_port_device(clock_pin, mosi_pin, miso_pin, select_pin)
        self._open = False
        super().__init__(pin_factory=pin_factory)
        self.pin_factory.reserve_pins(self, *(pin for pin in (clock_pin, mosi_pin, miso_pin, select_pin) if pin is not None))
        self._mode, self._rate = 0, 500_000
        self._open = True

    def _conflicts_with(self, other: Any) -> bool:
        return not (isinstance(other, SimSPI) and self.select != other.select)

    @property
    def select(self) -> tuple[int, int]:
        """Port and chip select line."""
        return self._port, self._device

    def close(self) -> None:
        """Give the pins back, once: the collector closes it again, perhaps while this thread holds the factory's lock to reserve others."""
        if self._open:
            self._open = False
            self.pin_factory.release_all(self)
        super().close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return not self._open

    def __repr__(self) -> str:
        return f"SPI(port={self._port}, device={self._device})" if self._open else "SPI(closed)"

    def transfer(self, data: list[int]) -> list[int]:
        """Send bytes and return as many; zeros where no chip answers, for MISO is pulled down."""
        self._check_open()
        factory: SimFactory = self.pin_factory
        bits_ns = 8 * 1e9 / self._rate
        factory.spend(OVERHEAD_NS + round(len(data) * bits_ns))
        chip = factory.header.chips.get(self._device) if self._port == 0 else None
        return [0] * len(data) if chip is None else chip.transfer(data)

    def read(self, n: int) -> list[int]:
        """Receive `n` bytes."""
        return self.transfer([0] * n)

    def write(self, data: list[int]) -> int:
        """Send bytes; how many."""
        return len(self.transfer(data))

    def _get_clock_mode(self) -> int:
        return self._mode

    def _set_clock_mode(self, value: int) -> None:
        self._mode = value

    def _get_rate(self) -> int:
        return self._rate

    def _set_rate(self, value: int) -> None:
        self._rate = int(value)


class SimSPIShared(SharedMixin, SimSPI):  # type: ignore[misc]
    """One that several devices of a program share, as the channels of a converter do."""

    @classmethod
    def _shared_key(cls, clock_pin: Any, mosi_pin: Any, miso_pin: Any, select_pin: Any, pin_factory: Any) -> tuple[Any, Any]:
        return (clock_pin, select_pin)
