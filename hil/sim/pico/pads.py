"""The Pico's pins: who inside the chip drives each one, what that puts on the wire, and what an input makes of the wire's level."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hil.rig.spec import TwinPico
from hil.rig.wiring import Line
from hil.sim.pico.clock import PicoClock
from hil.sim.pico.pio import SYNC_TICKS
from hil.sim.wires import Wires
from hil.sim.world import World

HIGH_V = 3.3
DRIVER_OHMS = 40.0  # a pad at its default strength of 4 mA sags by some 0.15 V (RP2040 data sheet 5.5.3.4)
PULL_OHMS = 65_000.0  # 50 to 80 kOhm (5.5.3.3); reset leaves the pull-down on
VIH_V, VIL_V = 2.0, 0.8  # 5.5.3.3, IOVDD 3.3 V; between them nothing is promised, so the level stays what it was
SIO, PIO0, PIO1, PWM, NONE = "sio", "pio0", "pio1", "pwm", "none"
Changed = Callable[[int], None]


def wired(name: str, wiring: tuple[Line, ...]) -> set[int]:
    """The GPIOs of the Pico `name` that have a wire."""
    return {int(pin.pin[2:]) for line in wiring for pin in line.pins if pin.device == name and pin.pin[2:].isdigit()}


def begin(wires: Wires, picos: tuple[TwinPico, ...], wiring: tuple[Line, ...]) -> None:
    """The state in which every process of the twin knows every Pico to be at first: powered, all pins let go."""
    for spec in picos:
        for gpio in sorted(wired(spec.name, wiring) if spec.present else ()):
            wires.begin(f"{spec.name}.GP{gpio}", "pull", 0.0, PULL_OHMS)


class Pads:
    """All GPIOs of one Pico. Only those with a wire reach the world."""

    def __init__(self, world: World, wires: Wires, name: str, wired: Collection[int]) -> None:
        """`name`: the rig's; `wired`: the GPIOs that any wiring line names."""
        self._world, self._wires, self._name, self._wired = world, wires, name, frozenset(wired)
        self.changed: Changed = lambda gpio: None
        """Called with a GPIO whose input level has changed."""
        self._watched: set[int] = set()
        self.clock: PicoClock | None = None
        self.lose_power()

    def lose_power(self) -> None:
        """Power-on, reset, or none at all: every pin is high impedance, with its pull-down as reset leaves it."""
        self._function = dict.fromkeys(range(30), NONE)
        self._out: dict[tuple[str, int], int | None] = {}
        self._driven: dict[int, int | None] = dict.fromkeys(range(30))
        self._level = dict.fromkeys(range(30), 0)
        self._before = dict.fromkeys(range(30), (0, -SYNC_TICKS))
        for gpio in sorted(self._wired):
            self._wires.drive(self._pin(gpio), None)
            self.pull(gpio, "down")

    def _pin(self, gpio: int) -> str:
        return f"{self._name}.GP{gpio}"

    # -- outputs

    def select(self, gpio: int, function: str) -> None:
        """Hand the pin to a peripheral, or to nobody (an input)."""
        self._function[gpio] = function
        self._refresh(gpio)

    def function(self, gpio: int) -> str:
        """Who has the pin."""
        return self._function[gpio]

    def output(self, peripheral: str, gpio: int, level: int | None) -> None:
        """What a peripheral would drive; it reaches the pin while it has it. None: it does not drive."""
        self._out[peripheral, gpio] = level
        if self._function[gpio] == peripheral:
            self._refresh(gpio)

    def pull(self, gpio: int, which: str) -> None:
        """The internal pull: "up", "down" or ""."""
        if gpio in self._wired:
            volts = {"up": HIGH_V, "down": 0.0}.get(which)
            self._wires.pull(self._pin(gpio), volts, PULL_OHMS)

    def load(self, gpio: int, ohms: float) -> None:
        """A resistor to ground inside, where a pull would be."""
        if gpio in self._wired:
            self._wires.pull(self._pin(gpio), 0.0, ohms)

    def _refresh(self, gpio: int) -> None:
        level = self._out.get((self._function[gpio], gpio))
        if level == self._driven[gpio]:
            return
        self._driven[gpio] = level
        if gpio in self._wired:
            self._wires.drive(self._pin(gpio), None if level is None else HIGH_V * level, DRIVER_OHMS)
        if level is not None:
            self._sense(gpio, HIGH_V * level)

    # -- inputs

    def volts(self, gpio: int) -> float:
        """What an ADC would see."""
        return self._wires.volts(self._pin(gpio)) if gpio in self._wired else 0.0

    def level(self, gpio: int) -> int:
        """The pin's logic level now, behind its synchroniser."""
        self._listen(gpio)
        return self._before[gpio][0] if self.settles_in(gpio) > 0 else self._level[gpio]

    def settles_in(self, gpio: int) -> int:
        """Ticks until the synchroniser has passed the last change on; 0 or less if it has."""
        assert self.clock is not None
        return self._before[gpio][1] + SYNC_TICKS - self.clock.tick(self._world.now_ns)

    def _listen(self, gpio: int) -> None:
        if gpio in self._wired and gpio not in self._watched:
            self._watched.add(gpio)
            self._wires.watch(self._pin(gpio), lambda _, volts: self._sense(gpio, volts))
            self._sense(gpio, self._wires.volts(self._pin(gpio)))

    def _sense(self, gpio: int, volts: float) -> None:
        level = 1 if volts >= VIH_V else 0 if volts <= VIL_V else self._level[gpio]
        if level != self._level[gpio] and self.clock is not None:
            self._before[gpio] = (self._level[gpio], self.clock.tick(self._world.now_ns))
            self._level[gpio] = level
            self.changed(gpio)
