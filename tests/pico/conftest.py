"""A bench with nothing but a Pico: its firmware in MicroPython, its pins on wires that write down what is driven."""

import pytest

from hil.drivers.pico import Pico
from hil.rig.spec import TwinPico
from hil.rig.wiring import parse
from hil.sim import seams
from hil.sim.pico.device import fit
from hil.sim.world import HostClock, World

WIRING = (parse("pulse", "pico.GP28 -- R1 1.5k 1% -- XTR"), parse("flash", "pico.GP15 -- R3 150 5% -- LED1 yellow -- GND"))


class WrittenDown:
    """Wires that only remember: (true ns, pin, volts or None) of everything that was driven."""

    def __init__(self, world):
        self.world, self.driven, self.pulls, self.levels, self.watchers = world, [], {}, {}, {}

    def drive(self, pin, volts, ohms=40.0):
        self.driven.append((self.world.now_ns, pin, volts))
        self.set(pin, volts if volts is not None else self.pulls.get(pin, 0.0))

    def begin(self, pin, how, volts, ohms):
        self.pull(pin, volts, ohms)

    def pull(self, pin, volts, ohms=50_000.0):
        self.pulls[pin] = volts or 0.0

    def set(self, pin, volts):
        if self.levels.get(pin, 0.0) != volts:
            self.levels[pin] = volts
            for watcher in self.watchers.get(pin, ()):
                watcher(self.world.now_ns, volts)

    def volts(self, pin):
        return self.levels.get(pin, 0.0)

    def watch(self, pin, watcher):
        self.watchers.setdefault(pin, []).append(watcher)

    def edges(self, pin):
        """(true ns, level) of every change of a driven pin."""
        return [(t, round(volts / 3.3)) for t, name, volts in self.driven if name == pin and volts is not None]


class Desk:
    """A world in which the test itself lives, with a Pico plugged in."""

    def __init__(self, world, folder, wiring=WIRING, others=(), **spec):
        self.world, self.clock = world, HostClock(world, offset_ns=10**12)
        self.wires = WrittenDown(world)
        self.devices = fit(world, self.wires, (TwinPico("pico", "pi5", **spec), *others), wiring, folder)
        self.device = self.devices["pico"]
        seams.install(world, backends=tuple, platform="pisp", clock=self.clock, picos=self.devices)

    def pico(self, **options):
        return Pico("pico", self.clock, **options)

    def ticks(self, pin, since=0):
        """Edges of a pin as (tick of the Pico's clock, level), those after `since`."""
        clock = self.device.pads.clock
        return [(clock.tick(t), level) for t, level in self.wires.edges(pin) if t > since]

    def close(self):
        for device in self.devices.values():
            device.close()
        seams.uninstall()


@pytest.fixture
def desk(tmp_path):
    """`desk()` or `desk(unplug_at_s=3)`: a world with a Pico."""
    opened = []

    def make(seed=1, **spec):
        world = World(seed)
        opened.append((world, Desk(world, tmp_path, **spec)))
        return opened[-1][1]

    yield make
    for world, one in opened:
        one.close()
        world.close()
