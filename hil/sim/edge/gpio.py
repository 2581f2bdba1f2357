"""The 40-pin header of a simulated Pi, behind an unmodified gpiozero: its default pin factory drives and reads the world's wires.

`Header` is what is there; `install` makes it the pin factory of whatever gpiozero this process imports, before or after. Like the
other seams it is put back: devices are closed, threads ended, the former pin factory and the real clock are theirs again.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Mapping
from functools import cached_property
from types import ModuleType
from typing import Any, Protocol

from hil.rig.spec import TwinSpec
from hil.sim import truth
from hil.sim.edge import hosttime
from hil.sim.edge.gpio_edges import Interrupts
from hil.sim.edge.gpio_pad import Pad, pull_at_reset, pulled
from hil.sim.edge.gpio_truth import HeaderTruth, header_truth
from hil.sim.edge.imports import AfterImport
from hil.sim.edge.mcp3008 import Mcp3008
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.threads import Threads
from hil.sim.wires import Watcher
from hil.sim.world import HostClock, World

SEAMS = (
    Seam("gpiozero:Device.pin_factory", "pins that are ends of the world's wires", "the edge of the simulation"),
    Seam("gpiozero.devices:_shutdown", "called at the end of the run", "blinking threads and devices must not outlive their world"),
)

SUPPLY_OHMS = 0.1

_REVISIONS = {
    "Raspberry Pi 5": 0xC04170,
    "Raspberry Pi 4": 0xC03114,
    "Raspberry Pi 3": 0xA020D3,
    "Raspberry Pi 2": 0xA22042,
    "Raspberry Pi 1": 0x900032,
    "Raspberry Pi Zero 2 W": 0x902120,
    "Raspberry Pi Zero W": 0x9000C1,
    "Raspberry Pi Zero 1.3": 0x900093,
    "Raspberry Pi Zero (2016)": 0x900092,
    "Compute Module 5": 0xC04180,
    "Compute Module 4": 0xC03140,
    "Raspberry Pi 400": 0xC03130,
    "Raspberry Pi 500": 0xC04190,
}
"""Revision codes by which gpiozero knows the board (raspberrypi.com, "New-style revision codes")."""

_REAL_LOCKS = (threading.Lock, threading.RLock)


class Wiring(Protocol):
    """What a header asks of the wires (see `hil.sim.wires.Wires`)."""

    def drive(self, pin: str, volts: float | None, ohms: float = 40.0) -> None:
        """Drive a pin, or let it go."""

    def pull(self, pin: str, volts: float | None, ohms: float = 50_000.0) -> None:
        """Pull a pin, or stop pulling."""

    def begin(self, pin: str, how: str, volts: float, ohms: float) -> None:
        """What holds before anybody acts."""

    def volts(self, pin: str) -> float:
        """The level of a pin."""

    def watch(self, pin: str, watcher: Watcher) -> None:
        """Have every change of a pin's level told."""


def reset(wires: Wiring, spec: TwinSpec, seed: int) -> None:
    """Every Pi of the rig as it comes out of reset: its 3.3 V supply as it really is, its wired pins pulled."""
    for host in spec.hosts:
        rail_v = truth.draw(seed, host.name, "host", "rail_v")
        for pin in sorted(wired(spec)):
            device, _, name = pin.partition(".")
            if device == host.name and name == "3V3":
                wires.begin(pin, "drive", rail_v, SUPPLY_OHMS)
            elif device == host.name and name.startswith("GPIO"):
                wires.begin(pin, "pull", *pulled(pull_at_reset(name), rail_v, name))


def wired(spec: TwinSpec) -> frozenset[str]:
    """The pins of a rig that something is soldered to."""
    return frozenset(str(pin) for line in spec.wiring for pin in line.pins)


class Header:
    """The pins, the SPI bus and the interrupts of one simulated host."""

    def __init__(self, world: World, wires: Wiring, clock: HostClock, spec: TwinSpec, host: str, seed: int) -> None:
        """`clock`: the CLOCK_MONOTONIC of `host`."""
        self.world, self.wires, self.clock, self.seed = world, wires, clock, seed
        self.host, self.board = host, spec.host(host).board
        self.truth: HeaderTruth = header_truth(seed, host)
        self.rail_v = truth.draw(seed, host, "host", "rail_v")
        self.wired = wired(spec)
        self._pads: dict[str, Pad] = {}
        self._adcs = tuple(adc for adc in spec.adcs if adc.host == host and adc.chip == "MCP3008")

    @property
    def revision(self) -> int:
        """The board's revision code."""
        return _REVISIONS.get(self.board, _REVISIONS["Raspberry Pi 4"])

    def pad(self, name: str) -> Pad:
        """The pad behind "GPIO17"; it exists once, whoever uses it."""
        known = self._pads.get(name)
        if known is None:
            known = self._pads[name] = Pad(self.wires, f"{self.host}.{name}", self.rail_v)
        return known

    @cached_property
    def chips(self) -> Mapping[int, Mcp3008]:
        """What answers on SPI0, by chip select line."""
        return {adc.select: Mcp3008(self, adc.name) for adc in self._adcs}


class InstalledHeader:
    """The header as this process's pin factory, for the length of a run."""

    def __init__(self, header: Header, running: Threads, patches: Patches) -> None:
        """Nothing changes before gpiozero is imported."""
        self.header, self.running, self.patches = header, running, patches
        self.interrupts = Interrupts(header.world, header.clock, header.host, header.truth, running)
        self._module: Any = None

    def change(self, module: Any) -> None:
        """Module `gpiozero`, just imported, or long ago."""
        from hil.sim.edge.gpio_pins import SimFactory

        virtual, real = _clocks(time, (threading.Lock, threading.RLock)), _clocks(hosttime.REAL, _REAL_LOCKS)
        _rebind(real, virtual)
        former = module.Device.pin_factory
        module.Device.pin_factory = SimFactory(self.header, self.interrupts, self.running)

        def put_back() -> None:
            module.Device.pin_factory = former
            _rebind(virtual, real)

        self._module = module
        self.patches.call(put_back)

    def close(self) -> None:
        """Close every device while its world still moves, as gpiozero does when Python ends."""
        if self._module is not None:
            # What cannot be closed any more belongs to a world that has gone wrong already.
            with contextlib.suppress(Exception):
                self._module.devices._shutdown()  # noqa: SLF001
        self.interrupts.close()


def _clocks(clock: ModuleType, locks: tuple[object, object]) -> dict[str, object]:
    return {**{name: getattr(clock, name) for name in hosttime.FUNCTIONS}, "Lock": locks[0], "RLock": locks[1]}


def _rebind(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """Gpiozero's modules hold functions of `time` and `threading` under their own names: exchange those."""
    exchange = {id(before[name]): after[name] for name in before}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "gpiozero" and module is not None:
            for attribute, value in list(vars(module).items()):
                if id(value) in exchange:
                    setattr(module, attribute, exchange[id(value)])


def install(header: Header, running: Threads, after: AfterImport, patches: Patches) -> InstalledHeader:
    """Make `header` the pin factory of this process's gpiozero; whoever ends the world closes it before."""
    installed = InstalledHeader(header, running, patches)
    after.change("gpiozero", installed.change)
    return installed
