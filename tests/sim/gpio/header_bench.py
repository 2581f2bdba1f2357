"""A Pi whose header is wired up, in simulated time: GPIO17 drives GPIO27 of both Pis, GPIO22 an LED, an MCP3008 reads a divider."""

from hil.rig.spec import TwinAdc, TwinClock, TwinHost, TwinSpec
from hil.rig.wiring import parse
from hil.sim import seams
from hil.sim.edge import gpio
from hil.sim.wires import Wires
from hil.sim.world import HostClock, World

WIRING = {
    "GND": "pi-a.GND -- pi-b.GND",
    "clock": "pi-a.GPIO17 -- R3 1k 5% -- pi-a.GPIO27 -- pi-b.GPIO27",
    "level": "pi-a.3V3 -- R1 10k 1% -- adc.CH0 -- R2 10k 1% -- pi-a.GND",
    "reference": "adc.VREF -- pi-a.3V3",
    "knob": "pi-a.GPIO5 -- R5 1k 1% -- pi-a.GPIO6 -- R6 1k 1% -- pi-a.GND",
}
UPTIME_NS = 10**12


def spec_of(wiring=WIRING):
    return TwinSpec(
        rig="header",
        hosts=(TwinHost("pi-a", "Raspberry Pi 5"), TwinHost("pi-b", "Raspberry Pi 4")),
        cameras=(),
        wiring=tuple(parse(name, text) for name, text in wiring.items()),
        adcs=(TwinAdc("adc", "pi-a"),),
        clock=TwinClock("pi-a.GPIO17", ("pi-a.GPIO27", "pi-b.GPIO27")),
    )


class Bench:
    """The world, its wires, and what of it is this process's."""

    def __init__(self, seed=7, wiring=WIRING):
        spec = spec_of(wiring)
        self.world = World(seed)
        self.wires = Wires(self.world, spec, seed)
        gpio.reset(self.wires, spec, seed)
        self.clock = HostClock(self.world, UPTIME_NS, 20.0)
        self.header = gpio.Header(self.world, self.wires, self.clock, spec, "pi-a", seed)

    def __enter__(self):
        seams.install(self.world, backends=tuple, platform="pisp", clock=self.clock, header=self.header)
        return self

    def __exit__(self, *_):
        seams.uninstall()
        self.world.close()

    def play(self, pin, edges):
        """Drive `pin` of the other Pi: (true ns from now, level)."""
        now = self.world.now_ns
        for t_ns, level in edges:
            self.world.at(now + t_ns, self.wires.drive, pin, 3.3 * level)
